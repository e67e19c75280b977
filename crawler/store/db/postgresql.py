"""A PostgreSQL store: its writers wait for one another, and for a server that starts anew."""

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
"""Seconds without a statement after which the server takes a writer's lock away: of a machine that
lost its power it would hear nothing for hours, and no other could write."""

NO_ANSWER = "does not answer"

_LOCK = f"""
SET LOCAL lock_timeout = '{BUSY_SECONDS}s';
SELECT pg_advisory_xact_lock({WRITER_LOCK});
SET LOCAL lock_timeout = '{MAX_WAIT_SECONDS}s';
SET LOCAL synchronous_commit = on;
SET LOCAL idle_in_transaction_session_timeout = '{MAX_IDLE_SECONDS}s'
"""
LOCK_NOT_AVAILABLE = "55P03"
"""The SQLSTATE of a lock that was waited for in vain."""


def arguments(url: URL) -> dict[str, Any]:
    """What libpq is asked for, where the address does not say it: a name among the server's
    connections, and to notice a host that answers no more."""
    ours = {
        "fallback_application_name": "malgeum",
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "tcp_user_timeout": MAX_WAIT_SECONDS * 1000,
    }
    return {name: value for name, value in ours.items() if name not in url.query}


def listen(engine: Engine) -> None:
    """Its transactions begin when the server answers, a writer's when no other writes."""
    patience = ServerWriteWait(engine.url)
    event.listen(engine, "do_connect", patience.connect)
    event.listen(engine, "connect", patience.record_answer)
    event.listen(engine, "begin", partial(_begin, patience))


class ServerWriteWait(WriteWait):
    """How long writers wait for one another, and for a server that did answer before."""

    has_answered = False

    def record_answer(self, *_: Any) -> None:
        self.has_answered = True

    def connect(
        self, dialect: Dialect, _: ConnectionPoolEntry, place: list[Any], named: dict[str, Any]
    ) -> DBAPIConnection | None:
        """The connection, once the server answers; None, so that SQLAlchemy tries it at once and
        says what is wrong, where it never did."""
        if not self.has_answered:
            return None
        made: list[DBAPIConnection] = []

        def attempt() -> str | None:
            try:
                made.append(dialect.connect(*place, **named))
            except dialect.loaded_dbapi.OperationalError:
                return NO_ANSWER
            return None

        self.retry_until(attempt)
        return made[0]


def _begin(patience: ServerWriteWait, connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        patience.retry_until(partial(_lock, connection))


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
