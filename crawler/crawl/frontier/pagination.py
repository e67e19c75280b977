"""How far to read a section's list: to known ground, and over every stretch that was left unread.

A run reads from the top until a page's lower half shows nothing new, whatever was pinned, or put
back, to the top. That is known ground, unless an earlier run ended halfway: then reading goes on
where that one stopped. What cannot be read is
left behind as a stretch of its own, for the next run.
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
"""How often a list is read on over known ground: some outlets insert late, below the top."""

AS_DEEP_AS = timedelta(days=1)
"""How old the rows are to which it is then read."""

LOST_IN_A_ROW = 3
"""List pages that cannot be had, one after the other, after which the rest waits for a next run."""


@dataclass(slots=True)
class ListCrawl:
    """One section's list in one run."""

    outlet: str
    walk: ListCursor
    ground: Watermark | None
    left: list[ListCursor]
    """Stretches that earlier runs left unread and this one is to read, from the top down."""
    found_since: Callable[[Connection, str], int]
    """How many pages of articles the outlet showed since a time."""
    settled: int = 0
    """The first page whose known rows are ground: what was left unread lies above."""
    met_known: bool = False
    lost: list[tuple[int, str]] = field(default_factory=list)
    """Pages that could not be had since the last that was read, and why."""

    def read(self, connection: Connection, page: ListPage, known: Collection[str]) -> int | None:
        """Record that a page was read; gives the number of the next one to read, if any is."""
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
        goes_on = passing and len(self.lost) < LOST_IN_A_ROW
        return number + 1 if goes_on else None

    def _on_ground(self, connection: Connection, page: ListPage) -> int | None:
        """On from where nothing is new: to what was left unread, deeper, or no further."""
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
        """All that was asked for has been read."""
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
    """What a run with these arguments is to read, by section; ``""`` is the list of all.

    Raises :class:`crawler.store.StoreError`.
    """
    open_walks, ground = walks.open_cursors(store, outlet), walks.watermark_of(store, outlet)
    return {
        section: ListCrawl(
            outlet,
            ListCursor(section, arguments.asked, arguments.since),
            ground.get(section),
            unread(open_walks, section, arguments),
            partial(pages.count_discovered, outlet=outlet),
        )
        for section in arguments.sections or ("",)
    }


def first_page(reading: ListCrawl) -> int:
    """Where to begin: at the top, but for a bygone period that was read halfway."""
    if has_until(reading.walk.arguments) and reading.left:
        reading.walk = reading.left.pop(0)
        reading.settled = reading.walk.page_number + 1
        return max(0, reading.walk.page_number - 1)
    return 0


def unread(open_walks: list[ListCursor], section: str, arguments: Arguments) -> list[ListCursor]:
    """The stretches of a section that a run with these arguments is to read."""
    if arguments.pages is not None:
        return []
    return [
        walk
        for walk in open_walks
        if walk.section == section
        and (walk.arguments == arguments.asked or _includes(arguments, walk))
        and not (walk.reached and arguments.period.is_before(walk.reached))
    ]


def _includes(arguments: Arguments, walk: ListCursor) -> bool:
    bounded = has_until(arguments.asked) or has_until(walk.arguments)
    return not bounded and reaches(arguments.since, walk.since)


def reaches(one: str | None, other: str | None) -> bool:
    """Whether the one goes back as far as the other; None is the beginning of all."""
    return one is None or (other is not None and one <= other)


def has_until(asked: str) -> bool:
    return not asked.endswith("..")
