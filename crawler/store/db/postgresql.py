"""PostgreSQL engine: writers wait for one another, and for a server that restarts."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry

from crawler.store.db.prepared import driver_error
from crawler.store.db.waiting import BUSY_SECONDS, IN_USE, MAX_WAIT_SECONDS, WriteWait

WRITER_LOCK = 0x6D616C67
"""Key of the advisory lock that a writer holds for its transaction ("malg")."""

MAX_IDLE_SECONDS = 60
"""Seconds without a statement after which the server ends a writer's transaction: otherwise a
writer whose machine lost power would block all others for hours."""

NO_ANSWER = "does not answer"

_LOCK = f"""
SET LOCAL lock_timeout = '{BUSY_SECONDS}s';
SELECT pg_advisory_xact_lock({WRITER_LOCK});
SET LOCAL lock_timeout = '{MAX_WAIT_SECONDS}s';
SET LOCAL synchronous_commit = on;
SET LOCAL idle_in_transaction_session_timeout = '{MAX_IDLE_SECONDS}s'
"""
LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE of a lock timeout."""


def arguments(url: URL) -> dict[str, Any]:
    """Return libpq options that the URL does not set: the name of the connection, timeouts."""
    defaults = {
        "fallback_application_name": "malgeum",
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "tcp_user_timeout": MAX_WAIT_SECONDS * 1000,
    }
    return {name: value for name, value in defaults.items() if name not in url.query}


def listen(engine: Engine) -> None:
    """Let transactions begin once the server answers, a writer's once no other writes."""
    wait = ServerWriteWait(engine.url)
    event.listen(engine, "do_connect", wait.connect)
    event.listen(engine, "connect", wait.record_answer)
    event.listen(engine, "begin", partial(_begin, wait))


class ServerWriteWait(WriteWait):
    """Waits for other writers, and for a server that has answered before."""

    has_answered = False

    def record_answer(self, *_: Any) -> None:
        """Remember that the server has answered."""
        self.has_answered = True

    def connect(
        self, dialect: Dialect, _: ConnectionPoolEntry, args: list[Any], kwargs: dict[str, Any]
    ) -> DBAPIConnection | None:
        """Return a connection once the server answers; None if it never answered before.

        None makes SQLAlchemy connect at once and raise the reason.
        """
        if not self.has_answered:
            return None
        connections: list[DBAPIConnection] = []

        def attempt() -> str | None:
            try:
                connections.append(dialect.connect(*args, **kwargs))
            except dialect.loaded_dbapi.OperationalError:
                return NO_ANSWER
            return None

        self.retry_until(attempt)
        return connections[0]


def _begin(wait: ServerWriteWait, connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        wait.retry_until(partial(_lock, connection))


def _lock(connection: Connection) -> str | None:
    driver = connection.connection
    try:
        driver.cursor().execute(_LOCK)
    except connection.dialect.loaded_dbapi.Error as error:
        if getattr(error, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise driver_error(connection, error) from error
        driver.rollback()
        return IN_USE
    return None
