"""Change feed: yields each change after a number once, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from crawler.store.db.database import Database
from crawler.store.db.errors import StoreError, redacted
from crawler.store.db.schema import article_version, change
from crawler.store.db.serialize import storable

_BATCH_SIZE = 500
"""Changes per query, so that memory does not grow with the store."""

CHANGE_FIELDS = ("seq", "change", "changed_at")
"""Fields of a line before the article's: the number of the change, its kind, and its time (UTC)."""

_SNAPSHOT_FIELDS = ("canonical_url", "outlet", "cluster_id", "edit_kind")
"""Fields whose values at the time of the change are stored with it."""


def newest_change(store: Database) -> int:
    """Return the highest number of a change; 0 if nothing was ever stored."""
    with store.reading() as connection:
        return connection.scalar(select(func.max(change.c.seq))) or 0


def has_changes_of(store: Database, outlet: str) -> bool:
    """Return True if the store ever had a change of the outlet; if not, all changes are read."""
    query = select(change.c.seq).where(change.c.outlet == storable(outlet)).limit(1)
    with store.reading() as connection:
        return connection.scalar(query) is not None


def changes_after(
    store: Database, after: int, until: int, fields: Sequence[str], outlets: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the changes above ``after`` up to ``until``, by number, of the outlets or of all.

    A line has ``CHANGE_FIELDS`` and then ``fields`` as of that change; if the article was
    forgotten, all but its URL and outlet are null. Raises :class:`crawler.store.StoreError`,
    before the first line if ``after`` is above the newest change.
    """
    newest = newest_change(store)
    if after > newest:
        raise StoreError(
            f"The store {redacted(store.engine.url)} has changes up to {newest} and none after "
            f"{after}: it is another store, or an older copy of it."
        )
    return _lines(store, after, until, fields, outlets)


def _lines(
    store: Database, after: int, until: int, fields: Sequence[str], outlets: Collection[str]
) -> Iterator[dict[str, Any]]:
    query = select(change).where(change.c.seq <= until).order_by(change.c.seq).limit(_BATCH_SIZE)
    if outlets:
        query = query.where(change.c.outlet.in_(outlets))
    while True:
        with store.reading() as connection:
            rows = connection.execute(query.where(change.c.seq > after)).mappings().all()
            versions = _versions(connection, {row["article"] for row in rows} - {None}, fields)
        for row in rows:
            version = versions.get((row["article"], row["revision"]), {})
            line = {"seq": row["seq"], "change": row["kind"], "changed_at": row["changed_at"]}
            line |= {name: version.get(name) for name in fields}
            yield line | {name: row[name] for name in _SNAPSHOT_FIELDS if name in line}
        if not rows:
            return
        after = rows[-1]["seq"]


def _versions(
    connection: Connection, ids: Collection[int], fields: Sequence[str]
) -> dict[tuple[int, int], dict[str, Any]]:
    """Return all versions of these articles, by article and revision."""
    columns = (article_version.c[name] for name in dict.fromkeys((*fields, "revision")))
    query = select(article_version.c.article, *columns).where(article_version.c.article.in_(ids))
    return {
        (row["article"], row["revision"]): dict(row) for row in connection.execute(query).mappings()
    }
