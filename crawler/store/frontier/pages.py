"""Article pages of the frontier: discovered, requested, and the results of their visits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, tuple_, update

from crawler.outcomes.pages import SETTLED, PageOutcome
from crawler.store.db.database import Database
from crawler.store.db.schema import IS_MISSING, address, forgotten, page
from crawler.store.db.serialize import storable

STORED, GONE, OUTSIDE, FORGOTTEN = (
    outcome.value
    for outcome in (PageOutcome.STORED, PageOutcome.GONE, PageOutcome.OUTSIDE, PageOutcome.ERASED)
)
"""Outcomes of a visit that say what the store has of the page; the others are failures."""


class DiscoveredPage(NamedTuple):
    """A page as a list, feed or sitemap shows it; ``listing`` holds the entry in plain values."""

    canonical_url: str
    url: str
    listing: dict[str, Any]
    date: str | None


class PageState(NamedTuple):
    """The stored state of a page."""

    canonical_url: str
    outcome: str | None
    date: str | None
    attempts: int = 0
    found_at: str = ""
    due_at: str | None = None


class VisitResult(NamedTuple):
    """The result of a visit, and when the next is due."""

    canonical_url: str
    outcome: str
    reason: str | None
    date: str | None
    attempts: int
    requested_at: str
    due_at: str | None


class PendingPage(NamedTuple):
    """A discovered page whose article is not stored."""

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
    connection: Connection, outlet: str, discovered: Sequence[DiscoveredPage], at: str
) -> dict[str, PageState]:
    """Store the pages that are new, due at once; return the state of the others by URL.

    Of a page that is listed twice the first entry is stored.
    """
    known = {state.canonical_url: state for state in known_among(connection, discovered)}
    first_entries = {entry.canonical_url: entry for entry in reversed(discovered)}
    new = [
        {
            "canonical_url": storable(entry.canonical_url),
            "url": storable(entry.url),
            "outlet": outlet,
            "listing": {name: _plain(value) for name, value in entry.listing.items()},
            "found_at": at,
            "date": entry.date,
            "attempts": 0,
            "due_at": at,
        }
        for entry in first_entries.values()
        if entry.canonical_url not in known
    ]
    if new:
        connection.execute(insert(page), new)
    return known


def known_among(
    connection: Connection, discovered: Sequence[DiscoveredPage]
) -> Iterator[PageState]:
    """Yield the state of the pages that the frontier or the store knows, also forgotten ones."""
    urls = {storable(entry.canonical_url): entry.canonical_url for entry in discovered}
    states = {
        url: PageState(urls[url], STORED, None) for url in _present(connection, address, urls)
    }
    for row in connection.execute(_STATES, {"urls": list(urls)}):
        outcome = row.outcome or (STORED if row.canonical_url in states else None)
        url = urls[row.canonical_url]
        states[row.canonical_url] = PageState(url, outcome, *row[2:])
    for url in _present(connection, forgotten, urls):
        states[url] = PageState(urls[url], FORGOTTEN, None)
    yield from states.values()


_STATES = select(*(page.c[name] for name in PageState._fields)).where(
    page.c.canonical_url.in_(bindparam("urls", expanding=True))
)


def _present(connection: Connection, table: Any, urls: Iterable[str]) -> Iterable[str]:
    here = table.c.canonical_url
    return connection.scalars(select(here).where(here.in_(list(urls)))).all()


def record_results(connection: Connection, results: Iterable[VisitResult]) -> None:
    """Store the results of visits; the listing of a page is deleted once it is settled."""
    rows = [result._asdict() | {"of": storable(result.canonical_url)} for result in results]
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
    """Return how many pages of the outlet were discovered after ``at``."""
    count = select(func.count()).where(page.c.outlet == outlet, page.c.found_at > at)
    return connection.scalar(count) or 0


def mark_wanted(connection: Connection, dates: Mapping[str, str | None], at: str) -> None:
    """Make pages pending that were outside the requested period before; ``dates`` by URL."""
    rows = [{"of": storable(url), "date": date, "at": at} for url, date in dates.items()]
    if rows:
        connection.execute(_SET_WANTED, rows)


_SET_WANTED = (
    update(page)
    .where(page.c.canonical_url == bindparam("of"))
    .values(outcome=None, reason=None, attempts=0, date=bindparam("date"), due_at=bindparam("at"))
)


def pending(store: Database, outlet: str) -> list[PendingPage]:
    """Return every discovered page that is not stored, in the order of discovery.

    Raises :class:`crawler.store.StoreError`.
    """
    return _read_pending(store, pending_query(outlet))


def pending_after(
    store: Database, outlet: str, last: PendingPage | None, most: int
) -> list[PendingPage]:
    """Return at most ``most`` pending pages after ``last``, the last of the batch before.

    Raises :class:`crawler.store.StoreError`.
    """
    return _read_pending(store, pending_query(outlet, last, most))


def pending_query(
    outlet: str, last: PendingPage | None = None, most: int | None = None
) -> Select[tuple[Any, ...]]:
    """Build the query for pending pages after ``last``; it uses the partial index."""
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
    """Return pages whose article is stored but not the result of the visit: a crawl was killed.

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
    """Return URLs of stored and gone pages whose next visit is due, longest due first.

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
