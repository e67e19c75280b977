"""Opening the store: its folder, its file, its schema at the newest migration."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from crawler.store.articles.store import Store
from crawler.store.db.engine import engine_of
from crawler.store.db.errors import StoreError, redacted, wrap_errors
from crawler.store.db.schema import SCHEMA
from crawler.store.db.sqlite import FileWriteWait, in_memory


def open_store(url: str) -> Store:
    """The store at ``url``; a missing SQLite file, its folder and its schema are made.

    Two processes may open the same new database at once. Raises :class:`StoreError`.
    """
    engine = engine_of(url)
    try:
        with wrap_errors(engine.url):
            if engine.dialect.name == "sqlite" and not in_memory(engine.url):
                _make_ready(engine)
            with engine.execution_options(writing=True).begin() as connection:
                found = _migrate(connection)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, is_new=found is None)


def open_existing(url: str) -> Store:
    """The same for who would take a new store, at an address with a slip in it, for one without
    news; of a server's database it is not asked. Raises :class:`StoreError`."""
    engine = engine_of(url)
    file = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and not in_memory(engine.url)
    if is_file and not file.startswith("file:") and not Path(file).exists():
        raise StoreError(f"There is no store at {redacted(engine.url)} yet: a crawl makes one.")
    return open_store(url)


def _make_ready(engine: Engine) -> None:
    """For an SQLite file: make its folder, and let readers go on while one writes (WAL)."""
    file = engine.url.database or ""
    if not file.startswith("file:"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        _check_log(engine, Path(file))
    connection = engine.raw_connection()
    try:
        # SQLite does not wait here as busy_timeout says; another process is at it as well
        execute = connection.cursor().execute
        FileWriteWait(engine.url).until_free(partial(execute, "PRAGMA journal_mode = WAL"))
    finally:
        connection.close()


def _check_log(engine: Engine, file: Path) -> None:
    """A log (``-wal``) whose file is gone holds commits, which SQLite would delete without a
    word to make a new, empty store."""
    log = file.with_name(f"{file.name}-wal")
    if _size(log) and not _size(file):
        raise StoreError(
            f"The store {redacted(engine.url)} has lost its file, of which {log.name} holds the "
            "newest part: put the file back, or take both away."
        )


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check_encoding(connection: Connection) -> None:
    """A PostgreSQL in an older encoding lacks letters, and fails at the first article that has
    one."""
    if connection.dialect.name == "postgresql":
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise StoreError(
                f"The store {redacted(connection.engine.url)} has the encoding {encoding}, "
                "where UTF8 is needed."
            )


def _migrate(connection: Connection) -> str | None:
    """Bring the schema to the newest migration, within the caller's transaction; gives what was
    there before."""
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found == SCHEMA:
        return SCHEMA
    _check_encoding(connection)
    from alembic import command  # 150 ms that an up-to-date database does not pay
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError(
            f"The store {redacted(connection.engine.url)} has the schema {found}, which this "
            f"version of Malgeum ({SCHEMA}) does not know: it is newer, or another program's."
        ) from None
    return found
