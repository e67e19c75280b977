"""Deletion of old articles, while crawls continue."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from crawler.store.articles.forget import delete_article
from crawler.store.changes import log as changes
from crawler.store.db.database import Database
from crawler.store.db.schema import address, article, finding, page, run

_BATCH_SIZE = 20
"""Articles per transaction, so that other writers wait only a moment."""


def count_before(store: Database, day: str) -> int:
    """Return how many articles are older; ``day`` as in :func:`prune`."""
    older = select(func.count()).select_from(article).where(_is_before(day))
    with store.reading() as connection:
        return int(connection.scalar(older) or 0)


def prune(store: Database, day: str, at: str) -> Iterator[int]:
    """Delete articles published before ``day`` (``2024-09-11``); yield how many are done.

    An article without a date counts as published when it was stored. All versions go with it, then
    the runs that ended and the findings that were resolved before ``day``. The URLs stay in the
    frontier as stored, so they are not fetched again. The change feed does not report deletions.
    The remaining articles of a press release are regrouped, ``at`` (UTC). The store is consistent
    if this is stopped at any point; another call does the rest. Raises
    :class:`crawler.store.StoreError`.
    """
    done = 0
    oldest = select(article.c.id).where(_is_before(day)).order_by(article.c.id).limit(_BATCH_SIZE)
    while True:
        with store.writing() as connection:
            ids = connection.scalars(oldest).all()
            for id in ids:
                _prune(connection, id, at)
        if not ids:
            break
        done += len(ids)
        yield done
    with store.writing() as connection:
        connection.execute(delete(run).where(run.c.ended_at < day))
        connection.execute(delete(finding).where(finding.c.resolved_at < day))


def _is_before(day: str) -> ColumnElement[bool]:
    return func.coalesce(article.c.date_published, article.c.fetched_at) < day


def _prune(connection: Connection, id: int, at: str) -> None:
    mine = select(address.c.canonical_url).where(address.c.article == id)
    connection.execute(
        update(page).where(page.c.canonical_url.in_(mine)).values(due_at=None, listing=None)
    )
    changes.delete_changes(connection, id)
    delete_article(connection, id, at)
