"""From an SQLAlchemy URL to an engine, and how its transactions begin."""

from __future__ import annotations

import json
import sqlite3
import warnings
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning
from sqlalchemy.pool import ConnectionPoolEntry

from crawler.store.patience import ONE_TRY, Patience
from crawler.store.trouble import StoreError, shown

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
        _listen_to_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin_in_postgresql)
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


def _listen_to_sqlite(engine: Engine) -> None:
    """Its transactions begin when ``Patience`` has seen that they can."""
    patience = Patience(engine.url)

    def before(*_: Any) -> None:
        if why := patience.look():  # connecting would make a new, empty file
            raise StoreError(f"The store {shown(engine.url)} {why}.")

    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        patience.remember()
        _set_up_sqlite(connection)

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", partial(_begin_in_sqlite, patience))


def _set_up_sqlite(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # transactions begin where we say, not in the driver
    connection.execute(f"PRAGMA busy_timeout = {ONE_TRY * 1000}")
    # A commit is on the disk before it is told, whatever default an SQLite was built with; on
    # macOS a plain fsync leaves it in the disk's own cache.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # forgotten text must not stay in the file


def _is_writing(connection: Connection) -> bool:
    """Whether there is to be one writer at a time, from before its first look until its commit:
    between the look and the writing no other process can store the same article."""
    writing: bool = connection.get_execution_options().get("writing", False)
    return writing


def _begin_in_sqlite(patience: Patience, connection: Connection) -> None:
    execute = connection.connection.cursor().execute
    if _is_writing(connection):
        patience.until_done(partial(execute, "BEGIN IMMEDIATE"))
    else:
        execute("BEGIN")


def _begin_in_postgresql(connection: Connection) -> None:
    if _is_writing(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRESQL_WRITERS})")
