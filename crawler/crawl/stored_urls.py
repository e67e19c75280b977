"""Under which canonical addresses an article may be stored, whatever form its URL is given in."""

from __future__ import annotations

from crawler.crawl.spider import OutletSpider, site_of
from crawler.urls import host_of, identify

OutletSites = dict[str, type[OutletSpider]]
"""Outlets by each of their hosts."""


def check_address(url: str) -> None:
    """Raises ValueError with one sentence where the text is no web address."""
    identify(url)


def addresses_of(url: str, outlets: OutletSites) -> list[str]:
    """What a crawl or a replay makes of the URL, and the URL as it is: of unknown hosts, articles
    were once kept under that."""
    outlet = outlets.get(host_of(url))
    canonical = identify(url, [site_of(outlet)] if outlet else ()).canonical_url
    return list(dict.fromkeys([canonical, url]))


def outlet_name(url: str, outlets: OutletSites) -> str:
    """The outlet's name as the store has it: of an unknown host, the host."""
    host = host_of(url)
    return outlets[host].name if host in outlets else host
