"""History of an article: its versions, the periods when its page was gone, its tombstone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from crawler.store.articles.forget import Tombstone
from crawler.store.db.database import Database
from crawler.store.db.schema import absence, address, article, article_version, forgotten
from crawler.store.db.serialize import storable


class Version(NamedTuple):
    """A text of the article, first seen at ``fetched_at`` and last at ``last_seen_at`` (UTC)."""

    revision: int
    is_current: int
    fetched_at: str
    last_seen_at: str
    url: str
    headline: str | None
    alternative_headline: str | None
    body: str | None
    date_published: str | None
    date_modified: str | None
    content_hash: str | None
    duplicate_of: str | None
    revised_by: str
    """``outlet``, or ``extractor``: this program read the same page differently."""
    extractor_version: str | None


class Absence(NamedTuple):
    """A period when the page was gone; ``back_at`` is None while it is."""

    gone_at: str
    back_at: str | None


@dataclass(frozen=True, slots=True)
class History:
    """The history of one article; without versions if it was forgotten."""

    canonical_url: str
    outlet: str
    aliases: list[str]
    versions: list[Version]
    """In the order of their first sighting; a version read later from an old page has a higher
    number."""
    absences: list[Absence]
    forgotten: Tombstone | None = None

    @property
    def gone_at(self) -> str | None:
        """The time since when the page is gone; None while it is there."""
        return next((period.gone_at for period in self.absences if not period.back_at), None)


def read_history(store: Database, canonical_urls: Sequence[str]) -> History | None:
    """Return the history of the first URL that is an article's own, an alias or a tombstone.

    Raises :class:`crawler.store.StoreError`.
    """
    with store.reading() as connection:
        for url in map(storable, canonical_urls):
            if history := _of_address(connection, url):
                return history
    return None


def _of_address(connection: Connection, url: str) -> History | None:
    query = (
        select(article.c.id, article.c.canonical_url, article.c.outlet, article.c.gone_at)
        .join_from(address, article)
        .where(address.c.canonical_url == url)
    )
    stored = connection.execute(query).first()
    if stored is None:
        buried = connection.execute(select(forgotten).where(forgotten.c.canonical_url == url))
        row = buried.first()
        return History(url, row.outlet, [], [], [], Tombstone(*row)) if row else None
    return History(
        stored.canonical_url,
        stored.outlet,
        _aliases(connection, stored.id),
        _versions(connection, stored.id),
        _absences(connection, stored.id, stored.gone_at),
    )


def _aliases(connection: Connection, id: int) -> list[str]:
    mine, kind = address.c.article == id, address.c.kind == "alias"
    query = select(address.c.canonical_url).where(mine, kind).order_by(address.c.first_seen)
    return list(connection.scalars(query))


def _versions(connection: Connection, id: int) -> list[Version]:
    columns = [article_version.c[name] for name in Version._fields]
    query = select(*columns).where(article_version.c.article == id)
    versions = [Version(*row) for row in connection.execute(query)]
    return sorted(versions, key=lambda version: (version.fetched_at, version.revision))


def _absences(connection: Connection, id: int, gone_at: str | None) -> list[Absence]:
    query = select(absence.c.gone_at, absence.c.back_at).where(absence.c.article == id)
    past = [Absence(*row) for row in connection.execute(query.order_by(absence.c.gone_at))]
    return [*past, Absence(gone_at, None)] if gone_at else past
