"""Versions that this program reads again from their archived pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, select

from crawler.article import Article, DateCandidate
from crawler.store.articles import revisions
from crawler.store.articles.dedupe import first_elsewhere
from crawler.store.changes import log as changes
from crawler.store.clusters import assign as clusters
from crawler.store.clusters.candidates import sketch_article
from crawler.store.db.database import Database
from crawler.store.db.schema import article
from crawler.store.db.serialize import article_of, row_of

_BATCH_SIZE = 200
"""Versions per query, so that memory does not grow with the store."""


class CurrentVersion(NamedTuple):
    """The current version of an article, and its page in the archive; ``id`` is the article's."""

    id: int
    revision: int
    url: str
    outlet: str
    fetched_at: str
    date_published: str | None
    warc_location: str | None
    date_candidates: list[DateCandidate]


def current_versions(
    store: Database, outlets: Collection[str] = (), since: str | None = None
) -> Iterator[CurrentVersion]:
    """Yield the articles of the outlets, or of all, in the order of storing.

    Articles stored meanwhile are included. ``since``: a day of publication (``2024-09-11``);
    articles without a date are included. Raises :class:`crawler.store.StoreError`.
    """
    query = select(*(article.c[name] for name in CurrentVersion._fields)).order_by(article.c.id)
    if outlets:
        query = query.where(article.c.outlet.in_(outlets))
    if since:
        published = article.c.date_published
        query = query.where((published >= since) | published.is_(None))
    after = 0
    while True:
        with store.reading() as connection:
            rows = connection.execute(query.where(article.c.id > after).limit(_BATCH_SIZE)).all()
        for row in rows:
            dates = [DateCandidate(**date) for date in row.date_candidates]
            yield CurrentVersion(**row._asdict() | {"date_candidates": dates})
        if not rows:
            return
        after = rows[-1].id


def version_of(store: Database, id: int, revision: int) -> Article | None:
    """Return the article's current version; None if ``revision`` is not its number any more.

    Raises :class:`crawler.store.StoreError`.
    """
    with store.reading() as connection:
        row = _row(connection, id, revision)
    return article_of(row) if row else None


def reextract(
    store: Database, id: int, revision: int, candidate: Article, now: str
) -> Literal["stored", "superseded"]:
    """Replace version ``revision`` by the candidate, which was read from the same page.

    ``superseded``: ``revision`` is not the current version any more, and nothing was written. One
    transaction, which excludes other writers. The times of visits and the page's location stay;
    copies and clusters are found as for a revision, and the candidate gets its number and cluster.
    ``now`` (UTC): the time of changes to clusters.
    """
    with store.writing() as connection:
        stored = _row(connection, id, revision)
        if stored is None or stored["url"] != candidate.url:  # ids of deleted articles are reused
            return "superseded"
        candidate.revised_by, candidate.warc_location = "extractor", stored["warc_location"]
        candidate.cluster_id, candidate.edit_kind = stored["cluster_id"], stored["edit_kind"]
        candidate.duplicate_of = first_elsewhere(connection, candidate)
        candidate.revision = revisions.next_number(connection, id)
        row, _ = row_of(candidate)
        revisions.supersede(connection, id, row)
        made = sketch_article(
            row["canonical_url"],
            row["headline"],
            row["body"],
            row["date_published"],
            row["fetched_at"],
        )
        clusters.replace(connection, id, made, now, is_noted=True)
        changes.record_change(connection, id, "revised", now)
        home = select(article.c.cluster_id, article.c.edit_kind).where(article.c.id == id)
        candidate.cluster_id, candidate.edit_kind = connection.execute(home).one()
    return "stored"


def _row(connection: Connection, id: int, revision: int) -> dict[str, Any] | None:
    query = select(article).where(article.c.id == id, article.c.revision == revision)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
