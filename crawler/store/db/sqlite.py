"""SQLite engine: writers wait for one another, and a file that was moved is noticed."""

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
"""Pages (4 KB) by which SQLite's log may grow before they are copied into the file. An article
changes about thirty, far apart; with a longer log fewer pages are copied repeatedly."""

GONE = "has lost its file"
REPLACED = "has lost its file, and another one is in its place"


def in_memory(url: URL) -> bool:
    """Return True if ``url`` is an SQLite store in memory."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def file_of(engine: Engine) -> str | None:
    """Return the path of the store's file; None for a store in memory."""
    with engine.begin() as connection:
        databases = connection.exec_driver_sql("PRAGMA database_list")
        return next((row.file or None for row in databases if row.name == "main"), None)


def listen(engine: Engine) -> None:
    """Let transactions begin once the file is in place, a writer's once no other writes."""
    wait = FileWriteWait(engine.url)

    def before(*_: Any) -> None:
        if problem := wait.problem():  # connecting would create a new, empty file
            raise StoreError(f"The store {redacted(engine.url)} {problem}.")

    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        wait.remember_file()
        _set_up(connection)

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", partial(_begin, wait))


class FileWriteWait(WriteWait):
    """Waits for other writers of one file, and for a file that is missing."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self.file: tuple[int, int] | None = None
        """Device and inode of the file; None before it is open."""

    def remember_file(self) -> None:
        """Remember which file the store is in, once it is open."""
        self.file = self.file or self._identity()

    def problem(self) -> str | None:
        """Return GONE or REPLACED if the file is no longer the one that was opened; else None.

        SQLite does not notice: an open file stays open after it was renamed or deleted, and a new
        connection creates a new file.
        """
        if self.file is None or (present := self._identity()) == self.file:
            return None
        return GONE if present is None else REPLACED

    def retry_until_free(self, attempt: Callable[[], object]) -> None:
        """Repeat the attempt while another process holds a lock, or the file is missing."""
        self.retry_until(lambda: self.problem() or _attempt(attempt), hopeless=REPLACED)

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = Path(self.url.database or "").stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


def _attempt(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return IN_USE
    return None


def _set_up(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # transactions begin in _begin, not in the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    # A commit is on the disk before it is reported, whatever SQLite's build has as its default; on
    # macOS a plain fsync leaves it in the disk's own cache.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # forgotten text must not stay in the file


def _begin(wait: FileWriteWait, connection: Connection) -> None:
    execute = connection.connection.cursor().execute
    if connection.get_execution_options().get("writing"):
        wait.retry_until_free(partial(execute, "BEGIN IMMEDIATE"))
    else:
        execute("BEGIN")
