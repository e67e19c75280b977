"""Stored articles that a crawl revisits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, or_, select

from crawler.article import DateCandidate
from crawler.dates.utc import format_utc
from crawler.store.db.database import Database, batches
from crawler.store.db.schema import article

MAX_REVISITS = 500
"""Articles revisited in one crawl: at one per second, about eight minutes."""


class StoredPage(NamedTuple):
    """A stored article, with the byline and date that a list or feed showed of it."""

    canonical_url: str
    byline: str | None
    date: DateCandidate | None


_STORED_PAGE = select(
    article.c.canonical_url,
    article.c.byline_raw,
    article.c.date_candidates,
    article.c.date_published,
)


def _stored_page(row: Row[*tuple[Any, ...]]) -> StoredPage:
    dates = [DateCandidate(**date) for date in row.date_candidates]
    listed = [date for date in dates if date.source in ("list", "feed")]
    return StoredPage(row.canonical_url, row.byline_raw, next(iter(listed), None))


def stored_pages(store: Database, canonical_urls: Sequence[str]) -> list[StoredPage]:
    """Return the articles that are stored under these canonical URLs.

    Raises :class:`crawler.store.StoreError`.
    """
    with store.reading() as connection:
        return [
            _stored_page(row)
            for batch in batches(canonical_urls)
            for row in connection.execute(_STORED_PAGE.where(article.c.canonical_url.in_(batch)))
        ]


def to_revisit(
    store: Database, outlet: str, since: datetime, wanted: Callable[[str], bool]
) -> list[StoredPage]:
    """Return the outlet's articles whose date of publication is ``wanted``, longest unseen first.

    No date before ``since`` is wanted (Korean time). An article without a date is included if it
    was fetched since then.

    Raises :class:`crawler.store.StoreError`.
    """
    a = article.c
    day, fetched = since.date().isoformat(), format_utc(since)
    query = (
        _STORED_PAGE.where(a.outlet == outlet)
        .where(
            or_(a.date_published >= day, and_(a.date_published.is_(None), a.fetched_at >= fetched))
        )
        .order_by(a.last_seen_at, a.id)
    )
    pages: list[StoredPage] = []
    with store.reading() as connection:
        for row in connection.execute(query):
            if row.date_published is None or wanted(row.date_published):
                pages.append(_stored_page(row))
            if len(pages) == MAX_REVISITS:
                break
    return pages
