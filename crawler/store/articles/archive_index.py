"""Index of the archive: the WARC record that holds the page of each stored version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, func, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import address, article, revision
from crawler.store.db.serialize import storable


class ArchivedVersion(NamedTuple):
    """A version of an article whose page is in the archive."""

    url: str
    warc_location: str


def location_of(store: Database, canonical_url: str) -> str | None:
    """Return the WARC location of the current version's page; None if it is not archived."""
    query = (
        select(article.c.warc_location)
        .join_from(address, article)
        .where(address.c.canonical_url == storable(canonical_url))
    )
    with store.reading() as connection:
        location: str | None = connection.scalar(query)
        return location


def versions_in(store: Database, file: str) -> list[ArchivedVersion]:
    """Return the versions whose pages are in a file of the archive."""
    versions: list[ArchivedVersion] = []
    with store.reading() as connection:
        for table in (article, revision):
            query = select(table.c.url, table.c.warc_location).where(_is_in_file(table, file))
            versions += [ArchivedVersion(*row) for row in connection.execute(query)]
    return versions


def files_with_records(store: Database, outlet: str) -> Iterator[str]:
    """Yield the files that have a version of the outlet, according to the index.

    One query per file finds the first record after the file before: files are few, records many.
    """
    last = f"{outlet}/"
    with store.reading() as connection:
        while True:
            locations = [
                connection.scalar(
                    select(func.min(table.c.warc_location)).where(
                        table.c.warc_location >= last, table.c.warc_location < f"{outlet}0"
                    )
                )
                for table in (article, revision)
            ]
            first = min(filter(None, locations), default=None)
            if first is None:
                return
            file = first.rpartition("@")[0]
            yield file
            last = f"{file}{_AFTER_AT}"


def outlets_with_records(store: Database) -> list[str]:
    """Return the outlets that have a version in the archive, according to the index, sorted."""
    outlets: set[str] = set()
    with store.reading() as connection:
        for table in (article, revision):
            is_archived = table.c.warc_location.is_not(None)
            query = select(table.c.outlet).where(is_archived).distinct()
            outlets.update(connection.scalars(query))
    return sorted(outlets)


def count_archived(store: Database, outlet: str) -> int:
    """Return how many articles of the outlet have their current version in the archive."""
    query = select(func.count()).where(
        article.c.warc_location >= f"{outlet}/", article.c.warc_location < f"{outlet}0"
    )
    with store.reading() as connection:
        return connection.scalar(query) or 0


def remove_file(store: Database, file: str) -> int:
    """Remove a deleted file from the index; return how many versions were in it."""
    with store.writing() as connection:
        return sum(
            connection.execute(
                update(table).where(_is_in_file(table, file)).values(warc_location=None)
            ).rowcount
            for table in (article, revision)
        )


_AFTER_AT = "A"
"""Sorts after the ``@`` of a location in every collation that a database may have."""


def _is_in_file(table: Table, file: str) -> ColumnElement[bool]:
    within: ColumnElement[bool] = (table.c.warc_location >= f"{file}@") & (
        table.c.warc_location < f"{file}{_AFTER_AT}"
    )
    return within
