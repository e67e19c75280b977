"""What changes in the store, noted in order for those who follow it.

A number (``seq``) is given in a transaction that no other writer shares: whoever has read up to it
will never see a lower one appear. How it is read stands in ``crawler/store/changes/feed.py``.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import Text, article, change

Kind = Literal["new", "revised", "older", "clustered", "gone", "back", "forgotten"]
"""``older``: a text that stood there before the current one came in late; ``clustered``: what the
article is to others (press release, first print of its text); ``back``: after it was gone."""

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
    """Note what has become of an article, as it stands now; ``at`` (UTC): when that was."""
    _INSERT_CHANGE.run(connection, {"of": id, "kind": kind, "at": at})


def record_older_version(connection: Connection, id: int, revision: int, at: str) -> None:
    """Note a version that went into the trail, under that number."""
    record_change(connection, id, "older", at)
    newest = select(change.c.seq).where(change.c.article == id).order_by(change.c.seq.desc())
    mine = change.c.seq == newest.limit(1).scalar_subquery()
    connection.execute(update(change).where(mine).values(revision=revision))


def delete_changes(connection: Connection, id: int) -> None:
    """Tell nothing of an article any more."""
    connection.execute(delete(change).where(change.c.article == id))


def record_forgotten(
    connection: Connection, id: int, canonical_url: str, outlet: str, at: str
) -> None:
    """Of a forgotten article nothing is told any more but that it is."""
    delete_changes(connection, id)
    told = {"changed_at": at, "kind": "forgotten", "canonical_url": canonical_url, "outlet": outlet}
    connection.execute(insert(change).values(told))
