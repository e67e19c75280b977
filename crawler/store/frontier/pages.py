"""The pages of articles that lists, feeds and sitemaps showed: found, asked for, answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, tuple_, update

from crawler.outcomes.pages import SETTLED, PageOutcome
from crawler.store.db.database import Database
from crawler.store.db.schema import IS_MISSING, address, forgotten, page
from crawler.store.db.serialize import storable

STORED, GONE, OUTSIDE, FORGOTTEN = (
    one.value
    for one in (PageOutcome.STORED, PageOutcome.GONE, PageOutcome.OUTSIDE, PageOutcome.ERASED)
)
"""Outcomes of a visit that say what the store has of the page; the others are failures."""


class DiscoveredPage(NamedTuple):
    """A page as a list, feed or sitemap shows it; ``listing`` is what stands there, in plain
    values."""

    canonical_url: str
    url: str
    listing: dict[str, Any]
    date: str | None


class PageState(NamedTuple):
    """What is known of a page before it is asked for (again)."""

    canonical_url: str
    outcome: str | None
    date: str | None
    attempts: int = 0
    found_at: str = ""
    due_at: str | None = None


class VisitResult(NamedTuple):
    """How a visit ended, and when the next is due."""

    canonical_url: str
    outcome: str
    reason: str | None
    date: str | None
    attempts: int
    requested_at: str
    due_at: str | None


class PendingPage(NamedTuple):
    """A page that was found and is not stored."""

    canonical_url: str
    url: str
    listing: dict[str, Any]
    date: str | None
    outcome: str | None
    reason: str | None
    attempts: int
    found_at: str
    due_at: str | None
    requested_at: str | None = None


def record_discovered(
    connection: Connection, outlet: str, found: Sequence[DiscoveredPage], at: str
) -> dict[str, PageState]:
    """Record the pages that were not known, due at once; gives what was known of the others.

    One that is shown twice is recorded as it was shown first.
    """
    known = {row.canonical_url: row for row in known_among(connection, found)}
    new = [
        {
            "canonical_url": storable(one.canonical_url),
            "url": storable(one.url),
            "outlet": outlet,
            "listing": {name: _plain(value) for name, value in one.listing.items()},
            "found_at": at,
            "date": one.date,
            "attempts": 0,
            "due_at": at,
        }
        for one in {one.canonical_url: one for one in reversed(found)}.values()
        if one.canonical_url not in known
    ]
    if new:
        connection.execute(insert(page), new)
    return known


def known_among(connection: Connection, found: Sequence[DiscoveredPage]) -> Iterator[PageState]:
    """What the frontier, or else the store, knows of the pages; forgotten ones are known."""
    asked = {storable(one.canonical_url): one.canonical_url for one in found}
    rows = {
        url: PageState(asked[url], STORED, None) for url in _present(connection, address, asked)
    }
    for row in connection.execute(_STATES, {"urls": list(asked)}):
        outcome = row.outcome or (STORED if row.canonical_url in rows else None)
        url = asked[row.canonical_url]
        rows[row.canonical_url] = PageState(url, outcome, *row[2:])
    for url in _present(connection, forgotten, asked):
        rows[url] = PageState(asked[url], FORGOTTEN, None)
    yield from rows.values()


_STATES = select(*(page.c[name] for name in PageState._fields)).where(
    page.c.canonical_url.in_(bindparam("urls", expanding=True))
)


def _present(connection: Connection, table: Any, urls: Iterable[str]) -> Iterable[str]:
    here = table.c.canonical_url
    return connection.scalars(select(here).where(here.in_(list(urls)))).all()


def record_results(connection: Connection, answers: Iterable[VisitResult]) -> None:
    """Note how visits ended; what was shown of a page is needed until it is stored."""
    rows = [answer._asdict() | {"of": storable(answer.canonical_url)} for answer in answers]
    if rows:
        connection.execute(_SET_RESULT, rows)
        settled = [row for row in rows if row["outcome"] in SETTLED]
        if settled:
            connection.execute(_CLEAR_LISTING, settled)


_SET_RESULT = (
    update(page)
    .where(page.c.canonical_url == bindparam("of"))
    .values(
        outcome=bindparam("outcome"),
        reason=bindparam("reason"),
        date=func.coalesce(bindparam("date"), page.c.date),
        attempts=bindparam("attempts"),
        requested_at=bindparam("requested_at"),
        due_at=bindparam("due_at"),
    )
)
_CLEAR_LISTING = update(page).where(page.c.canonical_url == bindparam("of")).values(listing=None)


def count_discovered(connection: Connection, at: str, outlet: str) -> int:
    """How many pages lists and feeds showed for the first time since then."""
    count = select(func.count()).where(page.c.outlet == outlet, page.c.found_at > at)
    return connection.scalar(count) or 0


def mark_wanted(connection: Connection, dates: Mapping[str, str | None], at: str) -> None:
    """Pages that nobody had asked for are wanted now, as of these dates: they are missing."""
    rows = [{"of": storable(url), "date": date, "at": at} for url, date in dates.items()]
    if rows:
        connection.execute(_SET_WANTED, rows)


_SET_WANTED = (
    update(page)
    .where(page.c.canonical_url == bindparam("of"))
    .values(outcome=None, reason=None, attempts=0, date=bindparam("date"), due_at=bindparam("at"))
)


def pending(store: Database, outlet: str) -> list[PendingPage]:
    """Every page that was found and is not stored, in the order of finding.

    Raises :class:`crawler.store.StoreError`.
    """
    return _read_pending(store, pending_query(outlet))


def pending_after(
    store: Database, outlet: str, last: PendingPage | None, most: int
) -> list[PendingPage]:
    """The same, a few at a time: at most so many behind the ``last`` of those before.

    Raises :class:`crawler.store.StoreError`.
    """
    return _read_pending(store, pending_query(outlet, last, most))


def pending_query(
    outlet: str, last: PendingPage | None = None, most: int | None = None
) -> Select[tuple[Any, ...]]:
    """It enters its index right behind ``last``, whatever was noted meanwhile."""
    here = tuple_(page.c.found_at, page.c.canonical_url)
    query = (
        select(*(page.c[name] for name in PendingPage._fields))
        .join_from(page, address, address.c.canonical_url == page.c.canonical_url, isouter=True)
        .where(page.c.outlet == outlet, address.c.canonical_url.is_(None))
        .where(text(f"({IS_MISSING.text})"))
        .order_by(page.c.found_at, page.c.canonical_url)
        .limit(most)
    )
    return query if last is None else query.where(here > (last.found_at, last.canonical_url))


def _read_pending(store: Database, query: Select[tuple[Any, ...]]) -> list[PendingPage]:
    with store.reading() as connection:
        return [PendingPage(*row) for row in connection.execute(query)]


def stored_without_result(store: Database, outlet: str) -> list[PageState]:
    """Pages whose article is stored and whose visit was not noted: the crawl was killed between.

    Raises :class:`crawler.store.StoreError`.
    """
    query = (
        select(page.c.canonical_url, page.c.date)
        .join_from(page, address, address.c.canonical_url == page.c.canonical_url)
        .where(page.c.outlet == outlet, page.c.outcome.is_(None))
    )
    with store.reading() as connection:
        return [PageState(row.canonical_url, None, row.date) for row in connection.execute(query)]


def due_again(store: Database, outlet: str, now: str, most: int) -> list[str]:
    """Stored pages, and gone ones, whose next visit is due, the longest due first.

    Raises :class:`crawler.store.StoreError`.
    """
    query = (
        select(page.c.canonical_url)
        .where(page.c.outlet == outlet, page.c.due_at <= now)
        .where(page.c.outcome.in_((STORED, GONE)))
        .order_by(page.c.due_at, page.c.canonical_url)
        .limit(most)
    )
    with store.reading() as connection:
        return list(connection.scalars(query))


def _plain(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
