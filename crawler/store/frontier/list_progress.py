"""How far an outlet's lists have been read: walks that are not at their end, and the ground that
lies behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import list_cursor, watermark


@dataclass(slots=True)
class ListCursor:
    """A list that is read page by page, down to ``since`` (UTC; None: to its end)."""

    section: str
    arguments: str
    since: str | None
    page_number: int = 0
    """The page that is read next, from 0."""
    reached: str | None = None
    """Publication of the oldest row so far."""
    attempts: int = 0
    reason: str | None = None
    updated_at: str = ""
    id: int | None = None
    """None as long as nothing of it is recorded."""


class Watermark(NamedTuple):
    """From when on every row of a section's list is known (None: from its beginning), and when
    the list was last read further than to known rows."""

    since: str | None
    checked_at: str


def open_cursors(store: Database, outlet: str) -> list[ListCursor]:
    """Walks that did not come to their end, the ones nearest to the top of a list first.

    Raises :class:`crawler.store.StoreError`.
    """
    names = [column for column in list_cursor.c if column.name != "outlet"]
    query = (
        select(*names)
        .where(list_cursor.c.outlet == outlet)
        .order_by(list_cursor.c.page_number, list_cursor.c.id)
    )
    with store.reading() as connection:
        return [ListCursor(**row) for row in connection.execute(query).mappings()]


def watermark_of(store: Database, outlet: str) -> dict[str, Watermark]:
    """By section. Raises :class:`crawler.store.StoreError`."""
    query = select(watermark).where(watermark.c.outlet == outlet)
    with store.reading() as connection:
        return {
            row.section: Watermark(row.since, row.checked_at) for row in connection.execute(query)
        }


def save(connection: Connection, outlet: str, walked: ListCursor) -> None:
    """Record how far the walk has come."""
    values = asdict(walked)
    id = values.pop("id")
    if id is None:
        done = connection.execute(insert(list_cursor).values(outlet=outlet, **values))
        (walked.id,) = done.inserted_primary_key or (None,)
    else:
        connection.execute(update(list_cursor).where(list_cursor.c.id == id).values(**values))


def delete_cursors(connection: Connection, *walked: ListCursor) -> None:
    """Nothing is left to read of these."""
    ids = [one.id for one in walked if one.id is not None]
    connection.execute(delete(list_cursor).where(list_cursor.c.id.in_(ids)))


def set_watermark(connection: Connection, outlet: str, section: str, to: Watermark) -> None:
    connection.execute(
        delete(watermark).where(watermark.c.outlet == outlet, watermark.c.section == section)
    )
    connection.execute(insert(watermark).values(outlet=outlet, section=section, **to._asdict()))
