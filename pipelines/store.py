"""Last stage: stores an article in one transaction, or drops it by what the store knows of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy.crawler import Crawler

from crawler import store
from crawler.article import Article
from crawler.store import session as crawl
from pipelines.extractor_version import extractor_version


class SaveArticle:
    """Stores articles; fills ``extractor_version``, ``revision`` and ``duplicate_of``.

    The store classifies an article once, in the transaction that writes it, so no other process
    can store the same in between. Another outlet's text and a revision go on to the feeds; a copy
    within the outlet becomes an alias, a repeated sighting is recorded, and both are dropped.
    """

    def __init__(
        self,
        store: store.Store,
        on_trouble: Callable[[store.StoreError], None],
        *,
        keeps_aliases: bool = False,
    ) -> None:
        self.store = store
        self.on_trouble = on_trouble
        self.keeps_aliases = keeps_aliases
        """Whether a copy within the outlet goes on, with ``duplicate_of``: nothing is stored."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Use the crawl's store."""
        keeps = getattr(crawler.spider, "keeps_aliases", False)
        return cls(crawl.store_of(crawler), partial(crawl.abort, crawler), keeps_aliases=keeps)

    def process_item(self, article: Article) -> Article:
        """Return a new article or revision. Raises PageDropped for all else."""
        article.extractor_version = extractor_version(article.outlet)
        try:
            crawl.resolve(self.store.upsert, article, self.on_trouble)
        except crawl.SameArticle as alias:
            if not self.keeps_aliases:
                raise
            article.duplicate_of = alias.first
        return article
