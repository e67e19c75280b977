"""The index that finds a word by any part of it, beside the tables and in no migration.

It is made at the first search, and from then on the database keeps it by itself; a store that is
never searched pays nothing. What is indexed is one text an article: headline, alternative headline
and body of its current version.

SQLite: ``search_text`` (FTS5) holds which articles have which three letters in a row, and no text.
``search_term`` shows those trigrams, ``search_newest`` gives an article's date without its text,
and three triggers on ``article`` keep it: of the articles up to ``search_reached``, for the index
is made a few thousand at a time, each in a transaction. Crawls go on between, and whoever is killed
leaves a beginning. A migration that makes ``article`` anew takes the triggers away with it; then
the next search makes all of it anew.

PostgreSQL: ``search_text``, a GIN index of ``pg_trgm``, and ``search_newest``. The extension leaves
out what the database's locale does not take for letters: where that is C, Korean is none, and there
is no index.
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
"""Told how many articles are indexed, and of how many."""

_BATCH_SIZE = 2000
"""Articles that one transaction indexes: about two seconds, which a crawl's writer waits."""
_PAUSE_SECONDS = 0.1
"""Seconds between two, twice as long as a waiting writer sleeps."""
_COMPLETE = 2**63 - 1
_PAGES_PER_MERGE = 2000
"""Pages of the index (4 KB) that one transaction writes anew."""


def build_index(store: Database, progress: Progress = lambda *_: None) -> None:
    """Make the index, or what is missing of it. Raises :class:`crawler.store.StoreError`."""
    with wrap_errors(store.engine.url):
        if store.engine.dialect.name == "postgresql":
            _prepare_postgresql(store, progress)
        else:
            _prepare_sqlite(store, progress)


def has_index(store: Database) -> bool:
    """Whether what :func:`build_index` has made finds Korean without reading every article."""
    with store.reading() as connection:
        return connection.dialect.name == "sqlite" or _knows_letters(connection)


def is_migrated(name: str | None, kind: str, _: object = None) -> bool:
    """Whether a table or an index is the migrations' (Alembic's ``include_name``): all but those
    here and what SQLite keeps beneath them."""
    return kind not in ("table", "index") or not (name or "").startswith("search_")


# -- SQLite ---------------------------------------------------------------------------------

INDEXED_FIELDS = ("headline", "alternative_headline", "body")


def _text_of(row: str) -> str:
    """The indexed text of a row. Behind every part two letters that no word has: so each letter
    begins a trigram, and words of one and two letters are found by how trigrams begin."""
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
    # No text of its own, no positions: half as large as what it indexes, and the text is looked at
    # anyway.
    "CREATE VIRTUAL TABLE search_text "
    "USING fts5(text, content='', columnsize=0, detail=none, tokenize='trigram')",
    # While it is made, more is collected before it is written and merged less often, but never all
    # of it in one transaction, which a crawl would have to wait for.
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
"""As they are where nobody says anything else."""
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
    """The highest id that is indexed; None where the index is not there, or not whole."""
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
    """Index the next articles; False once there are none, or another process has done it."""
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
    """Put the index's parts together into one, some pages at a time: it is read quicker so."""
    merge = text("INSERT INTO search_text (search_text, rank) VALUES ('merge', :pages)")
    count = text("SELECT total_changes()")
    pages = -_PAGES_PER_MERGE  # below zero: a merge of all parts begins
    while True:
        with store.writer.begin() as connection:
            before = connection.scalar(count)
            connection.execute(merge, {"pages": pages})
            if connection.scalar(count) - before < 2:
                return
        pages = _PAGES_PER_MERGE
        time.sleep(_PAUSE_SECONDS)


REWRITE_INDEX = "INSERT INTO search_text (search_text) VALUES ('optimize')"
"""The index written anew without what was deleted from it, which until then is only marked."""
IS_INDEXED = "SELECT 1 FROM sqlite_master WHERE name = 'search_text'"


# -- PostgreSQL -----------------------------------------------------------------------------

_JOINED = " || chr(10) || ".join(f"coalesce({name}, '')" for name in INDEXED_FIELDS)
INDEXED_TEXT = f'lower(({_JOINED}) COLLATE "default")'
"""The indexed text of a row; a query that is to use the index has to say it in these words. The
columns' own collation knows no capitals but those of ASCII."""

_BUILD_LOCK = 0x6D616C68
"""Key of the advisory lock of whoever makes the index."""
_INDICES = {
    "search_newest": "article (date_published DESC NULLS LAST, id DESC)",
    "search_text": f"article USING gin (({INDEXED_TEXT}) gin_trgm_ops)",
}
_STATE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)::oid"
_NOT_ALLOWED, _NOT_INSTALLED = "42501", ("58P01", "0A000")


def _prepare_postgresql(store: Database, progress: Progress) -> None:
    """Crawls go on while the indices are made (``CONCURRENTLY``), which no transaction can hold:
    whoever is killed leaves one that is not valid, and is taken away."""
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
                f"{store}, which this role may not make: let the database's owner run "
                "CREATE EXTENSION pg_trgm in it once."
            ) from None
        if state in _NOT_INSTALLED:
            raise StoreError(
                f"{store}, which its server has not: install postgresql-contrib there."
            ) from None
        raise


@contextmanager
def _build_lock(connection: Connection) -> Iterator[None]:
    """While no other process makes the index. It is asked again and again, and not waited for: who
    waits within a statement is waited for by CREATE INDEX CONCURRENTLY."""
    lock = text("SELECT pg_try_advisory_lock(:key)")
    while not connection.scalar(lock, {"key": _BUILD_LOCK}):
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _BUILD_LOCK})
