"""Exact duplicates, over everything ever stored: by address, then by text."""

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
    """SHA-256, in hex, of the body's letters and numbers (NFKC, one case).

    A body without any ("◇ …") is hashed as it stands, or all such bodies would be one text.
    """
    said = letters(body) or body.strip()
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def issuing_body(article: Article) -> str | None:
    """Who issued the release, where headline or lead name it as who speaks."""
    return fingerprint(article.headline, article.body, article.date_published).issuer


def fill_text(article: Article) -> None:
    """What follows from the text alone."""
    article.content_hash = content_hash(article.body) if article.body else None
    article.source_organization = article.source_organization or issuing_body(article)


class Dedupe:
    """Fills ``content_hash``, ``duplicate_of`` and ``source_organization``.

    Drops what is stored already, or forgotten.

    Another outlet's text goes on, linked to the first that had it, and so does another text of a
    known article. The outlet's own article under another address becomes an alias there, and a
    known one was seen once more (see ``crawler/store/articles/same_text.py`` for the rule).
    """

    def __init__(self, store: Store, on_trouble: Callable[[StoreError], None]) -> None:
        self.store = store
        self.on_trouble = on_trouble

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawl.store_of(crawler), partial(crawl.abort, crawler))

    def process_item(self, article: Article) -> Article:
        fill_text(article)
        article.duplicate_of = crawl.resolve(self._ask, article, self.on_trouble).first
        return article

    def _ask(self, article: Article) -> DedupeResult:
        verdict = self.store.judge(article)
        return verdict if verdict.is_stored else self.store.add(article)
