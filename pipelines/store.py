"""The last stage: an article is stored in one transaction, or it is not."""

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
    """Stores what has come this far; fills ``extractor_version`` and ``revision``.

    Feeds get what an article says now: an older text is kept and goes no further. The store
    judges once more while no other process can write, so what another crawl stored between the
    stages is dropped here as ``Dedupe`` would have.
    """

    def __init__(self, store: store.Store, on_trouble: Callable[[store.StoreError], None]) -> None:
        self.store = store
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawl.store_of(crawler), partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        article.extractor_version = extractor_version(article.outlet)
        verdict = crawl.resolve(self.store.add, article, self.on_trouble)
        if verdict.kind == "older":
            raise crawl.OlderRevision(
                f"Kept in the trail: an older text of {article.canonical_url}"
            )
        return article
