"""Migration 0011: a store of schema 0010 keeps every row, under the new names, and goes back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Connection, Engine, Float, Integer, MetaData, Table

from crawler.store import Store, open_store
from crawler.store.db import schema
from crawler.store.db.engine import engine_of
from crawler.store.search.index import build_index, is_migrated
from tests.support.paths import ROOT

Rows = dict[str, list[dict[str, Any]]]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
    return made


def migrate(engine: Engine, revision: str, step: Any = command.upgrade) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        step(settings, revision)


def tables(connection: Connection) -> list[Table]:
    """The tables and the view that migrations made, referred tables first."""
    metadata = MetaData()
    metadata.reflect(connection, views=True)
    return [
        table
        for table in metadata.sorted_tables
        if table.name != "alembic_version" and is_migrated(table.name, "table")
    ]


def fill(engine: Engine) -> None:
    """Put two rows into every table, each column with a value that names it."""
    with engine.execution_options(writing=True).begin() as connection:
        for table in tables(connection):
            if table.name != "trail":
                for number in (1, 2):
                    values = {column.name: value(column, number) for column in table.columns}
                    connection.execute(table.insert().values(values))


def value(column: Column[Any], number: int) -> Any:
    match column.type:
        case Boolean():
            return number == 1
        case Float():
            return number / 4
        case Integer():
            return number
        case JSON():
            return [{"text": f"{column.name} 가{number}", "source": "label", "shown_at": None}]
    return "alias" if column.name == "kind" else f"{column.name} 가{number}"


def contents(engine: Engine) -> Rows:
    with engine.begin() as connection:
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(table.select()).mappings()), key=str
            )
            for table in tables(connection)
        }


def renamed(rows: Rows) -> Rows:
    """The rows of schema 0010 under the names of 0011."""
    names = ScriptDirectory.from_config(config()).get_revision("0011").module
    columns = {**names.COLUMNS, "article_version": names.VERSION_COLUMNS}
    new: Rows = {}
    for old, content in rows.items():
        table = {**names.TABLES, "trail": "article_version"}.get(old, old)
        mapping = columns.get(table, {})
        new[table] = [{mapping.get(name, name): row[name] for name in row} for row in content]
    return new


def search_objects(engine: Engine) -> list[Any]:
    """The index of search with its triggers, which SQLite drops with a table."""
    if engine.dialect.name == "postgresql":
        query = "SELECT indexrelid::regclass::text, indisvalid FROM pg_index ORDER BY 1"
    else:
        query = "SELECT name, type FROM sqlite_master ORDER BY name"
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(query).all()
        return [tuple(row) for row in rows if row[0].startswith("search_")]


def test_store_of_schema_0010_keeps_every_row(database_url: str) -> None:
    engine = engine_of(database_url)
    migrate(engine, "0010")
    fill(engine)
    build_index(Store(engine))
    before, index = contents(engine), search_objects(engine)
    engine.dispose()
    assert len(before) == len(schema.metadata.tables) + 1  # the view
    assert {len(rows) for rows in before.values()} == {2, 4}  # the view has those of two tables
    with open_store(database_url) as store:
        after = contents(store.engine)
        assert after == renamed(before)
        assert after["finding"][0]["resolution_notified_at"] == "over_told_at 가1"
        assert after["list_cursor"][1]["page_number"] == 2
        assert search_objects(store.engine) == index
        with store.engine.begin() as connection:
            context = MigrationContext.configure(connection, opts={"include_name": is_migrated})
            assert compare_metadata(context, schema.metadata) == []
        migrate(store.engine, "0010", command.downgrade)
        assert contents(store.engine) == before
