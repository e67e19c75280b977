"""Log of changes to articles, in order.

Its number (``seq``) is assigned in a transaction that excludes other writers: a consumer that has
read up to a number will never miss a lower one. ``crawler/store/changes/feed.py`` reads the log.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import Text, article, change

Kind = Literal["new", "revised", "older", "clustered", "gone", "back", "forgotten"]
"""``older``: a version from before the current one was stored late; ``clustered``: the article's
cluster or the original of its text changed; ``back``: the page is there again after it was gone."""

_COLUMNS = (
    "changed_at",
    "kind",
    "article",
    "revision",
    "canonical_url",
    "outlet",
    "cluster_id",
    "edit_kind",
)


_CURRENT = select(
    bindparam("at", type_=Text), bindparam("kind", type_=Text), article.c.id, article.c.revision,
    article.c.canonical_url, article.c.outlet, article.c.cluster_id, article.c.edit_kind,
).where(article.c.id == bindparam("of"))  # fmt: skip
_INSERT_CHANGE = Prepared(insert(change).from_select(_COLUMNS, _CURRENT))


def record_change(connection: Connection, id: int, kind: Kind, at: str) -> None:
    """Record a change of an article with its present state; ``at``: the time of the change, UTC."""
    _INSERT_CHANGE.run(connection, {"of": id, "kind": kind, "at": at})


def record_older_version(connection: Connection, id: int, revision: int, at: str) -> None:
    """Record that an older version was stored as ``revision``."""
    record_change(connection, id, "older", at)
    newest = select(change.c.seq).where(change.c.article == id).order_by(change.c.seq.desc())
    is_newest = change.c.seq == newest.limit(1).scalar_subquery()
    connection.execute(update(change).where(is_newest).values(revision=revision))


def delete_changes(connection: Connection, id: int) -> None:
    """Delete all changes of an article."""
    connection.execute(delete(change).where(change.c.article == id))


def record_forgotten(
    connection: Connection, id: int, canonical_url: str, outlet: str, at: str
) -> None:
    """Replace all changes of a forgotten article by that one."""
    delete_changes(connection, id)
    values = {
        "changed_at": at,
        "kind": "forgotten",
        "canonical_url": canonical_url,
        "outlet": outlet,
    }
    connection.execute(insert(change).values(values))
