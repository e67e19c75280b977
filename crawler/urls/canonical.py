"""Identity of a page by its URL, and comparison of two URLs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crawler.urls.normalize import Address, read
from crawler.urls.registry import CMS_URLS, MeaninglessParameters, meaningless
from crawler.urls.site import CmsUrls, Site

_AS_WRITTEN = "no CMS is known here, so any parameter may be the identity"
_SPELLING = "one address in two spellings"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a page, and the rule that decided it."""

    canonical_url: str
    article_id: str | None
    """The outlet's own number for the article; None if no CMS is known."""
    rule: str
    """Name of the CMS, ``as-written``, or the group of parameters that was dropped."""
    reason: str
    site: Site | None = field(default=None, repr=False)
    """The given site that the article belongs to."""


@dataclass(frozen=True, slots=True)
class UrlComparison:
    """The result of comparing two URLs."""

    same: bool
    rule: str
    reason: str
    first: Identity
    second: Identity


def identify(url: str, sites: Iterable[Site] = ()) -> Identity:
    """Return the identity of ``url``; ``sites`` (outlets with a known CMS) are tried first.

    Raises ValueError with one sentence if ``url`` is not the URL of a web page.
    """
    address, dropped = _bare(read(url))
    for site in sites:
        if article := site.article(address):
            return Identity(*article, site.cms.name, site.cms.why, site)
    for cms in CMS_URLS.values():
        if article := _article(cms, address):
            return Identity(*article, cms.name, cms.why)
    canonical = address.spelled()
    if dropped:
        return Identity(canonical, None, dropped.name, dropped.why)
    return Identity(canonical, None, "as-written", _AS_WRITTEN)


def _bare(address: Address) -> tuple[Address, MeaninglessParameters | None]:
    """Return the address without meaningless parameters, and the group of the first one dropped."""
    groups = {name: meaningless(name) for name, _ in address.query}
    kept = tuple(pair for pair in address.query if not groups[pair[0]])
    session = meaningless("jsessionid") if address.session else None
    return replace(address, query=kept), next(filter(None, groups.values()), session)


def _article(cms: CmsUrls, address: Address) -> tuple[str, str] | None:
    host = cms.host(address.host)
    at_home = host in cms.hosts and not address.port
    if cms.only and not at_home:
        return None
    return cms.canonical_form(replace(address, host=host).origin, cms.find(address, at_home))


def compare(first_url: str, second_url: str, sites: Iterable[Site] = ()) -> UrlComparison:
    """Compare two URLs and return the rule that decided.

    Raises ValueError as ``identify`` does.
    """
    sites = tuple(sites)
    first, second = identify(first_url, sites), identify(second_url, sites)
    if first.canonical_url == second.canonical_url:
        by = min(first, second, key=_strength)
        rule = (by.rule, by.reason) if _strength(by) < 2 else ("spelling", _SPELLING)
        return UrlComparison(True, *rule, first, second)
    return UrlComparison(False, *_difference(first, second), first, second)


def _strength(identity: Identity) -> int:
    """Return the rank of a rule: a CMS, then a dropped parameter, then the spelling."""
    return 0 if identity.article_id else 2 if identity.rule == "as-written" else 1


def _difference(first: Identity, second: Identity) -> tuple[str, str]:
    a, b = read(first.canonical_url), read(second.canonical_url)
    if a.origin != b.origin:
        return "host", f"{a.origin} and {b.origin} are not known to be one site"
    if first.rule == second.rule and first.article_id != second.article_id:
        return first.rule, f"{first.reason}: {first.article_id} is not {second.article_id}"
    if a.path != b.path or a.route != b.route:
        return "as-written", "the paths differ, and nothing says that they lead to one page"
    names = sorted({name for name, _ in set(a.query) ^ set(b.query)})
    return "as-written", f"{', '.join(names)} may distinguish the pages"
