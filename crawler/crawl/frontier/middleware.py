"""What is asked for: every page is recorded before it is fetched.

The frontier lies in the store. A crawl reads lists to known ground, records what they show, asks
for what is not stored, and notes how each visit ended; whatever kills it, the next run knows what
is left. What is left is read a few at a time, so that it does not matter how much it is. Only one
process at a time crawls an outlet.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, astuple
from functools import partial
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy import Connection

from crawler.crawl.frontier.pagination import ListCrawl, first_page, list_crawls
from crawler.crawl.frontier.results import VisitResults
from crawler.crawl.idle import wait_until_idle
from crawler.crawl.outlet_lock import OutletLock
from crawler.crawl.spider import ListPage, OutletSpider, list_failed
from crawler.dates.utc import utc_now
from crawler.extract.pages import ListingEntry
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier import pages
from crawler.store.frontier.due import Visited, stored_pages, to_revisit
from crawler.store.frontier.pages import (
    FORGOTTEN,
    GONE,
    OUTSIDE,
    STORED,
    DiscoveredPage,
    PageState,
    PendingPage,
)

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Pages that are on the way at any time at the most: a sitemap may show 50,000. What is more is
recorded, and asked for when these have come."""


class FrontierMiddleware:
    """Makes requests of what lists, feeds and sitemaps show.

    Counts articles that are stored already as ``malgeum/known``, the same again in one crawl as
    ``malgeum/repeated``, ones that failed and whose time has not come as ``malgeum/waiting``.
    """

    def __init__(self, crawler: Crawler, store: Store) -> None:
        assert crawler.stats is not None
        self.crawler, self.store, self.stats = crawler, store, crawler.stats
        self.on_trouble = partial(crawl.abort, crawler)
        self.outcomes = VisitResults.of(crawler)
        self.most = crawler.settings.getint("REVISITS_PER_RUN")
        self.readings: dict[str, ListCrawl] = {}
        self.began = utc_now()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler, crawl.store_of(crawler))
        crawler.signals.connect(self.list_lost, list_failed)
        return self

    @property
    def outlet(self) -> OutletSpider:
        assert isinstance(self.crawler.spider, OutletSpider)
        return self.crawler.spider

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The lists, then what was found and is missing, then what is to be seen again."""
        if not isinstance(self.crawler.spider, OutletSpider):
            async for entry in start:
                yield entry
            return
        try:
            if not OutletLock(self.crawler, self.store, self.outlet.name).take():
                return
            again = self._known()
        except StoreError as error:
            self.on_trouble(error)
            return
        async for entry in start:
            yield self._begun(entry)
        async for request in self._left():
            yield request
        for request in self._looks(again):
            yield request

    def _known(self) -> list[Visited]:
        """Read how far the outlet's lists are known, and what is to be seen again."""
        name = self.outlet.name
        for page in pages.unmarked(self.store, name):
            self.outcomes.ask(page.canonical_url)
            self.outcomes.end(page.canonical_url, STORED, date=page.date, is_own=True)
        self.outcomes.note()
        self.readings = list_crawls(self.store, name, self.outlet.arguments)
        asked = self.outlet.arguments.revisit
        if asked == "off":
            return []
        if asked is not None and asked.since is not None:
            return to_revisit(self.store, name, asked.since, asked.contains)
        return stored_pages(self.store, pages.due_again(self.store, name, utc_now(), self.most))

    def _begun(self, entry: Any) -> Any:
        """A list is begun where an earlier run of the same bygone period ended."""
        section = entry.cb_kwargs.get("section") if isinstance(entry, Request) else None
        if section is not None and (number := first_page(self.readings[section])):
            return self.outlet.list_request(section, number, ())
        return entry

    async def _left(self) -> AsyncIterator[Request]:
        """Requests for what is missing, some at a time, each some when all before are answered:
        so the lists have shown all that they are to show before the first is read."""
        last: PendingPage | None = None
        while True:
            await wait_until_idle(self.crawler)
            self.outcomes.note()
            try:
                some = pages.pending_behind(self.store, self.outlet.name, last, AT_ONCE)
            except StoreError as error:
                self.on_trouble(error)
                return
            if not some:
                return
            last = some[-1]
            for request in self._requests(some):
                yield request

    def _requests(self, missing: list[PendingPage]) -> Iterator[Request]:
        """Requests for pages that were found and not stored, if their time has come. What this run
        asked for has had its turn, whatever came of it."""
        for page in missing:
            was_asked = page.requested_at is not None and page.requested_at >= self.began
            if was_asked or page.canonical_url in self.outcomes.on_the_way:
                continue
            if not self._is_asked_for(page):
                continue
            if not _is_due(page):
                self.stats.inc_value("malgeum/waiting")
                continue
            if page.found_at < self.began:
                self.stats.inc_value("malgeum/left_over")
            self.outcomes.ask(page.canonical_url, page.attempts)
            yield self.outlet.article_request(ListingEntry(**page.listing))

    def _is_asked_for(self, page: PageState | PendingPage) -> bool:
        return page.date is None or self.outlet.arguments.period.contains(page.date)

    def _looks(self, again: list[Visited]) -> Iterator[Request]:
        for url, byline, date in again:
            self.stats.inc_value("malgeum/revisits")
            self.outcomes.ask(url, stored=True)
            text, source, shown_at = astuple(date) if date else (None, "list", None)
            row = ListingEntry(url, url, text, byline, source, shown_at or utc_now(), stored=True)
            yield self.outlet.article_request(row)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for entry in result:
            if isinstance(entry, ListPage):
                for request in self.read(entry):
                    yield request
            else:
                yield entry

    def read(self, page: ListPage) -> list[Request]:
        """Record what a list page, a feed or a part of a sitemap shows, in one transaction; what is
        to be fetched now."""
        found = [
            DiscoveredPage(row.canonical_url, row.url, _shown(row), self.outlet.date_of(row))
            for row in page.rows
        ]
        following = None
        try:
            with self.store.writing() as connection:
                self.outcomes.note_with(connection)
                known = pages.record(connection, self.outlet.name, found, utc_now())
                if page.section is not None and not self._is_emptied(connection, page):
                    before = {url for url, one in known.items() if one.found_at < self.began}
                    following = self.readings[page.section].read(connection, page, before)
                requests = list(self._wanted(connection, page.rows, known))
        except StoreError as error:
            self.on_trouble(error)
            return []
        self.outcomes.answers.clear()
        if page.section is not None and following is not None:
            requests.append(self.outlet.list_request(page.section, following, page.addresses))
        return requests

    def _wanted(
        self, connection: Connection, rows: list[ListingEntry], known: dict[str, PageState]
    ) -> Iterator[Request]:
        """Requests for the rows that are wanted, as many as may be on the way. What is more stands
        in the store as missing; so does then what was not wanted before."""
        later: dict[str, str | None] = {}
        for row in rows:
            one = known.get(row.canonical_url)
            if not self._is_wanted(row, one):
                continue
            if len(self.outcomes.on_the_way) < AT_ONCE:
                self.outcomes.ask(row.canonical_url, one.attempts if one and not one.outcome else 0)
                yield self.outlet.article_request(row)
            elif one is not None:
                date = one.date if one.outcome == OUTSIDE else self.outlet.date_of(row)
                later[row.canonical_url] = date
        pages.want(connection, later, utc_now())

    def _is_emptied(self, connection: Connection, page: ListPage) -> bool:
        """Whether a list of which articles are known shows none: an error, and no quiet day."""
        if page.number or page.addresses:
            return False
        if not pages.found_since(connection, "", self.outlet.name):
            return False
        self.stats.inc_value("malgeum/emptied_lists")
        logger.error("A list of %s is empty that was not before.", self.outlet.name)
        return True

    def _is_wanted(self, row: ListingEntry, known: PageState | None) -> bool:
        """Whether a row's page is to be fetched for its sake; else it is counted why not. What is
        known and missing is left to those who read what is missing, as it was shown first."""
        counted: str | None = None
        if row.canonical_url in self.outcomes.on_the_way:
            counted = "repeated"
        elif known is None or self._is_wanted_again(known):
            return True
        elif known.outcome is None:
            counted = "repeated" if known.found_at >= self.began else None
        elif known.outcome == FORGOTTEN:
            counted = "forgotten"
        elif known.outcome in (STORED, GONE, OUTSIDE):
            counted = "known"
        else:
            counted = None if _is_due(known) else "waiting"
        if counted:
            self.stats.inc_value(f"malgeum/{counted}")
        return False

    def _is_wanted_again(self, known: PageState) -> bool:
        """Whether a row alone makes its page wanted: what was missing is read as missing, unless
        the date that was shown of it first lies outside of the period."""
        if known.outcome == OUTSIDE:
            return known.date is not None and self._is_asked_for(known)
        return known.outcome is None and not self._is_asked_for(known)

    def list_lost(self, section: str, number: int, kind: str, why: str) -> Request | None:
        """The request to go on with after a list page that could not be had."""
        try:
            with self.store.writing() as connection:
                following = self.readings[section].lose(connection, number, kind, why)
        except StoreError as error:
            self.on_trouble(error)
            return None
        return None if following is None else self.outlet.list_request(section, following, ())


def _is_due(page: PageState | PendingPage) -> bool:
    return page.due_at is not None and page.due_at <= utc_now()


def _shown(row: ListingEntry) -> dict[str, Any]:
    shown = asdict(row)
    del shown["stored"]
    return shown
