"""The store's questions and its one way of writing: an article is one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import NamedTuple, Self

from sqlalchemy import Connection, Engine, case, func, insert, select

from crawler.article import Article
from crawler.store.rows import article_of, row_of, storable
from crawler.store.sameness import MERGED_FROM, Verdict, same_headline
from crawler.store.tables import address, article
from crawler.store.trouble import told

logger = logging.getLogger(__name__)

ASKED_AT_ONCE = 1000
"""Addresses in one query; databases limit the parameters of a statement."""


class Count(NamedTuple):
    """What the store holds of one outlet; dates in the item's form, None where it has none."""

    outlet: str
    articles: int
    aliases: int
    oldest: str | None
    newest: str | None


class Store:
    """Every article ever kept. All methods raise :class:`crawler.store.StoreError`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writing=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    def known(self, canonical_urls: Iterable[str]) -> set[str]:
        """Those of the addresses that are stored already, as an article's own or another's."""
        asked = {storable(url): url for url in canonical_urls}
        urls = list(asked)
        found: set[str] = set()
        with told(self.engine.url), self.engine.begin() as connection:
            for start in range(0, len(urls), ASKED_AT_ONCE):
                some = address.c.canonical_url.in_(urls[start : start + ASKED_AT_ONCE])
                found.update(connection.scalars(select(address.c.canonical_url).where(some)))
        return {asked[url] for url in found}

    def find(self, canonical_url: str) -> Article | None:
        """The article that is known by an address, its own or an alias."""
        query = (
            select(article)
            .join_from(address, article)
            .where(address.c.canonical_url == storable(canonical_url))
        )
        with told(self.engine.url), self.engine.begin() as connection:
            row = connection.execute(query).mappings().first()
        return article_of(dict(row)) if row else None

    def judge(self, candidate: Article) -> Verdict:
        """What the article would be to the store now; needs its ``content_hash``."""
        with told(self.engine.url), self.engine.begin() as connection:
            return _judge(connection, candidate)

    def add(self, candidate: Article) -> Verdict:
        """Store the article, or its address as an alias, or nothing, as the verdict says.

        One transaction, which no other writer shares; a second call changes nothing. A copy gets
        its ``duplicate_of``, in the item too.
        """
        with told(self.engine.url), self._writing.begin() as connection:
            verdict = _judge(connection, candidate)
            if verdict.kind in ("new", "copy"):
                candidate.duplicate_of = verdict.first
                row, mended = row_of(candidate)
                if mended:
                    logger.warning("Stored with NUL or lone surrogates replaced: %s", row["url"])
                connection.execute(insert(article).values(row))
                _remember(connection, candidate, "article", of=row["canonical_url"])
            elif verdict.kind == "same":
                _remember(connection, candidate, "alias", of=verdict.first)
        return verdict

    def counts(self) -> list[Count]:
        """What is stored, one entry an outlet, by name."""
        alias = func.sum(case((address.c.kind == "alias", 1), else_=0))
        dates = article.c.date_published
        query = (
            select(
                article.c.outlet,
                func.count(article.c.id.distinct()),
                alias,
                func.min(dates),
                func.max(dates),
            )
            .join_from(article, address)
            .group_by(article.c.outlet)
            .order_by(article.c.outlet)
        )
        with told(self.engine.url), self.engine.begin() as connection:
            return [Count(*row) for row in connection.execute(query)]


def _judge(connection: Connection, candidate: Article) -> Verdict:
    url = storable(candidate.canonical_url)
    owner = (
        select(article.c.canonical_url)
        .join_from(address, article)
        .where(address.c.canonical_url == url)
    )
    if (first := connection.scalar(owner)) is not None:
        return Verdict("known", first)
    if candidate.content_hash is None:
        return Verdict("new")

    same_text = (
        select(article.c.canonical_url, article.c.outlet, article.c.headline)
        .where(article.c.content_hash == candidate.content_hash)
        .order_by(article.c.id)
    )
    if len(candidate.body or "") >= MERGED_FROM:
        for other in connection.execute(same_text.where(article.c.outlet == candidate.outlet)):
            if same_headline(other.headline, candidate.headline):
                return Verdict("same", other.canonical_url)
    first_of_text = connection.execute(same_text.limit(1)).first()
    if first_of_text and first_of_text.outlet != candidate.outlet:
        return Verdict("copy", first_of_text.canonical_url)
    return Verdict("new")


def _remember(connection: Connection, met: Article, kind: str, *, of: str | None) -> None:
    connection.execute(
        insert(address).values(
            canonical_url=storable(met.canonical_url),
            article=select(article.c.id).where(article.c.canonical_url == of).scalar_subquery(),
            kind=kind,
            first_seen=met.fetched_at,
        )
    )
