"""Newest texts of an outlet, in which monitors look for furniture."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from crawler.store.db.database import Database
from crawler.store.db.schema import article


class Text(NamedTuple):
    """The body of a stored article."""

    fetched_at: str
    url: str
    body: str


def newest_texts(store: Database, outlet: str, number: int) -> list[Text]:
    """Return the texts stored last, newest first. Raises :class:`crawler.store.StoreError`."""
    query = (
        select(article.c.fetched_at, article.c.url, article.c.body)
        .where(article.c.outlet == outlet, article.c.body.is_not(None))
        .order_by(article.c.id.desc())
        .limit(number)
    )
    with store.reading() as connection:
        return [Text(*row) for row in connection.execute(query)]
