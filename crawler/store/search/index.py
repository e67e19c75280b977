"""Index for searching words by any part of them; it belongs to no migration.

The first search builds it, and from then on the database maintains it; a store that is never
searched pays nothing. It covers one text per article: headline, alternative headline and body of
the current version.

SQLite: ``search_text`` (FTS5) holds which articles have which trigrams, without any text.
``search_term`` lists those trigrams, ``search_newest`` gives an article's date without its text,
and three triggers on ``article`` maintain them for the articles up to ``search_reached``: the index
is built some thousand articles per transaction, so that crawls continue meanwhile and a killed
process leaves a valid part. A migration that copies ``article`` drops the triggers; the next search
then builds the index again.

PostgreSQL: ``search_text``, a GIN index of ``pg_trgm``, and ``search_newest``. The extension
ignores characters that are not letters in the database's locale: with locale C these include
Korean, and there is no ``search_text``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from crawler.store.db.database import Database
from crawler.store.db.errors import StoreError, redacted, wrap_errors
from crawler.store.db.schema import article

Progress = Callable[[int, int], None]
"""Called with the number of indexed articles and the number of all."""

_BATCH_SIZE = 2000
"""Articles per transaction: about two seconds, for which a crawl's writer waits."""
_PAUSE_SECONDS = 0.1
"""Seconds between two transactions, twice as long as a waiting writer sleeps."""
_COMPLETE = 2**63 - 1
_PAGES_PER_MERGE = 2000
"""Pages of the index (4 KB) that one transaction rewrites."""


def build_index(store: Database, progress: Progress = lambda *_: None) -> None:
    """Build the index, or the missing part. Raises :class:`crawler.store.StoreError`."""
    with wrap_errors(store.engine.url):
        if store.engine.dialect.name == "postgresql":
            _prepare_postgresql(store, progress)
        else:
            _prepare_sqlite(store, progress)


def has_index(store: Database) -> bool:
    """Return True if the index of :func:`build_index` covers Korean text."""
    with store.reading() as connection:
        return connection.dialect.name == "sqlite" or _knows_letters(connection)


def is_migrated(name: str | None, kind: str, _: object = None) -> bool:
    """Return True if a table or an index belongs to the migrations (Alembic's ``include_name``).

    The index of search and the tables that SQLite keeps for it do not.
    """
    return kind not in ("table", "index") or not (name or "").startswith("search_")


# -- SQLite ---------------------------------------------------------------------------------

INDEXED_FIELDS = ("headline", "alternative_headline", "body")


def _text_of(row: str) -> str:
    """Return the SQL expression of a row's indexed text.

    Two line feeds follow each part, so that every letter begins a trigram and words of one or two
    letters are found by the beginnings of trigrams.
    """
    parts = (f"coalesce({row}{name}, '') || char(10, 10)" for name in INDEXED_FIELDS)
    return f"({' || '.join(parts)})"


_REACHED = "(SELECT id FROM search_reached)"
_ADD = f"INSERT INTO search_text (rowid, text) VALUES (new.id, {_text_of('new.')})"  # noqa: S608
_REMOVE = (
    "INSERT INTO search_text (search_text, rowid, text) "  # noqa: S608
    f"VALUES ('delete', old.id, {_text_of('old.')})"
)
_CHANGED = f"old.id <= {_REACHED} AND {_text_of('old.')} <> {_text_of('new.')}"
_TRIGGERS = {
    "search_insert": f"INSERT ON article WHEN new.id <= {_REACHED} BEGIN {_ADD}; END",
    "search_delete": f"DELETE ON article WHEN old.id <= {_REACHED} BEGIN {_REMOVE}; END",
    "search_update": f"UPDATE OF {', '.join(INDEXED_FIELDS)} ON article WHEN {_CHANGED} "
    f"BEGIN {_REMOVE}; {_ADD}; END",
}
_PARTS = {*_TRIGGERS, "search_text", "search_term", "search_newest", "search_reached"}
_CREATE = (
    # Without a copy of the text and without positions it is half as large as the texts; hits are
    # checked against the text anyway.
    "CREATE VIRTUAL TABLE search_text "
    "USING fts5(text, content='', columnsize=0, detail=none, tokenize='trigram')",
    # During the build, more is collected before it is written and merges are rare, but never so
    # large that a crawl would wait for one transaction.
    "INSERT INTO search_text (search_text, rank) VALUES ('hashsize', 67108864)",
    "INSERT INTO search_text (search_text, rank) VALUES ('automerge', 16)",
    "INSERT INTO search_text (search_text, rank) VALUES ('crisismerge', 64)",
    "CREATE VIRTUAL TABLE search_term USING fts5vocab(search_text, row)",
    "CREATE INDEX search_newest ON article (id, date_published, outlet)",
    "CREATE TABLE search_reached (id INTEGER NOT NULL)",
    "INSERT INTO search_reached VALUES (0)",
    *(f"CREATE TRIGGER {name} AFTER {what}" for name, what in _TRIGGERS.items()),
)
_FINISH = (
    "INSERT INTO search_text (search_text, rank) VALUES ('automerge', 4)",
    "INSERT INTO search_text (search_text, rank) VALUES ('crisismerge', 16)",
)
"""The defaults of FTS5."""
_INDEX = (
    f"INSERT INTO search_text (rowid, text) SELECT id, {_text_of('')} FROM article "  # noqa: S608
    "WHERE id > :reached AND id <= :until ORDER BY id"
)


def _prepare_sqlite(store: Database, progress: Progress) -> None:
    with store.engine.begin() as connection:
        if _reached(connection) == _COMPLETE:
            return
    with store.writer.begin() as connection:
        if _reached(connection) is None:
            _create(connection)
    while True:
        with store.writer.begin() as connection:
            if not _index_some(connection, progress):
                break
        time.sleep(_PAUSE_SECONDS)
    _merge(store)


def _reached(connection: Connection) -> int | None:
    """Return the highest indexed id; None if the index or a part of it is missing."""
    if not set(connection.scalars(text("SELECT name FROM sqlite_master"))) >= _PARTS:
        return None
    reached: int = connection.scalars(text("SELECT id FROM search_reached")).one()
    return reached


def _create(connection: Connection) -> None:
    for kind, name in connection.execute(
        text("SELECT type, name FROM sqlite_master ORDER BY type = 'table'")
    ).all():
        if name in _PARTS:
            connection.exec_driver_sql(f"DROP {kind} {name}")
    for statement in _CREATE:
        connection.exec_driver_sql(statement)


def _index_some(connection: Connection, progress: Progress) -> bool:
    """Index the next articles; return False if none are left, or another process finished."""
    reached = _reached(connection)
    if reached is None or reached == _COMPLETE:
        return False
    newest = connection.scalar(select(func.max(article.c.id))) or 0
    some = select(article.c.id).where(article.c.id > reached).order_by(article.c.id)
    ids = connection.scalars(some.limit(_BATCH_SIZE)).all()
    if ids:
        connection.execute(text(_INDEX), {"reached": reached, "until": ids[-1]})
    else:
        for statement in _FINISH:
            connection.exec_driver_sql(statement)
    mark = {"id": ids[-1] if ids else _COMPLETE}
    connection.execute(text("UPDATE search_reached SET id = :id"), mark)
    progress(min(mark["id"], newest), newest)
    return bool(ids)


def _merge(store: Database) -> None:
    """Merge the parts of the index into one, some pages at a time, for faster reading."""
    merge = text("INSERT INTO search_text (search_text, rank) VALUES ('merge', :pages)")
    count = text("SELECT total_changes()")
    pages = -_PAGES_PER_MERGE  # a negative number starts a merge of all parts
    while True:
        with store.writer.begin() as connection:
            before = connection.scalar(count)
            connection.execute(merge, {"pages": pages})
            if connection.scalar(count) - before < 2:
                return
        pages = _PAGES_PER_MERGE
        time.sleep(_PAUSE_SECONDS)


REWRITE_INDEX = "INSERT INTO search_text (search_text) VALUES ('optimize')"
"""Rewrites the index without deleted entries, which until then are only marked as deleted."""
IS_INDEXED = "SELECT 1 FROM sqlite_master WHERE name = 'search_text'"


# -- PostgreSQL -----------------------------------------------------------------------------

_JOINED = " || chr(10) || ".join(f"coalesce({name}, '')" for name in INDEXED_FIELDS)
INDEXED_TEXT = f'lower(({_JOINED}) COLLATE "default")'
"""The indexed text of a row; a query uses the index only with this exact expression. The columns'
own collation folds the case of ASCII letters only."""

_BUILD_LOCK = 0x6D616C68
"""Key of the advisory lock of the process that builds the index."""
_INDICES = {
    "search_newest": "article (date_published DESC NULLS LAST, id DESC)",
    "search_text": f"article USING gin (({INDEXED_TEXT}) gin_trgm_ops)",
}
_STATE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)::oid"
_NOT_ALLOWED, _NOT_INSTALLED = "42501", ("58P01", "0A000")


def _prepare_postgresql(store: Database, progress: Progress) -> None:
    """Build the indices while crawls continue (``CONCURRENTLY``).

    That is not transactional: a killed process leaves an invalid index, which is dropped here.
    """
    alone = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        wanted = dict(_INDICES)
        if not _knows_letters(connection):
            del wanted["search_text"]
        if all(_is_valid(connection, name) for name in wanted):
            return
        if "search_text" in wanted:
            _create_extension(connection)
        with _build_lock(connection):
            for name, what in wanted.items():
                if not _is_valid(connection, name):
                    progress(0, connection.scalar(select(func.count()).select_from(article)) or 0)
                    connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
                    connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY {name} ON {what}")


def _knows_letters(connection: Connection) -> bool:
    return connection.scalar(text("SHOW lc_ctype")) not in ("C", "POSIX")


def _is_valid(connection: Connection, name: str) -> bool:
    return bool(connection.scalar(text(_STATE), {"name": name}))


def _create_extension(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        store = f"The store {redacted(connection.engine.url)} needs PostgreSQL's extension pg_trgm"
        if state == _NOT_ALLOWED:
            raise StoreError(
                f"{store}, which this role may not create: the database's owner must run "
                "CREATE EXTENSION pg_trgm once."
            ) from None
        if state in _NOT_INSTALLED:
            raise StoreError(
                f"{store}, which its server lacks: install postgresql-contrib there."
            ) from None
        raise


@contextmanager
def _build_lock(connection: Connection) -> Iterator[None]:
    """Hold the lock of the build, which is polled.

    CREATE INDEX CONCURRENTLY waits for running statements, and so for one that waits for the lock.
    """
    lock = text("SELECT pg_try_advisory_lock(:key)")
    while not connection.scalar(lock, {"key": _BUILD_LOCK}):
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _BUILD_LOCK})
