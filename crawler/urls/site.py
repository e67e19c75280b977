"""URL forms: how a CMS writes article URLs, and the hosts that run it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.urls.normalize import Address, host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressForm:
    """One shape of an article's URL.

    ``path`` is a regular expression for the whole path; its named groups, and the query parameters
    in ``query`` (parameter name → part name), give the parts of the identity.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    home: bool = False
    """Match only on hosts that are known to run the CMS: elsewhere the shape proves nothing."""
    beside: Mapping[str, str] | None = None
    """Parameters (name → expression for the value) that may accompany the identity on an unknown
    host; any other could be part of the identity. None: any parameter may."""
    unless: tuple[str, ...] = ()
    """Parameters that make it another page: comments, files."""
    marks: tuple[str, ...] = ()
    """Parameters that only this CMS writes; at least one must be present."""

    def parts(self, address: Address) -> dict[str, str] | None:
        """Return the parts of the identity, or None if the address has another shape."""
        match = re.fullmatch(self.path, re.sub("//+", "/", address.path), re.ASCII)
        queried = {part: address.values(name) for name, part in self.query.items()}
        if match is None or any(len(values) != 1 for values in queried.values()):
            return None
        if any(address.values(name) for name in self.unless):
            return None
        if self.marks and not any(address.values(name) for name in self.marks):
            return None
        named = {part: value for part, value in match.groupdict().items() if value is not None}
        return named | {part: values.pop() for part, values in queried.items()}

    def explains(self, address: Address) -> bool:
        """Return True if every other parameter is known not to be part of the identity."""
        return self.beside is None or all(
            name in self.query
            or (name in self.beside and re.fullmatch(self.beside[name], value, re.ASCII))
            for name, value in address.query
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsUrls:
    """The URLs of a CMS or a portal: how it writes and numbers its articles."""

    name: str
    why: str
    """One sentence: what makes the identity."""
    forms: tuple[AddressForm, ...]
    canonical: str
    """Path and query of the canonical URL, a template for its parts."""
    article_id: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """Expressions for parts that are not whole numbers."""
    mobile: tuple[str, ...] = ()
    """First labels of hosts (``m``) that serve the same numbers."""
    hosts: tuple[str, ...] = ()
    """Hosts that are known to run it, without ``www.``."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Further names of a host that serve the same numbers."""
    only: bool = False
    """True if no other host can run it: portals."""

    def find(self, address: Address, at_home: bool) -> dict[str, str] | None:
        """Return the parts of an article's identity; None for other pages."""
        for form in self.forms:
            if not at_home and (form.home or not form.explains(address)):
                continue
            parts = form.parts(address)
            if parts and all(self._is_part(name, parts[name]) for name in form.query.values()):
                return parts
        return None

    def canonical_form(self, origin: str, parts: dict[str, str] | None) -> tuple[str, str] | None:
        """Return canonical URL and article id; None if there are no parts."""
        if parts is None:
            return None
        return origin + self.canonical.format(**parts), self.article_id.format(**parts)

    def host(self, host: str) -> str:
        """Return the main host of an alias or a mobile host."""
        first, _, rest = host.partition(".")
        host = rest if first in self.mobile and "." in rest else host
        return self.aliases.get(host, host)

    def _is_part(self, name: str, value: str) -> bool:
        return bool(re.fullmatch(self.parts.get(name, r"\d{1,20}"), value, re.ASCII))


@dataclass(frozen=True, slots=True)
class Site:
    """An outlet whose CMS is known."""

    home: str
    """Scheme and host as in the outlet's own URLs."""
    cms: CmsUrls
    aliases: tuple[str, ...] = ()
    """Other hosts that serve the same articles under the same numbers."""

    @property
    def hosts(self) -> set[str]:
        """All hosts of the outlet, without ``www.``."""
        return {host_of(self.home), *(host_of(f"https://{alias}") for alias in self.aliases)}

    def article(self, address: Address) -> tuple[str, str] | None:
        """Return canonical URL and article id if the address is an article of this outlet."""
        if address.port or not {address.host, address.host.removeprefix("m.")} & self.hosts:
            return None
        return self.cms.canonical_form(origin_of(self.home), self.cms.find(address, at_home=True))


def origin_of(url: str) -> str:
    """Return scheme and host, as in ``https://www.papns.kr``."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"
