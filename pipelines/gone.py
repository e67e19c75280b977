"""Pipeline stage that marks an article in the store as gone if its page is; its text stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from crawler.article import Article
from crawler.store import Store, StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)


class PageGone(DropItem):
    """The article's page answers 404 or 410, or is an error page that says so."""


class Gone:
    """Pipeline that drops items of pages that are gone; every article continues.

    Only a stored article is marked, counted as ``malgeum/marked_gone``. A later visit that finds
    the article again removes the mark (``crawler/store/articles/revisions.py``).
    """

    def __init__(
        self, store: Store, stats: StatsCollector, on_trouble: Callable[[StoreError], None]
    ) -> None:
        self.store = store
        self.stats = stats
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the stage with the crawl's store and stats."""
        assert crawler.stats is not None
        return cls(crawl.store_of(crawler), crawler.stats, partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        """Return an article; mark and drop the item of a page that is gone."""
        if not article.soft_error or not article.soft_error.startswith("gone"):
            return article
        try:
            if self.store.mark_gone(article.canonical_url, article.fetched_at):
                self.stats.inc_value("malgeum/marked_gone")
                logger.info("Gone, and its text kept: %s", article.canonical_url)
        except StoreError as error:
            self.on_trouble(error)
        raise PageGone(f"{article.url}: {article.soft_error}")
