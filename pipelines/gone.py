"""Stage that marks a stored article as gone if its page is; the text is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.article import Article
from crawler.outcomes.drops import PageDropped
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import MARKED_GONE
from crawler.store import Store, StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)


class PageGone(PageDropped):
    """The article's page answers 404 or 410, or says that it is gone."""

    outcome = PageOutcome.GONE


class Gone:
    """Drops items that stand for gone pages; every article passes.

    Only a stored article is marked. A later visit that reads it again removes the mark
    (``crawler/store/articles/revisions.py``).
    """

    def __init__(
        self, store: Store, stats: StatsCollector, on_trouble: Callable[[StoreError], None]
    ) -> None:
        self.store = store
        self.stats = stats
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Use the crawl's store and stats."""
        assert crawler.stats is not None
        return cls(crawl.store_of(crawler), crawler.stats, partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        """Return an article as it is. Raises PageGone for a page that is gone."""
        error = article.error_page
        if error is None or error.kind is not PageOutcome.GONE:
            return article
        try:
            if self.store.mark_gone(article.canonical_url, article.fetched_at):
                self.stats.inc_value(MARKED_GONE)
                logger.info("Gone, and its text kept: %s", article.canonical_url)
        except StoreError as failure:
            self.on_trouble(failure)
        raise PageGone(f"{article.url}: {error}")
