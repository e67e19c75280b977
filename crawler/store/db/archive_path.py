"""Default folder of the archive that belongs to a store."""

from __future__ import annotations

from pathlib import Path

from crawler.runtime.locations import OUTPUT
from crawler.store.db.engine import engine_of
from crawler.store.db.sqlite import in_memory


def default_archive(url: str) -> Path | None:
    """Return the folder beside an SQLite file, under its name; else the one in ``output``.

    ``malgeum.db`` has ``malgeum.archive``. None for a store in memory. Raises
    :class:`crawler.store.StoreError` if ``url`` is not a valid store URL.
    """
    engine = engine_of(url)
    if in_memory(engine.url):
        return None
    if engine.dialect.name == "sqlite":
        file = engine.url.database or ""
        if not file.startswith("file:"):
            return Path(file).with_suffix(".archive")
    return OUTPUT / "archive"
