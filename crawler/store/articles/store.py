"""Articles of a store: look up, classify and write, each article in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select

from crawler.article import Article
from crawler.store.articles import revisions
from crawler.store.articles.dedupe import Stored, classify, is_known
from crawler.store.articles.same_text import DedupeResult
from crawler.store.changes import log as changes
from crawler.store.clusters import assign as clusters
from crawler.store.clusters.candidates import ArticleSketch, sketch_article
from crawler.store.db.connect import check_exists, connect
from crawler.store.db.database import Database, batches
from crawler.store.db.errors import retry_once_on_disconnect, wrap_errors
from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import address, article
from crawler.store.db.serialize import COLUMNS, article_of, row_of, storable

logger = logging.getLogger(__name__)

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
    """Number of articles and aliases of one outlet, with its oldest and newest date."""

    outlet: str
    articles: int
    aliases: int
    oldest: str | None
    newest: str | None


class Store(Database):
    """The articles of a store. All methods raise :class:`crawler.store.StoreError`."""

    def known(self, canonical_urls: Iterable[str]) -> set[str]:
        """Return the URLs that are stored, as an article's own or as an alias."""
        urls = {storable(url): url for url in canonical_urls}
        stored: set[str] = set()
        with self.reading() as connection:
            for batch in batches(urls):
                is_in_batch = address.c.canonical_url.in_(batch)
                stored.update(
                    connection.scalars(select(address.c.canonical_url).where(is_in_batch))
                )
        return {urls[url] for url in stored}

    def find(self, canonical_url: str) -> Article | None:
        """Return the article that has a URL, as its own or as an alias; None if none has."""
        query = (
            select(article)
            .join_from(address, article)
            .where(address.c.canonical_url == storable(canonical_url))
        )
        with self.reading() as connection:
            row = connection.execute(query).mappings().first()
        return article_of(dict(row)) if row else None

    def classify(self, candidate: Article) -> DedupeResult:
        """Return what :meth:`upsert` would do with the article; needs its ``content_hash``."""
        with wrap_errors(self.engine.url), self.engine.connect() as connection:
            if not is_known(connection, candidate):  # one statement needs no transaction
                return DedupeResult("new")
            with connection.begin():
                return classify(connection, candidate)[0]

    def upsert(self, candidate: Article) -> DedupeResult:
        """Store the article, a revision of it, its URL as an alias, or nothing.

        One transaction, which excludes other writers; a second call changes nothing. If a text is
        stored, the candidate gets its ``duplicate_of``, ``revision``, ``cluster_id`` and
        ``edit_kind`` as well.
        """
        sketch = _sketch(candidate)  # outside of the transaction, since it takes a while

        def write() -> DedupeResult:
            with self.writer.begin() as connection:
                result, stored = classify(connection, candidate)
                _write(connection, candidate, sketch, result, stored)
                return result

        with wrap_errors(self.engine.url):
            return retry_once_on_disconnect(write)

    def mark_gone(self, canonical_url: str, at: str) -> bool:
        """Record that a stored article's page is gone since ``at`` (UTC); its text stays.

        Return False if nothing changes: the article is not stored, was gone already, or was seen
        after ``at``.
        """

        def mark() -> bool:
            with self.writer.begin() as connection:
                return revisions.mark_gone(connection, storable(canonical_url), at)

        with wrap_errors(self.engine.url):
            return retry_once_on_disconnect(mark)

    def counts(self) -> list[Count]:
        """Return the counts of each outlet, by name."""
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
        with self.reading() as connection:
            return [Count(*row) for row in connection.execute(query)]


def open_store(url: str) -> Store:
    """Open the store at ``url``; create it if there is none. Raises :class:`StoreError`."""
    engine, is_new = connect(url)
    return Store(engine, is_new=is_new)


def open_existing(url: str) -> Store:
    """Open the store at ``url``. Raises :class:`StoreError` if its SQLite file does not exist."""
    check_exists(url)
    return open_store(url)


def _sketch(candidate: Article) -> ArticleSketch:
    return sketch_article(
        storable(candidate.canonical_url),
        storable(candidate.headline or ""),
        storable(candidate.body or ""),
        candidate.date_published,
        candidate.fetched_at,
    )


def _write(
    connection: Connection,
    candidate: Article,
    sketch: ArticleSketch,
    result: DedupeResult,
    stored: Stored | None,
) -> None:
    """Write what the classification demands; ``stored`` is the article that has the URL now."""
    if stored and result.kind in ("new", "copy", "same"):
        _delete_alias(connection, candidate)
    match result.kind:
        case "new" | "copy":
            candidate.duplicate_of = result.first
            _insert(connection, candidate, sketch)
        case "revised" | "older" if stored:
            candidate.duplicate_of = result.first
            _take_identity(connection, candidate, stored)
            if result.kind == "older":
                revisions.save_older(connection, stored, _row(candidate))
            else:
                _revise(connection, stored, candidate, sketch)
        case "same":
            _insert_address(connection, candidate, "alias", of=result.first)
        case "known" if stored:
            _record_sighting(connection, candidate, stored)


def _insert(connection: Connection, candidate: Article, sketch: ArticleSketch) -> None:
    cluster = clusters.assign(connection, sketch)
    candidate.cluster_id, candidate.edit_kind = cluster.cluster_id, cluster.edit_kind
    row = _row(candidate)
    [(id,)] = _ARTICLE.rows(connection, row | {"last_seen_at": row["fetched_at"]})
    _insert_address(connection, candidate, "article", of=row["canonical_url"])
    clusters.save(connection, cluster, id, candidate.fetched_at)
    if cluster.action == "regroup":
        _read_cluster(connection, candidate, id)
    changes.record_change(connection, id, "new", candidate.fetched_at)


def _take_identity(connection: Connection, candidate: Article, stored: Stored) -> None:
    """Make the candidate a revision of the stored article, also if its URL is an alias."""
    candidate.revision = revisions.next_number(connection, stored.id)
    candidate.canonical_url = stored.canonical_url
    candidate.article_id = stored.article_id
    candidate.cluster_id = stored.cluster_id
    candidate.edit_kind = stored.edit_kind


def _revise(
    connection: Connection, stored: Stored, candidate: Article, sketch: ArticleSketch
) -> None:
    at = candidate.fetched_at
    is_back = revisions.replace(connection, stored, _row(candidate))
    clusters.replace(connection, stored.id, sketch, at, is_noted=True)
    _read_cluster(connection, candidate, stored.id)
    changes.record_change(connection, stored.id, "revised", at)
    if is_back:
        changes.record_change(connection, stored.id, "back", at)


def _record_sighting(connection: Connection, candidate: Article, stored: Stored) -> None:
    at = candidate.fetched_at
    if at > stored.last_seen_at and revisions.record_sighting(
        connection, stored, at, candidate.warc_location
    ):
        changes.record_change(connection, stored.id, "back", at)


def _read_cluster(connection: Connection, candidate: Article, id: int) -> None:
    """Copy the stored article's cluster to the candidate."""
    query = select(article.c.cluster_id, article.c.edit_kind).where(article.c.id == id)
    candidate.cluster_id, candidate.edit_kind = connection.execute(query).one()


def _row(candidate: Article) -> dict[str, Any]:
    row, is_changed = row_of(candidate)
    if is_changed:
        logger.warning("Stored with NUL or lone surrogates replaced: %s", row["url"])
    return row


def _delete_alias(connection: Connection, candidate: Article) -> None:
    url = storable(candidate.canonical_url)
    connection.execute(delete(address).where(address.c.canonical_url == url))


def _insert_address(
    connection: Connection, candidate: Article, kind: str, *, of: str | None
) -> None:
    url = storable(candidate.canonical_url)
    _ADDRESS.run(connection, {"url": url, "of": of, "as": kind, "at": candidate.fetched_at})
