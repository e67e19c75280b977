"""Last pipeline stage: stores an article in one transaction."""

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
    """Pipeline that stores an article; fills ``extractor_version`` and ``revision``.

    Feeds get the present text of an article: an older text is stored and goes no further. The store
    classifies the article again under its write lock, so an article that another crawl stored
    between the stages is dropped here as ``Dedupe`` would have done.
    """

    def __init__(self, store: store.Store, on_trouble: Callable[[store.StoreError], None]) -> None:
        self.store = store
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the stage with the crawl's store."""
        return cls(crawl.store_of(crawler), partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        """Store the article; drop it if the store has it, or a newer text of it."""
        article.extractor_version = extractor_version(article.outlet)
        result = crawl.resolve(self.store.upsert, article, self.on_trouble)
        if result.kind == "older":
            raise crawl.OlderRevision(f"Stored as an older revision: {article.canonical_url}")
        return article
