"""Addresses as data: which URLs are articles, and the one form that each is known by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class AddressForm:
    """One shape of an article's address.

    ``path`` is a regular expression for the whole path; its named groups, and the query
    parameters in ``query`` (parameter name → part name), give the parts of the identity.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def parts(self, url: str) -> dict[str, str] | None:
        """The identity's parts, or None where ``url`` has another shape."""
        split = urlsplit(url)
        match = re.fullmatch(self.path, split.path)
        asked = parse_qs(split.query)
        if match is None or any(not asked.get(name) for name in self.query):
            return None
        return match.groupdict() | {part: asked[name][0] for name, part in self.query.items()}


def host_of(url: str) -> str:
    """The host without ``www.`` or ``m.``: one paper under its several names."""
    return re.sub(r"^(?:www|m)\.", "", urlsplit(url).hostname or "")


def origin_of(url: str) -> str:
    """Scheme and host, as in ``https://www.papns.kr``."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"
