"""Pagination of a section's list: down to the watermark, and over stretches that were left unread.

A run reads from the top until the lower half of a page shows nothing new; pinned rows do not count.
There the watermark is reached, unless an earlier run ended halfway: then reading continues where
that one stopped. Pages that cannot be read are left as a list cursor of their own for the next run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from crawler.crawl.arguments import Arguments
from crawler.crawl.spider import ListPage
from crawler.dates.utc import parse_utc, utc_now
from crawler.store import Store
from crawler.store.frontier import list_progress as walks
from crawler.store.frontier import pages
from crawler.store.frontier.list_progress import ListCursor, Watermark

LOOK_DEEPER = timedelta(hours=24)
"""Time after which a list is read below the watermark: some outlets insert rows late."""

AS_DEEP_AS = timedelta(days=1)
"""Age of the rows down to which it is then read."""

LOST_IN_A_ROW = 3
"""Unreadable list pages in a row after which the rest is left for the next run."""


@dataclass(slots=True)
class ListCrawl:
    """Progress through one section's list in one run."""

    outlet: str
    walk: ListCursor
    ground: Watermark | None
    left: list[ListCursor]
    """Stretches that earlier runs left unread, from the top down."""
    found_since: Callable[[Connection, str], int]
    """Number of articles that the outlet showed since a time."""
    settled: int = 0
    """The first page whose known rows count as the watermark; unread stretches lie above."""
    met_known: bool = False
    lost: list[tuple[int, str]] = field(default_factory=list)
    """Pages that could not be read since the last that was, and why."""

    def read(self, connection: Connection, page: ListPage, known: Collection[str]) -> int | None:
        """Record a page that was read; return the number of the next one, None for none."""
        for number, why in self.lost:
            self._keep(
                connection,
                replace(self.walk, id=None, page_number=number, reason=why, updated_at=utc_now()),
            )
        self.lost = []
        walk = self.walk
        if page.number + 1 >= self.settled:  # before, what was left may lie further down
            walk.page_number, walk.updated_at = max(walk.page_number, page.number + 1), utc_now()
        walk.reached, walk.reason, walk.attempts = page.oldest or walk.reached, None, 0
        rows = [row.canonical_url for row in page.rows if not row.pinned]
        is_known = [url in known for url in rows]
        self.met_known = self.met_known or any(is_known)
        if page.end in ("since", "end"):
            self._end(connection, to_the_end=page.end == "end")
            return None
        self._keep(connection, walk)
        if page.end == "limit":
            return None
        if rows and all(is_known[len(rows) // 2 :]) and page.number >= self.settled:
            return self._on_ground(connection, page)
        return page.number + 1

    def lose(self, connection: Connection, number: int, why: str, *, passing: bool) -> int | None:
        """Record a page that could not be read; return the next to try, None for none.

        ``passing``: whether the failure says nothing of the next page.
        """
        self.lost.append((number, why))
        self.walk.attempts, self.walk.reason = self.walk.attempts + 1, why
        self._keep(connection, self.walk)
        continues = passing and len(self.lost) < LOST_IN_A_ROW
        return number + 1 if continues else None

    def _on_ground(self, connection: Connection, page: ListPage) -> int | None:
        """Return the page after a watermark: of an unread stretch, a deeper one, or None."""
        if self.left:
            walks.delete_cursors(connection, self.walk)
            self.walk = self.left.pop(0)
            moved = self.found_since(connection, self.walk.updated_at) / max(1, len(page.addresses))
            self.settled = self.walk.page_number + math.ceil(moved) + 1
            return max(page.number + 1, self.walk.page_number - 1)
        if self.ground is None or not reaches(self.ground.since, self.walk.since):
            return page.number + 1
        if self._is_time_to_look_deeper():
            deep = (datetime.now(UTC) - AS_DEEP_AS).isoformat()
            if page.oldest is None or page.oldest > deep:
                return page.number + 1
            self._set_ground(connection, self.ground.since)
        walks.delete_cursors(connection, self.walk)
        return None

    def _end(self, connection: Connection, *, to_the_end: bool) -> None:
        """Close the list: the wanted period has been read."""
        walks.delete_cursors(connection, self.walk, *self.left)
        if has_until(self.walk.arguments):
            return  # what is younger was not recorded
        since = None if to_the_end else self.walk.since
        if self.met_known and self.ground and reaches(self.ground.since, since):
            since = self.ground.since
        self._set_ground(connection, since)

    def _is_time_to_look_deeper(self) -> bool:
        looked = self.ground and parse_utc(self.ground.checked_at)
        return bool(looked and datetime.now(UTC) - looked >= LOOK_DEEPER)

    def _set_ground(self, connection: Connection, since: str | None) -> None:
        self.ground = Watermark(since, utc_now())
        walks.set_watermark(connection, self.outlet, self.walk.section, self.ground)

    def _keep(self, connection: Connection, walk: ListCursor) -> None:
        walk.updated_at = walk.updated_at or utc_now()
        walks.save(connection, self.outlet, walk)


def list_crawls(store: Store, outlet: str, arguments: Arguments) -> dict[str, ListCrawl]:
    """Return the lists that a run reads, by section; ``""`` is the list of all.

    Raises :class:`crawler.store.StoreError`.
    """
    open_walks, ground = walks.open_cursors(store, outlet), walks.watermark_of(store, outlet)
    return {
        section: ListCrawl(
            outlet,
            ListCursor(section, arguments.wanted, arguments.since),
            ground.get(section),
            unread(open_walks, section, arguments),
            partial(pages.count_discovered, outlet=outlet),
        )
        for section in arguments.sections or ("",)
    }


def first_page(crawl: ListCrawl) -> int:
    """Return the first page: the top, or the middle of a past period that was half read."""
    if has_until(crawl.walk.arguments) and crawl.left:
        crawl.walk = crawl.left.pop(0)
        crawl.settled = crawl.walk.page_number + 1
        return max(0, crawl.walk.page_number - 1)
    return 0


def unread(open_walks: list[ListCursor], section: str, arguments: Arguments) -> list[ListCursor]:
    """Return the stretches of a section that a run with these arguments reads."""
    if arguments.pages is not None:
        return []
    return [
        walk
        for walk in open_walks
        if walk.section == section
        and (walk.arguments == arguments.wanted or _includes(arguments, walk))
        and not (walk.reached and arguments.period.is_before(walk.reached))
    ]


def _includes(arguments: Arguments, walk: ListCursor) -> bool:
    bounded = has_until(arguments.wanted) or has_until(walk.arguments)
    return not bounded and reaches(arguments.since, walk.since)


def reaches(since: str | None, other: str | None) -> bool:
    """Return True if a period reaches back as far as another; None reaches to the beginning."""
    return since is None or (other is not None and since <= other)


def has_until(wanted: str) -> bool:
    """Return True if a period such as ``7d..`` has an end."""
    return not wanted.endswith("..")
