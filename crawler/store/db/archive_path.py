"""Where the archive of a store lies, where nothing else is said."""

from __future__ import annotations

from pathlib import Path

from crawler.runtime.locations import OUTPUT
from crawler.store.db.engine import engine_of
from crawler.store.db.sqlite import in_memory


def default_archive(url: str) -> Path | None:
    """Beside an SQLite file, under its name: ``malgeum.db`` has ``malgeum.archive``. None for a
    store in memory, which leaves nothing. StoreError where ``url`` is none."""
    engine = engine_of(url)
    if in_memory(engine.url):
        return None
    if engine.dialect.name == "sqlite":
        file = engine.url.database or ""
        if not file.startswith("file:"):
            return Path(file).with_suffix(".archive")
    return OUTPUT / "archive"
