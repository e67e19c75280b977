"""From an SQLAlchemy URL to an open store, its schema at the newest migration."""

from __future__ import annotations

import sqlite3
import time
import warnings
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning
from sqlalchemy.pool import ConnectionPoolEntry

from crawler.store.queries import Store
from crawler.store.tables import SCHEMA
from crawler.store.trouble import StoreError, shown, told

LOCK_SECONDS = 30
"""How long a writer waits for another process before it calls the store broken."""

POSTGRESQL_WRITERS = 0x6D616C67
"""Key of the advisory lock that a PostgreSQL writer holds for its transaction ("malg")."""


def open_store(url: str) -> Store:
    """The store at ``url``; a missing SQLite file, its folder and its schema are made.

    Two processes may open the same new database at once. Raises :class:`StoreError`.
    """
    engine = _engine(_parsed(url))
    try:
        with told(engine.url):
            _prepare(engine)
            with engine.execution_options(writing=True).begin() as connection:
                _migrate(connection)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # what it says is not repeated: it may hold a password
        raise StoreError(
            "DATABASE_URL is no SQLAlchemy URL; "
            "write for example sqlite:////home/me/malgeum.db or postgresql+psycopg://me@host/news."
        ) from None


def _engine(url: URL) -> Engine:
    pool = {"poolclass": StaticPool} if _in_memory(url) else {}
    try:
        with warnings.catch_warnings(action="error", category=SAWarning):
            engine = create_engine(url, hide_parameters=True, **pool)
    except NoSuchModuleError:
        raise StoreError(
            f"DATABASE_URL names a database that SQLAlchemy does not know: {url.drivername}."
        ) from None
    except ImportError as error:
        raise StoreError(
            f"DATABASE_URL asks for {url.drivername}, whose driver is not installed: {error.name}."
        ) from None
    except (ArgumentError, SAWarning, TypeError, ValueError):
        raise StoreError(f"DATABASE_URL has a form that {url.drivername} does not take.") from None
    if engine.dialect.is_async:
        raise StoreError(f"DATABASE_URL asks for {url.drivername}, an asynchronous driver.")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _set_up_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not in the driver
    connection.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """One writer at a time, from before its first look until its commit: between the look and
    the writing no other process can store the same article."""
    writing = connection.get_execution_options().get("writing", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif connection.dialect.name == "postgresql" and writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRESQL_WRITERS})")


def _prepare(engine: Engine) -> None:
    """For an SQLite file: make its folder, and let readers go on while one writes (WAL)."""
    if engine.dialect.name != "sqlite" or _in_memory(engine.url):
        return
    if not (engine.url.database or "").startswith("file:"):
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    connection = engine.raw_connection()
    try:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait here as busy_timeout says; another process is at it as well
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
    finally:
        connection.close()


def _migrate(connection: Connection) -> None:
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found == SCHEMA:
        return
    from alembic import command  # 150 ms that an up-to-date database does not pay
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError(
            f"The store {shown(connection.engine.url)} has the schema {found}, which this version "
            f"of Malgeum ({SCHEMA}) does not know: it is newer, or another program's."
        ) from None
