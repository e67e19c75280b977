"""Handle of a store: its engine, and transactions that read or write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine

from crawler.store.db.errors import wrap_errors

T = TypeVar("T")

URLS_PER_QUERY = 1000
"""Databases limit the parameters of a statement."""


class Database:
    """A store that is open. All methods raise :class:`crawler.store.StoreError`."""

    def __init__(self, engine: Engine, *, is_new: bool = False) -> None:
        self.engine = engine
        self.is_new = is_new
        """True if opening it created its schema."""
        self.writer = engine.execution_options(writing=True)
        """The engine whose transactions exclude other writers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that reads; it sees the store as it is at one moment."""
        with wrap_errors(self.engine.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction that excludes other writers."""
        with wrap_errors(self.engine.url), self.writer.begin() as connection:
            yield connection


def batches(values: Iterable[T], size: int = URLS_PER_QUERY) -> Iterator[list[T]]:
    """Yield the values in lists of at most ``size``."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
