"""Looks up the canonical URLs under which an article may be stored, from any form of its URL."""

from __future__ import annotations

from crawler.crawl.spider import OutletSpider, site_of
from crawler.urls import host_of, identify

OutletSites = dict[str, type[OutletSpider]]
"""Outlets by each of their hosts."""


def check_address(url: str) -> None:
    """Check that a text is a web address. Raises ValueError with one sentence."""
    identify(url)


def addresses_of(url: str, outlets: OutletSites) -> list[str]:
    """Return the canonical URL, and the URL as it is.

    Articles of unknown hosts were once stored under the latter.
    """
    outlet = outlets.get(host_of(url))
    canonical = identify(url, [site_of(outlet)] if outlet else ()).canonical_url
    return list(dict.fromkeys([canonical, url]))


def outlet_name(url: str, outlets: OutletSites) -> str:
    """Return the outlet's name in the store; for an unknown host, the host."""
    host = host_of(url)
    return outlets[host].name if host in outlets else host
