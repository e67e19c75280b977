"""Erases articles of a store, and reads the bytes of its files afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import text

from crawler.store import Store
from crawler.store.articles.forget import Erasure, Takedown, forget
from tests.support.articles import day


def take(store: Store, *urls: str, **more: Any) -> list[Erasure]:
    takedowns = [Takedown([url], "hangang") for url in urls]
    return forget(store, takedowns, **({"at": day(9)} | more))


def on_disk(store: Store) -> bytes:
    if store.engine.dialect.name == "sqlite":
        file = Path(store.engine.url.database or "")
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob("malgeum.db*")))
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CHECKPOINT"))
        data = connection.scalar(text("SHOW data_directory"))
        oid = connection.scalar(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
    return b"".join(path.read_bytes() for path in sorted(Path(f"{data}/base/{oid}").iterdir()))
