"""What is told when the store fails: one sentence, and never a password in it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

T = TypeVar("T")


class StoreError(Exception):
    """The store cannot be opened, read or written; its text is one sentence for people."""


@contextmanager
def wrap_errors(url: URL) -> Iterator[None]:
    """Whatever the database at ``url`` raises leaves as a :class:`StoreError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreError(f"The store {redacted(url)} fails: {_reason(error, url)}.") from None


def retry_once_on_disconnect(transaction: Callable[[], T]) -> T:
    """Run a transaction that changes nothing the second time; once more, where the connection was
    cut before the server told how it ended."""
    try:
        return transaction()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return transaction()


def redacted(url: URL) -> str:
    """The address as it may be read by anyone: no password, no query (it can hold one too)."""
    return url.set(query={}).render_as_string(hide_password=True)


def _reason(error: Exception, url: URL) -> str:
    """The driver's own first line: SQLAlchemy's adds the statement, some drivers the address."""
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    line = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    asked = [url.query[name] for name in url.query if "pass" in name]
    for secret in filter(None, [url.password, *asked]):
        line = line.replace(str(secret), "***")
    return line.rstrip(".")
