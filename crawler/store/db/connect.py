"""Opens a store: its folder, its file, and its schema at the newest migration."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from crawler.store.db.engine import engine_of
from crawler.store.db.errors import StoreError, redacted, wrap_errors
from crawler.store.db.schema import SCHEMA
from crawler.store.db.sqlite import FileWriteWait, in_memory


def connect(url: str) -> tuple[Engine, bool]:
    """Return the engine of the store at ``url``, and True if its schema was created.

    A missing SQLite file and its folder are created. Several processes may open the same new
    database at once. Raises :class:`StoreError`.
    """
    engine = engine_of(url)
    try:
        with wrap_errors(engine.url):
            if engine.dialect.name == "sqlite" and not in_memory(engine.url):
                _prepare_file(engine)
            with engine.execution_options(writing=True).begin() as connection:
                schema = _migrate(connection)
    except StoreError:
        engine.dispose()
        raise
    return engine, schema is None


def check_exists(url: str) -> None:
    """Raise :class:`StoreError` if ``url`` names an SQLite file that does not exist.

    A command that only reads would otherwise report an empty store for a mistyped path. The
    databases of a server are not checked.
    """
    engine = engine_of(url)
    file = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and not in_memory(engine.url)
    if is_file and not file.startswith("file:") and not Path(file).exists():
        raise StoreError(
            f"There is no store at {redacted(engine.url)} yet: `scrapy crawl` creates one."
        )


def _prepare_file(engine: Engine) -> None:
    """Create the folder of an SQLite file, and let readers continue while one writes (WAL)."""
    file = engine.url.database or ""
    if not file.startswith("file:"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        _check_log(engine, Path(file))
    connection = engine.raw_connection()
    try:
        # busy_timeout does not apply to this statement, and another process may run it as well
        execute = connection.cursor().execute
        FileWriteWait(engine.url).retry_until_free(partial(execute, "PRAGMA journal_mode = WAL"))
    finally:
        connection.close()


def _check_log(engine: Engine, file: Path) -> None:
    """Raise :class:`StoreError` if a log (``-wal``) is left whose database file is gone.

    The log holds commits, which SQLite would delete silently when it creates a new, empty file.
    """
    log = file.with_name(f"{file.name}-wal")
    if _size(log) and not _size(file):
        raise StoreError(
            f"The store {redacted(engine.url)} has lost its file, and {log.name} holds the newest "
            "commits: restore the file, or move the log away as well."
        )


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check_encoding(connection: Connection) -> None:
    """Raise :class:`StoreError` if a PostgreSQL database cannot store every letter."""
    if connection.dialect.name == "postgresql":
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise StoreError(
                f"The store {redacted(connection.engine.url)} has the encoding {encoding}; it must "
                "be UTF8."
            )


def _migrate(connection: Connection) -> str | None:
    """Migrate to the newest schema within the caller's transaction; return the number before."""
    number = None
    if inspect(connection).has_table("alembic_version"):
        number = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if number == SCHEMA:
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
            f"The store {redacted(connection.engine.url)} has schema {number}, which this version "
            f"of Malgeum ({SCHEMA}) does not know: a newer version or another program made it."
        ) from None
    return number
