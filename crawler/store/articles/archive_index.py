"""The index of the archive: where the page of each stored version lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, func, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import address, article, revision
from crawler.store.db.serialize import storable


class ArchivedVersion(NamedTuple):
    """A version of an article, and its page's place in the archive."""

    url: str
    warc_location: str


def location_of(store: Database, canonical_url: str) -> str | None:
    """Where the page of the article's current version lies; None where it is nowhere."""
    query = (
        select(article.c.warc_location)
        .join_from(address, article)
        .where(address.c.canonical_url == storable(canonical_url))
    )
    with store.reading() as connection:
        found: str | None = connection.scalar(query)
        return found


def versions_in(store: Database, file: str) -> list[ArchivedVersion]:
    """The versions whose pages lie in a file of the archive."""
    found: list[ArchivedVersion] = []
    with store.reading() as connection:
        for table in (article, revision):
            query = select(table.c.url, table.c.warc_location).where(_is_in_file(table, file))
            found += [ArchivedVersion(*row) for row in connection.execute(query)]
    return found


def files_with_records(store: Database, outlet: str) -> Iterator[str]:
    """The files of an outlet in which versions lie, as the index says: each found from the one
    before, since there are few of them and many records."""
    last = f"{outlet}/"
    with store.reading() as connection:
        while True:
            places = [
                connection.scalar(
                    select(func.min(table.c.warc_location)).where(
                        table.c.warc_location >= last, table.c.warc_location < f"{outlet}0"
                    )
                )
                for table in (article, revision)
            ]
            first = min(filter(None, places), default=None)
            if first is None:
                return
            file = first.rpartition("@")[0]
            yield file
            last = f"{file}{_AFTER_AT}"


def outlets_with_records(store: Database) -> list[str]:
    """Outlets of which a version lies in the archive, as the index says."""
    found: set[str] = set()
    with store.reading() as connection:
        for table in (article, revision):
            has = table.c.warc_location.is_not(None)
            found.update(connection.scalars(select(table.c.outlet).where(has).distinct()))
    return sorted(found)


def count_archived(store: Database, outlet: str) -> int:
    """Articles of the outlet whose current version lies in the archive."""
    query = select(func.count()).where(
        article.c.warc_location >= f"{outlet}/", article.c.warc_location < f"{outlet}0"
    )
    with store.reading() as connection:
        return connection.scalar(query) or 0


def remove_file(store: Database, file: str) -> int:
    """Note that a file of the archive is no more; gives how many versions lay in it."""
    with store.writing() as connection:
        return sum(
            connection.execute(
                update(table).where(_is_in_file(table, file)).values(warc_location=None)
            ).rowcount
            for table in (article, revision)
        )


_AFTER_AT = "A"
"""Sorts behind the ``@`` of a place, in any order of letters that a database may have."""


def _is_in_file(table: Table, file: str) -> ColumnElement[bool]:
    within: ColumnElement[bool] = (table.c.warc_location >= f"{file}@") & (
        table.c.warc_location < f"{file}{_AFTER_AT}"
    )
    return within
