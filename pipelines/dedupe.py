"""Pipeline stage that detects exact duplicates in the whole store: by URL, then by text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy.crawler import Crawler

from crawler.article import Article
from crawler.similarity.fingerprint import fingerprint
from crawler.store import DedupeResult, Store, StoreError
from crawler.store import session as crawl
from crawler.store.articles.same_text import letters


def content_hash(body: str) -> str:
    """Return the SHA-256, in hex, of the body's letters and numbers (NFKC, one case).

    A body without any («◇ …») is hashed as it is; otherwise all such bodies would be one text.
    """
    text = letters(body) or body.strip()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def issuing_body(article: Article) -> str | None:
    """Return the issuer of a press release if headline or lead name it as the speaker."""
    return fingerprint(article.headline, article.body, article.date_published).issuer


def fill_text(article: Article) -> None:
    """Fill the fields that follow from the text alone."""
    article.content_hash = content_hash(article.body) if article.body else None
    article.source_organization = article.source_organization or issuing_body(article)


class Dedupe:
    """Pipeline that fills ``content_hash``, ``duplicate_of`` and ``source_organization``.

    Drops an article that is stored already, or erased. Another outlet's text continues, linked to
    the first article that had it, and so does a new text of a known article. The outlet's own
    article under another URL becomes an alias of the known one, and for a known text the sighting
    is recorded (``crawler/store/articles/same_text.py`` states the rule).
    """

    def __init__(self, store: Store, on_trouble: Callable[[StoreError], None]) -> None:
        self.store = store
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the stage with the crawl's store."""
        return cls(crawl.store_of(crawler), partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        """Fill the fields, or drop an article that is stored or erased."""
        fill_text(article)
        article.duplicate_of = crawl.resolve(self._classify, article, self.on_trouble).first
        return article

    def _classify(self, article: Article) -> DedupeResult:
        result = self.store.classify(article)
        return result if result.is_stored else self.store.upsert(article)
