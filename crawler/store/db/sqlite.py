"""An SQLite store: its file has to stay where it is, and its writers wait for one another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from crawler.store.db.errors import StoreError, redacted
from crawler.store.db.waiting import BUSY_SECONDS, IN_USE, WriteWait

CHECKPOINT_PAGES = 4000
"""Pages (4 KB) that SQLite's log may grow by before they go into the file. An article changes some
thirty, far apart; the longer the log, the fewer of them are written there more than once."""

GONE = "has lost its file"
REPLACED = "has lost its file, and another one is in its place"


def in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def file_of(engine: Engine) -> str | None:
    """The path of its file; None for a store in memory."""
    with engine.begin() as connection:
        databases = connection.exec_driver_sql("PRAGMA database_list")
        return next((row.file or None for row in databases if row.name == "main"), None)


def listen(engine: Engine) -> None:
    """Its transactions begin when ``FilePatience`` has seen that they can."""
    patience = FileWriteWait(engine.url)

    def before(*_: Any) -> None:
        if why := patience.problem():  # connecting would make a new, empty file
            raise StoreError(f"The store {redacted(engine.url)} {why}.")

    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        patience.remember_file()
        _set_up(connection)

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", partial(_begin, patience))


class FileWriteWait(WriteWait):
    """How long the writers of one file wait for one another, and for a file that is gone."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self.file: tuple[int, int] | None = None
        """Device and number of the file, as long as there is one."""

    def remember_file(self) -> None:
        """Take note which file the store is in, once it is open."""
        self.file = self.file or self._identity()

    def problem(self) -> str | None:
        """What has become of the file that was opened first; None where nothing has.

        SQLite would not notice: what is open stays open under another name or none, and what is
        opened anew is made anew.
        """
        if self.file is None or (found := self._identity()) == self.file:
            return None
        return GONE if found is None else REPLACED

    def retry_until_free(self, attempt: Callable[[], object]) -> None:
        """Make the attempt until no other process is in its way, and the file in its place."""
        self.retry_until(lambda: self.problem() or _attempt(attempt), hopeless=REPLACED)

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = Path(self.url.database or "").stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _attempt(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return IN_USE
    return None


def _set_up(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # transactions begin where we say, not in the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    # A commit is on the disk before it is told, whatever default an SQLite was built with; on
    # macOS a plain fsync leaves it in the disk's own cache.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # forgotten text must not stay in the file


def _begin(patience: FileWriteWait, connection: Connection) -> None:
    execute = connection.connection.cursor().execute
    if connection.get_execution_options().get("writing"):
        patience.retry_until_free(partial(execute, "BEGIN IMMEDIATE"))
    else:
        execute("BEGIN")
