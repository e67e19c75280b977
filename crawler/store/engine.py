"""From an SQLAlchemy URL to an engine, and how its transactions begin."""

from __future__ import annotations

import json
import sqlite3
import warnings

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning
from sqlalchemy.pool import ConnectionPoolEntry

from crawler.store.trouble import StoreError

LOCK_SECONDS = 30
"""How long a writer waits for another process before it calls the store broken."""

CHECKPOINT_PAGES = 4000
"""Pages (4 KB) that SQLite's log may grow by before they go into the file. An article changes some
thirty, far apart; the longer the log, the fewer of them are written there more than once."""

POSTGRESQL_WRITERS = 0x6D616C67
"""Key of the advisory lock that a PostgreSQL writer holds for its transaction ("malg")."""

_readable = json.JSONEncoder(ensure_ascii=False).encode  # Korean as it is, at half the size


def engine_of(url: str) -> Engine:
    """The engine for ``url``, which connects to nothing yet; :class:`StoreError` where none can.

    A transaction of ``engine.execution_options(writing=True)`` has no other writer beside it.
    """
    parsed = _parsed(url)
    pool = {"poolclass": StaticPool} if in_memory(parsed) else {}
    name = parsed.drivername
    try:
        with warnings.catch_warnings(action="error", category=SAWarning):
            engine = create_engine(parsed, hide_parameters=True, json_serializer=_readable, **pool)
    except NoSuchModuleError:
        says = f"DATABASE_URL names a database that SQLAlchemy does not know: {name}."
        raise StoreError(says) from None
    except ImportError as error:
        says = f"DATABASE_URL asks for {name}, whose driver is not installed: {error.name}."
        raise StoreError(says) from None
    except (ArgumentError, SAWarning, TypeError, ValueError):
        raise StoreError(f"DATABASE_URL has a form that {name} does not take.") from None
    if engine.dialect.is_async:
        raise StoreError(f"DATABASE_URL asks for {name}, an asynchronous driver.")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # what it says is not repeated: it may hold a password
        raise StoreError(
            "DATABASE_URL is no SQLAlchemy URL; "
            "write for example sqlite:////home/me/malgeum.db or postgresql+psycopg://me@host/news."
        ) from None


def _set_up_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not in the driver
    connection.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # forgotten text must not stay in the file


def _begin(connection: Connection) -> None:
    """One writer at a time, from before its first look until its commit: between the look and
    the writing no other process can store the same article."""
    writing = connection.get_execution_options().get("writing", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif connection.dialect.name == "postgresql" and writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRESQL_WRITERS})")
