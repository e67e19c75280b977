"""Sources of the pages that ``scrapy explain`` shows: a file, the store, or the outlet."""

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
from crawler.reprocess.replay.from_files import BadInput, extract_saved, read_pages
from crawler.store import Store
from crawler.urls import host_of, identify


def from_file(
    file: Path, outlets: OutletSites, reject: Callable[[BadInput], None]
) -> list[Article]:
    """Return the pages of a saved file; a part that is not a page goes to ``reject``."""
    pages = read_pages(file, datetime.now(UTC), reject)
    return [extract_saved(page, outlets.get(host_of(page.url))) for page in pages]


def from_store(url: str, outlets: OutletSites, store: Store) -> Article | None:
    """Return the stored article of a URL in any of its forms, or None."""
    articles = (store.find(address) for address in addresses_of(url, outlets))
    return next(filter(None, articles), None)


def one_page_spider(outlet: type[OutletSpider], url: str) -> type[OutletSpider]:
    """Return the outlet's spider, limited to one article's page."""
    canonical = identify(url, [site_of(outlet)]).canonical_url
    entry = ListingEntry(url, canonical, None, None, "list", utc_now())

    class OnePage(outlet):  # type: ignore[valid-type, misc]
        name = outlet.name

        async def start(self) -> AsyncIterator[Any]:
            """Request the page."""
            yield self.article_request(entry)

    return OnePage
