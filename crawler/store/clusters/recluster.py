"""Comparison of every stored article again, while crawls continue."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from crawler.store.clusters import assign as clusters
from crawler.store.clusters.candidates import sketch_article
from crawler.store.db.database import Database
from crawler.store.db.schema import address, article

_BATCH_SIZE = 20
"""Articles per transaction, so that other writers wait only a moment."""

_NEXT = (
    select(
        article.c.id, article.c.canonical_url, article.c.headline, article.c.body,
        article.c.date_published, address.c.first_seen,
    )
    .join_from(article, address, address.c.canonical_url == article.c.canonical_url)
    .where(article.c.id > bindparam("after"))
    .order_by(article.c.id)
    .limit(_BATCH_SIZE)
)  # fmt: skip


def count_articles(store: Database) -> int:
    """Return how many articles are stored."""
    with store.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(article)) or 0)


def recluster(store: Database, now: str) -> Iterator[int]:
    """Compare all articles with their neighbours again; yield how many are done.

    The store is consistent if this is stopped at any point; another run starts again. The result
    depends only on rules and texts; a cluster keeps its id if most of its members stay together.
    """
    after = done = 0
    while True:
        with store.writing() as connection:
            rows = connection.execute(_NEXT, {"after": after}).all()
            for row in rows:
                sketch = sketch_article(
                    row.canonical_url, row.headline, row.body, row.date_published, row.first_seen
                )
                clusters.replace(connection, row.id, sketch, now)
        if not rows:
            return
        after = rows[-1].id
        done += len(rows)
        yield done
