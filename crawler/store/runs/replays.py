"""Progress of replays: how far each file of an archive was replayed into this store."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from crawler.store.db.database import Database
from crawler.store.db.schema import replay
from crawler.store.db.serialize import storable


def replayed_offset(store: Database, file: str, selection: str) -> int:
    """Return the byte offset up to which a file was replayed; 0 if never."""
    query = select(replay.c.byte_offset).where(
        replay.c.file == storable(file), replay.c.selection == storable(selection)
    )
    with store.reading() as connection:
        return int(connection.scalar(query) or 0)


def save_offsets(store: Database, selection: str, files: Mapping[str, int]) -> None:
    """Store the byte offset that each file was replayed to."""
    rows = [
        {"file": storable(file), "selection": storable(selection), "byte_offset": at}
        for file, at in files.items()
    ]
    if not rows:
        return
    with store.writing() as connection:
        known = replay.c.file.in_([row["file"] for row in rows])
        connection.execute(delete(replay).where(known, replay.c.selection == storable(selection)))
        connection.execute(insert(replay), rows)
