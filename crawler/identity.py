"""Under which canonical addresses an article may be stored, whatever form its URL is given in."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.address import host_of
from crawler.cms import FAMILIES
from crawler.outlet import Outlet

Outlets = dict[str, type[Outlet]]
"""Outlets by the host of their home."""


def by_host(outlets: Iterable[type[Outlet]]) -> Outlets:
    return {host_of(outlet.home): outlet for outlet in outlets}


def check_address(url: str) -> None:
    """Raises ValueError with one sentence where the text is no web address."""
    try:
        split = urlsplit(url)
        is_address = split.scheme in {"http", "https"} and bool(split.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"{url!r} is no web address, such as https://www.papns.kr/news/123")


def addresses_of(url: str, outlets: Outlets) -> list[str]:
    """What a crawl or a replay would make of the URL, likeliest first, and the URL as it is.

    For an outlet of ours that is its one canonical form; of an unknown host any family's.
    """
    outlet = outlets.get(host_of(url))
    families = [(outlet.family, outlet.home)] if outlet else [(one, None) for one in FAMILIES]
    found = [family.identify(url, home) for family, home in families]
    return list(dict.fromkeys([*(one[0] for one in found if one), url]))


def outlet_name(url: str, outlets: Outlets) -> str:
    """The outlet's name as the store has it: of an unknown host, the host."""
    host = host_of(url)
    return outlets[host].name if host in outlets else host
