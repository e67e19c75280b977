"""What a URL identifies, and whether two of them are one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crawler.urls.normalize import Address, read
from crawler.urls.registry import SYSTEMS, Never, never
from crawler.urls.site import Site, System

_AS_WRITTEN = "no system is known here, so any parameter may be the identity"
_SPELLING = "one address in two spellings"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a page is known by, and which rule says so."""

    canonical_url: str
    article_id: str | None
    """The paper's own number for it; None where no system is known."""
    rule: str
    """Name of the system, ``as-written``, or the group of parameters that was set aside."""
    why: str
    site: Site | None = field(default=None, repr=False)
    """The one of the given papers whose article it is."""


@dataclass(frozen=True, slots=True)
class UrlComparison:
    """Whether two URLs are one page."""

    same: bool
    rule: str
    why: str
    first: Identity
    second: Identity


def identify(url: str, sites: Iterable[Site] = ()) -> Identity:
    """What ``url`` identifies; ``sites`` are papers whose system is known, before all others.

    ValueError with one sentence where it is no address of a web page.
    """
    address, set_aside = _bare(read(url))
    for site in sites:
        if found := site.article(address):
            return Identity(*found, site.system.name, site.system.why, site)
    for system in SYSTEMS.values():
        if found := _article(system, address):
            return Identity(*found, system.name, system.why)
    canonical = address.spelled()
    if set_aside:
        return Identity(canonical, None, set_aside.name, set_aside.why)
    return Identity(canonical, None, "as-written", _AS_WRITTEN)


def _bare(address: Address) -> tuple[Address, Never | None]:
    """The address without what never tells two pages apart, and the group that it was of."""
    groups = {name: never(name) for name, _ in address.query}
    kept = tuple(pair for pair in address.query if not groups[pair[0]])
    session = never("jsessionid") if address.session else None
    return replace(address, query=kept), next(filter(None, groups.values()), session)


def _article(system: System, address: Address) -> tuple[str, str] | None:
    host = system.host(address.host)
    at_home = host in system.hosts and not address.port
    if system.only and not at_home:
        return None
    return system.written(replace(address, host=host).origin, system.find(address, at_home))


def compare(first_url: str, second_url: str, sites: Iterable[Site] = ()) -> UrlComparison:
    """Whether two URLs are one page, and the rule that decided. ValueError as in ``identify``."""
    sites = tuple(sites)
    first, second = identify(first_url, sites), identify(second_url, sites)
    if first.canonical_url == second.canonical_url:
        by = min(first, second, key=_strength)
        told = (by.rule, by.why) if _strength(by) < 2 else ("spelling", _SPELLING)
        return UrlComparison(True, *told, first, second)
    return UrlComparison(False, *_difference(first, second), first, second)


def _strength(identity: Identity) -> int:
    """A system decides before a parameter that was set aside, and that before the spelling."""
    return 0 if identity.article_id else 2 if identity.rule == "as-written" else 1


def _difference(first: Identity, second: Identity) -> tuple[str, str]:
    one, other = read(first.canonical_url), read(second.canonical_url)
    if one.origin != other.origin:
        return "host", f"{one.origin} and {other.origin} are not known to be one site"
    if first.rule == second.rule and first.article_id != second.article_id:
        return first.rule, f"{first.why}: {first.article_id} is not {second.article_id}"
    if one.path != other.path or one.route != other.route:
        return "as-written", "the paths differ, and nothing says that they lead to one page"
    names = sorted({name for name, _ in set(one.query) ^ set(other.query)})
    return "as-written", f"{', '.join(names)} may be what tells the pages apart"
