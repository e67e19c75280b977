"""Articles of an invented outlet, and queries for what a store holds of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from crawler.article import Article
from crawler.store import Store
from crawler.store.db import schema as tables
from pipelines.dedupe import content_hash

LONG = "군은 11일 군청 회의실에서 주민 설명회를 열고 내년 예산의 쓰임을 밝혔다. " * 4


def article(number: int = 1, outlet: str = "hangang", body: str = LONG, **more: object) -> Article:
    made = Article(
        url=f"https://{outlet}.example/news?no={number}",
        canonical_url=f"https://{outlet}.example/news/{number}",
        outlet=outlet,
        fetched_at="2024-09-11T00:14:32Z",
        headline="주민 설명회 열려",
        body=body,
        content_hash=content_hash(body),
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


URL = article().canonical_url

CORRECTED = LONG.replace("11일", "12일")
AGAIN = LONG.replace("11일", "13일")


def at(day: int, body: str = LONG, number: int = 1, outlet: str = "hangang", **more) -> Article:
    """The article as it is met on that day of September at midnight, UTC."""
    return article(number, outlet, body, fetched_at=f"2024-09-{day:02}T00:00:00Z", **more)


def day(number: int) -> str:
    return f"2024-09-{number:02}T00:00:00Z"


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def check_file(store: Store) -> None:
    """SQLite's own check of its file; PostgreSQL holds its foreign keys always."""
    if store.engine.dialect.name == "sqlite":
        with store.engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()


def rows(store: Store):
    with store.engine.begin() as connection:
        query = select(tables.article).order_by(tables.article.c.id)
        return list(connection.execute(query).mappings())


def trail(store: Store, canonical_url: str = URL) -> list[tuple[int, str, str, int]]:
    """Number, body, last sight and whether it is current, of each version: one query."""
    query = (
        "SELECT revision, body, last_seen_at, is_current FROM article_version WHERE canonical_url = :url"
        " ORDER BY revision"
    )
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), {"url": canonical_url})]


def state(store: Store) -> tuple[str, str | None]:
    (row,) = rows(store)
    return row["body"], row["gone_at"]
