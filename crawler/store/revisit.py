"""Which stored articles a crawl is to look at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from crawler.article import ShownDate
from crawler.store.queries import Store
from crawler.store.tables import article
from crawler.store.trouble import told

AT_MOST = 500
"""Articles looked at again in one crawl: at a second each, some eight minutes."""


class Visited(NamedTuple):
    """A stored article, and what lists and feeds had shown of it beside its page."""

    canonical_url: str
    byline: str | None
    date: ShownDate | None


def to_revisit(
    store: Store, outlet: str, since: datetime, wanted: Callable[[str], bool]
) -> list[Visited]:
    """The outlet's articles whose date of publication is ``wanted``, which is none before
    ``since``, in Korea's time; where none is known it is when they were fetched. Those seen
    longest ago first.

    Raises :class:`crawler.store.StoreError`.
    """
    a = article.c
    day, fetched = since.date().isoformat(), since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = (
        select(a.canonical_url, a.byline_raw, a.shown_dates, a.date_published)
        .where(a.outlet == outlet)
        .where(
            or_(a.date_published >= day, and_(a.date_published.is_(None), a.fetched_at >= fetched))
        )
        .order_by(a.seen_at, a.id)
    )
    found: list[Visited] = []
    with told(store.engine.url), store.engine.begin() as connection:
        for row in connection.execute(query):
            if row.date_published is None or wanted(row.date_published):
                shown = [ShownDate(**one) for one in row.shown_dates]
                beside = [one for one in shown if one.source in ("list", "feed")]
                found.append(Visited(row.canonical_url, row.byline_raw, next(iter(beside), None)))
            if len(found) == AT_MOST:
                break
    return found
