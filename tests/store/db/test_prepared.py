"""Prepared statements: compiled once, they return what SQLAlchemy returns."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    func,
    insert,
    select,
    update,
)  # fmt: skip
from sqlalchemy.exc import DBAPIError

from crawler.store.db.prepared import Prepared

PAPER = Table(
    "paper",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, unique=True),
    Column("towns", JSON(none_as_null=True)),
)


@pytest.fixture
def connection():
    with create_engine("sqlite://").begin() as connection:
        PAPER.create(connection)
        yield connection


def everything(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(PAPER).order_by(PAPER.c.id))]


def test_an_insert_gives_back_what_it_returns_and_converts_json(connection: Connection) -> None:
    add = Prepared(insert(PAPER).returning(PAPER.c.id), ("name", "towns"))
    assert add.rows(connection, {"name": "가", "towns": ["나", None]}) == [(1,)]
    assert add.rows(connection, {"name": "다", "towns": None})[0].id == 2
    assert everything(connection) == [(1, "가", ["나", None]), (2, "다", None)]


def test_values_are_found_by_name_and_what_the_statement_fixes_stays(
    connection: Connection,
) -> None:
    Prepared(insert(PAPER), ("id", "name")).run(
        connection, {"name": "a", "id": 1}, {"id": 2, "name": "b"}, {"id": 3, "name": "c"}
    )
    found = Prepared(
        select(PAPER.c.id, (PAPER.c.id + 10).label("more"), func.upper(PAPER.c.name))
        .where(PAPER.c.id > bindparam("least"), PAPER.c.name != "c")
        .limit(5)
    ).rows(connection, {"least": 1})
    assert [(row.id, row.more) for row in found] == [(2, 12)]


def test_one_parameter_and_none_at_all(connection: Connection) -> None:
    add = Prepared(insert(PAPER), ("name",))
    add.run(connection, {"name": "a"})
    add.run(connection)
    Prepared(update(PAPER).values(name=bindparam("to"))).run(connection, {"to": "b"})
    assert everything(connection) == [(1, "b", None)]


def test_an_error_is_sqlalchemys_and_shows_no_values(connection: Connection) -> None:
    add = Prepared(insert(PAPER), ("name",))
    with pytest.raises(DBAPIError, match="UNIQUE") as error:
        add.run(connection, {"name": "secret"}, {"name": "secret"})
    assert "secret" not in str(error.value)
    with pytest.raises(DBAPIError, match="UNIQUE"):
        Prepared(insert(PAPER).returning(PAPER.c.id), ("id",)).rows(connection, {"id": 1})
