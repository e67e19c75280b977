"""One page, read from its file, the store or the outlet, so that its lines can be explained."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.article import Article
from crawler.crawl.spider import OutletSpider, site_of
from crawler.crawl.stored_urls import OutletSites, addresses_of
from crawler.dates.utc import utc_now
from crawler.extract.pages import ListingEntry
from crawler.reprocess.replay.from_files import BadInput, read_pages, read_saved
from crawler.store import Store
from crawler.urls import host_of, identify


def from_file(
    file: Path, outlets: OutletSites, refuse: Callable[[BadInput], None]
) -> list[Article]:
    """The pages of a saved file; what is none goes to ``refuse``."""
    pages = read_pages(file, datetime.now(UTC), refuse)
    return [read_saved(page, outlets.get(host_of(page.url))) for page in pages]


def from_store(url: str, outlets: OutletSites, store: Store) -> Article | None:
    """The stored article of an address in any of its forms."""
    found = (store.find(address) for address in addresses_of(url, outlets))
    return next(filter(None, found), None)


def fetching(outlet: type[OutletSpider], url: str) -> type[OutletSpider]:
    """The outlet, asking for one article's page and nothing else."""
    canonical = identify(url, [site_of(outlet)]).canonical_url
    row = ListingEntry(url, canonical, None, None, "list", utc_now())

    class OnePage(outlet):  # type: ignore[valid-type, misc]
        name = outlet.name

        async def start(self) -> AsyncIterator[Any]:
            yield self.article_request(row)

    return OnePage
