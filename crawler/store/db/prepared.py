"""Statements that every article runs: compiled once, then handed to the driver as they are.

To SQLAlchemy each execution is new: it looks the statement up, and puts parameters and result
together. For the few small statements of an article's way into the store, that takes ten times
as long as the database does.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]


class Prepared:
    """One statement, its parameters given by name.

    Rows come as named tuples of what the driver gives: none of the columns asked for may be JSON.
    Errors come as SQLAlchemy's. For an insert, ``columns`` are those that get a value.
    """

    def __init__(self, statement: ClauseElement, columns: Iterable[str] | None = None) -> None:
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Run it; all rows of the answer."""
        compiled = self._for(connection.dialect)
        with _cursor(connection) as cursor:
            cursor.execute(compiled.text, compiled.parameters(values))
            return compiled.named(cursor)

    def run(self, connection: Connection, *values: Values) -> None:
        """Run it once for each of the values; it gives no answer."""
        compiled = self._for(connection.dialect)
        with _cursor(connection) as cursor:
            cursor.executemany(compiled.text, [compiled.parameters(each) for each in values])

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.driver)
        if found is None:
            found = self._compiled[dialect.driver] = _Compiled(
                self._statement, self._columns, dialect
            )
        return found


@contextmanager
def _cursor(connection: Connection) -> Iterator[DBAPICursor]:
    try:
        yield connection.connection.cursor()
    except connection.dialect.loaded_dbapi.Error as error:
        raise driver_error(connection, error) from error


def driver_error(connection: Connection, error: Exception) -> DBAPIError:
    """The driver's error as SQLAlchemy's; a connection that was cut is given up."""
    is_cut = connection.dialect.is_disconnect(cast(Any, error), connection.connection, None)
    if is_cut:
        connection.invalidate()
    return DBAPIError(None, None, error, connection_invalidated=is_cut)


class _Compiled:
    """A statement in the words of one driver."""

    def __init__(
        self, statement: ClauseElement, columns: list[str] | None, dialect: Dialect
    ) -> None:
        compiled = cast(
            SQLCompiler,
            statement.compile(
                dialect=dialect,
                column_keys=columns,
                compile_kwargs={"render_postcompile": True},
            ),
        )
        self.text = str(compiled)
        order = compiled.positiontup
        self._fixed = {
            name: bind.value for name, bind in compiled.binds.items() if bind.value is not None
        }
        self._processors: dict[str, Callable[[Any], Any]] = {}
        for name, bind in compiled.binds.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if processor is not None:
                self._processors[name] = processor
        self._row: Callable[..., Any] | None = None
        self._placed: Callable[[Values], Any] = dict if order is None else _by_place(order)

    def parameters(self, values: Values) -> Any:
        """The values as the driver takes them: by place, or by name."""
        if not self._fixed and not self._processors:
            return self._placed(values)
        given = {**self._fixed, **values}
        for name, process in self._processors.items():
            given[name] = process(given[name])
        return self._placed(given)

    def named(self, cursor: DBAPICursor) -> list[Any]:
        if self._row is None:
            self._row = _row_type([name for name, *_ in cursor.description])
        return [self._row(*row) for row in cursor.fetchall()]


def _by_place(names: Sequence[str]) -> Callable[[Values], Any]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _row_type(names: list[str]) -> Callable[..., Any]:
    return namedtuple("Row", names)
