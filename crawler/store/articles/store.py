"""The store's questions and its one way of writing: an article is one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Engine, bindparam, case, delete, func, insert, select

from crawler.article import Article
from crawler.store.articles import revisions
from crawler.store.articles.dedupe import Stored, classify, is_met
from crawler.store.articles.same_text import DedupeResult
from crawler.store.changes import log as changes
from crawler.store.clusters import assign as clusters
from crawler.store.clusters.candidates import Sketched, sketched
from crawler.store.db.errors import retry_once_on_disconnect, wrap_errors
from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import address, article
from crawler.store.db.serialize import COLUMNS, article_of, row_of, storable

logger = logging.getLogger(__name__)

ASKED_AT_ONCE = 1000
"""Addresses in one query; databases limit the parameters of a statement."""

_ARTICLE = Prepared(insert(article).returning(article.c.id), (*COLUMNS, "last_seen_at"))
_ADDRESS = Prepared(
    insert(address).values(
        canonical_url=bindparam("url"),
        article=select(article.c.id)
        .where(article.c.canonical_url == bindparam("of"))
        .scalar_subquery(),
        kind=bindparam("as"),
        first_seen=bindparam("at"),
    )
)


class Count(NamedTuple):
    """What the store holds of one outlet; dates in the item's form, None where it has none."""

    outlet: str
    articles: int
    aliases: int
    oldest: str | None
    newest: str | None


class Store:
    """Every article ever kept. All methods raise :class:`crawler.store.StoreError`."""

    def __init__(self, engine: Engine, *, is_new: bool = False) -> None:
        self.engine, self.is_new = engine, is_new
        self._writing = engine.execution_options(writing=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer shares, for what else is to be noted."""
        with wrap_errors(self.engine.url), self._writing.begin() as connection:
            yield connection

    def known(self, canonical_urls: Iterable[str]) -> set[str]:
        """Those of the addresses that are stored already, as an article's own or another's."""
        asked = {storable(url): url for url in canonical_urls}
        urls = list(asked)
        found: set[str] = set()
        with wrap_errors(self.engine.url), self.engine.begin() as connection:
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
        with wrap_errors(self.engine.url), self.engine.begin() as connection:
            row = connection.execute(query).mappings().first()
        return article_of(dict(row)) if row else None

    def judge(self, candidate: Article) -> DedupeResult:
        """What the article would be to the store now; needs its ``content_hash``."""
        with wrap_errors(self.engine.url), self.engine.connect() as connection:
            if not is_met(connection, candidate):  # one statement needs no transaction
                return DedupeResult("new")
            with connection.begin():
                return classify(connection, candidate)[0]

    def add(self, candidate: Article) -> DedupeResult:
        """Store the article, a revision of it, its address as an alias, or nothing, as the
        verdict says.

        One transaction, which no other writer shares; a second call changes nothing. What is
        stored gets its ``duplicate_of``, ``revision``, ``cluster_id`` and ``edit_kind``, in the
        item too.
        """
        made = _sketched(candidate)
        with wrap_errors(self.engine.url):
            return retry_once_on_disconnect(lambda: self._add(candidate, made))

    def _add(self, candidate: Article, made: Sketched) -> DedupeResult:
        with self._writing.begin() as connection:
            verdict, stored = classify(connection, candidate)
            if stored and verdict.kind in ("new", "copy", "same"):
                _leave(connection, candidate)
            match verdict.kind:
                case "new" | "copy":
                    candidate.duplicate_of = verdict.first
                    _add(connection, candidate, made)
                case "revised" | "older" if stored:
                    candidate.duplicate_of = verdict.first
                    candidate.revision = revisions.next_number(connection, stored.id)
                    # an alias speaks for the article that it is an alias of
                    candidate.canonical_url = stored.canonical_url
                    candidate.article_id = stored.article_id
                    candidate.cluster_id = stored.cluster_id
                    candidate.edit_kind = stored.edit_kind
                    if verdict.kind == "older":
                        revisions.keep(connection, stored, _row(candidate))
                    else:
                        _revise(connection, stored, candidate, made)
                case "same":
                    _remember(connection, candidate, "alias", of=verdict.first)
                case "known" if stored:
                    at = candidate.fetched_at
                    if at > stored.last_seen_at and revisions.see(
                        connection, stored, at, candidate.warc_location
                    ):
                        changes.note(connection, stored.id, "back", at)
        return verdict

    def mark_gone(self, canonical_url: str, at: str) -> bool:
        """Note that a stored article's page is gone since ``at`` (UTC); its text stays.

        False where nothing is noted: it is not stored, known to be gone, or was seen later.
        """

        def mark() -> bool:
            with self._writing.begin() as connection:
                return revisions.mark_gone(connection, storable(canonical_url), at)

        with wrap_errors(self.engine.url):
            return retry_once_on_disconnect(mark)

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
        with wrap_errors(self.engine.url), self.engine.begin() as connection:
            return [Count(*row) for row in connection.execute(query)]


def _sketched(candidate: Article) -> Sketched:
    return sketched(
        storable(candidate.canonical_url),
        storable(candidate.headline or ""),
        storable(candidate.body or ""),
        candidate.date_published,
        candidate.fetched_at,
    )


def _add(connection: Connection, candidate: Article, made: Sketched) -> None:
    place = clusters.assign(connection, made)
    candidate.cluster_id, candidate.edit_kind = place.cluster_id, place.edit_kind
    row = _row(candidate)
    [(id,)] = _ARTICLE.rows(connection, row | {"last_seen_at": row["fetched_at"]})
    _remember(connection, candidate, "article", of=row["canonical_url"])
    clusters.keep(connection, place, id, candidate.fetched_at)
    if place.then == "settle":
        _read_back(connection, candidate, id)
    changes.note(connection, id, "new", candidate.fetched_at)


def _revise(connection: Connection, stored: Stored, candidate: Article, made: Sketched) -> None:
    at = candidate.fetched_at
    is_back = revisions.replace(connection, stored, _row(candidate))
    clusters.replace(connection, stored.id, made, at, is_noted=True)
    _read_back(connection, candidate, stored.id)
    changes.note(connection, stored.id, "revised", at)
    if is_back:
        changes.note(connection, stored.id, "back", at)


def _read_back(connection: Connection, candidate: Article, id: int) -> None:
    """Give the item what the clusters made of it and of others."""
    query = select(article.c.cluster_id, article.c.edit_kind).where(article.c.id == id)
    candidate.cluster_id, candidate.edit_kind = connection.execute(query).one()


def _row(candidate: Article) -> dict[str, Any]:
    row, mended = row_of(candidate)
    if mended:
        logger.warning("Stored with NUL or lone surrogates replaced: %s", row["url"])
    return row


def _leave(connection: Connection, alias: Article) -> None:
    """The address stands no longer for the article that it was an alias of."""
    url = storable(alias.canonical_url)
    connection.execute(delete(address).where(address.c.canonical_url == url))


def _remember(connection: Connection, met: Article, kind: str, *, of: str | None) -> None:
    url = storable(met.canonical_url)
    _ADDRESS.run(connection, {"url": url, "of": of, "as": kind, "at": met.fetched_at})
