"""List cursors and watermarks: how far each list of an outlet has been read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import list_cursor, watermark


@dataclass(slots=True)
class ListCursor:
    """Position in a list that is read page by page down to ``since`` (UTC; None: to its end)."""

    section: str
    arguments: str
    since: str | None
    page_number: int = 0
    """The page to read next, from 0."""
    reached: str | None = None
    """Date of publication of the oldest entry so far."""
    attempts: int = 0
    reason: str | None = None
    updated_at: str = ""
    id: int | None = None
    """None before it is stored."""


class Watermark(NamedTuple):
    """The time since when every entry of a section's list is known (None: since its beginning).

    ``checked_at``: when the list was last read further than to known entries.
    """

    since: str | None
    checked_at: str


def open_cursors(store: Database, outlet: str) -> list[ListCursor]:
    """Return the cursors that have not reached their end, nearest to the top of a list first.

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
    """Return the watermarks by section. Raises :class:`crawler.store.StoreError`."""
    query = select(watermark).where(watermark.c.outlet == outlet)
    with store.reading() as connection:
        return {
            row.section: Watermark(row.since, row.checked_at) for row in connection.execute(query)
        }


def save(connection: Connection, outlet: str, cursor: ListCursor) -> None:
    """Store the cursor; a new one gets its id."""
    values = asdict(cursor)
    id = values.pop("id")
    if id is None:
        done = connection.execute(insert(list_cursor).values(outlet=outlet, **values))
        (cursor.id,) = done.inserted_primary_key or (None,)
    else:
        connection.execute(update(list_cursor).where(list_cursor.c.id == id).values(**values))


def delete_cursors(connection: Connection, *cursors: ListCursor) -> None:
    """Delete cursors that have reached their end."""
    ids = [cursor.id for cursor in cursors if cursor.id is not None]
    connection.execute(delete(list_cursor).where(list_cursor.c.id.in_(ids)))


def set_watermark(connection: Connection, outlet: str, section: str, to: Watermark) -> None:
    """Store the watermark of a section's list."""
    connection.execute(
        delete(watermark).where(watermark.c.outlet == outlet, watermark.c.section == section)
    )
    connection.execute(insert(watermark).values(outlet=outlet, section=section, **to._asdict()))
