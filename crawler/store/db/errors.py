"""Errors of the store, each one sentence without a password."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

T = TypeVar("T")


class StoreError(Exception):
    """The store cannot be opened, read or written; the text is one sentence for users."""


@contextmanager
def wrap_errors(url: URL) -> Iterator[None]:
    """Raise errors of the database at ``url`` as :class:`StoreError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreError(f"The store {redacted(url)} fails: {_reason(error, url)}.") from None


def retry_once_on_disconnect(transaction: Callable[[], T]) -> T:
    """Run an idempotent transaction; repeat it if the connection was cut before its result came."""
    try:
        return transaction()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return transaction()


def redacted(url: URL) -> str:
    """Return the URL without its password and its query, which can hold one too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _reason(error: Exception, url: URL) -> str:
    """Return the first line of the driver; SQLAlchemy adds the statement, some drivers the URL."""
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    line = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    passwords = [url.query[name] for name in url.query if "pass" in name]
    for secret in filter(None, [url.password, *passwords]):
        line = line.replace(str(secret), "***")
    return line.rstrip(".")
