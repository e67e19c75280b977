"""Systems and the hosts they run on: which addresses are articles, and how each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.urls.normalize import Address, host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressForm:
    """One shape of an article's address.

    ``path`` is a regular expression for the whole path; its named groups, and the query
    parameters in ``query`` (parameter name → part name), give the parts of the identity.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    home: bool = False
    """Only on hosts that are known to run the system: elsewhere the shape proves nothing."""
    beside: Mapping[str, str] | None = None
    """Parameters (name → expression for the value) that may stand beside the identity where the
    host is not known; any other could be part of it. None: nothing else ever is."""
    unless: tuple[str, ...] = ()
    """Parameters that make it another page: comments, files."""
    marks: tuple[str, ...] = ()
    """Parameters that only this system writes; one of them must be there."""

    def parts(self, address: Address) -> dict[str, str] | None:
        """The identity's parts, or None where the address has another shape."""
        match = re.fullmatch(self.path, re.sub("//+", "/", address.path), re.ASCII)
        asked = {part: address.values(name) for name, part in self.query.items()}
        if match is None or any(len(values) != 1 for values in asked.values()):
            return None
        if any(address.values(name) for name in self.unless):
            return None
        if self.marks and not any(address.values(name) for name in self.marks):
            return None
        named = {part: value for part, value in match.groupdict().items() if value is not None}
        return named | {part: values.pop() for part, values in asked.items()}

    def explains(self, address: Address) -> bool:
        """Whether nothing stands beside the identity that could be part of it."""
        return self.beside is None or all(
            name in self.query
            or (name in self.beside and re.fullmatch(self.beside[name], value, re.ASCII))
            for name, value in address.query
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """How a content-management system, or a portal, writes and numbers its articles."""

    name: str
    why: str
    """What makes the identity, in one sentence."""
    forms: tuple[AddressForm, ...]
    canonical: str
    """Path and query of the one address an article is known by, made of its parts."""
    article_id: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """Expressions for the parameters that are not whole numbers."""
    mobile: tuple[str, ...] = ()
    """First labels of hosts (``m``) under which the same numbers are served."""
    hosts: tuple[str, ...] = ()
    """Hosts that are known to run it, without ``www.``."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Further names of a host, under which the same numbers are served."""
    only: bool = False
    """Whether no other host can run it: portals."""

    def find(self, address: Address, at_home: bool) -> dict[str, str] | None:
        """The parts of an article's identity; None for other pages."""
        for form in self.forms:
            if not at_home and (form.home or not form.explains(address)):
                continue
            parts = form.parts(address)
            if parts and all(self._is_part(name, parts[name]) for name in form.query.values()):
                return parts
        return None

    def written(self, origin: str, parts: dict[str, str] | None) -> tuple[str, str] | None:
        """Canonical address and article id; None where there are no parts."""
        if parts is None:
            return None
        return origin + self.canonical.format(**parts), self.article_id.format(**parts)

    def host(self, host: str) -> str:
        """The host that a paper's further names stand for."""
        first, _, rest = host.partition(".")
        host = rest if first in self.mobile and "." in rest else host
        return self.aliases.get(host, host)

    def _is_part(self, name: str, value: str) -> bool:
        return bool(re.fullmatch(self.parts.get(name, r"\d{1,20}"), value, re.ASCII))


@dataclass(frozen=True, slots=True)
class Site:
    """A paper whose system is known."""

    home: str
    """Scheme and host, as its own addresses carry them."""
    system: System
    aliases: tuple[str, ...] = ()
    """Other hosts that serve the same articles under the same numbers."""

    @property
    def hosts(self) -> set[str]:
        return {host_of(self.home), *(host_of(f"https://{alias}") for alias in self.aliases)}

    def article(self, address: Address) -> tuple[str, str] | None:
        """Canonical address and article id of an article of this paper; None for other pages."""
        if address.port or not {address.host, address.host.removeprefix("m.")} & self.hosts:
            return None
        return self.system.written(origin_of(self.home), self.system.find(address, at_home=True))


def origin_of(url: str) -> str:
    """Scheme and host, as in ``https://www.papns.kr``."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"
