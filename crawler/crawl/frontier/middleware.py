"""Frontier spider middleware: stores every discovered page before requesting it.

A crawl reads lists down to the watermark, stores what they show, requests what is not stored, and
records the result of each visit. Whatever kills it, the next run knows what is left, and reads it
in batches. Only one process at a time crawls an outlet.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
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
from crawler.crawl.page_context import ListContext, context_of
from crawler.crawl.spider import ListFailed, ListPage, OutletSpider, PageFailed, Result
from crawler.dates.utc import utc_now
from crawler.extract.pages import ListingEntry
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import (
    ERASED_ROWS,
    KNOWN,
    LEFT_OVER,
    REPEATED,
    REVISITS,
    WAITING,
    inc,
)
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier import pages
from crawler.store.frontier.due import StoredPage, stored_pages, to_revisit
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

MAX_IN_FLIGHT = 200
"""Pages in flight at most: a sitemap may show 50,000. The others are stored and wait."""


class FrontierMiddleware:
    """Turns rows of lists, feeds and sitemaps into requests, and records how they end.

    Rows that are not fetched are counted by their reason.
    """

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self.crawler, self.store = crawler, store
        self.on_trouble = partial(crawl.abort, crawler)
        self.results = VisitResults.of(crawler)
        self.max_revisits = crawler.settings.getint("REVISITS_PER_RUN")
        self.lists: dict[str, ListCrawl] = {}
        self.started_at = utc_now()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware with the crawl's store."""
        return cls(crawler, crawl.store_of(crawler))

    @property
    def outlet(self) -> OutletSpider:
        """The spider."""
        assert isinstance(self.crawler.spider, OutletSpider)
        return self.crawler.spider

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Start with the lists, then request pending pages, then stored ones that are due."""
        if not isinstance(self.crawler.spider, OutletSpider):
            async for entry in start:
                yield entry
            return
        self.outlet.pass_on = self.pass_on
        try:
            if not OutletLock(self.crawler, self.store, self.outlet.name).acquire():
                return
            due = self._load_state()
        except StoreError as error:
            self.on_trouble(error)
            return
        async for entry in start:
            yield self._resume_list(entry)
        async for request in self._pending_requests():
            yield request
        for request in self._revisit_requests(due):
            yield request

    def _load_state(self) -> list[StoredPage]:
        """Load how far lists are read; return the stored articles to revisit."""
        name = self.outlet.name
        for page in pages.stored_without_result(self.store, name):
            self.results.end_stored(page)
        self.results.write()
        self.lists = list_crawls(self.store, name, self.outlet.arguments)
        period = self.outlet.arguments.revisit
        if period == "off":
            return []
        if period is not None and period.since is not None:
            return to_revisit(self.store, name, period.since, period.contains)
        return stored_pages(
            self.store, pages.due_again(self.store, name, utc_now(), self.max_revisits)
        )

    def _resume_list(self, entry: Any) -> Any:
        """Start a list where an earlier run of the same past period ended."""
        context = context_of(entry) if isinstance(entry, Request) else None
        if isinstance(context, ListContext) and (number := first_page(self.lists[context.section])):
            return self.outlet.list_request(context.section, number, ())
        return entry

    async def _pending_requests(self) -> AsyncIterator[Request]:
        """Yield requests for pending pages, a batch at a time.

        Each batch waits until all before are answered, so the lists are read first.
        """
        last: PendingPage | None = None
        while True:
            await wait_until_idle(self.crawler)
            self.results.write()
            try:
                batch = pages.pending_after(self.store, self.outlet.name, last, MAX_IN_FLIGHT)
            except StoreError as error:
                self.on_trouble(error)
                return
            if not batch:
                return
            last = batch[-1]
            for request in self._requests(batch):
                yield request

    def _requests(self, pending: list[PendingPage]) -> Iterator[Request]:
        """Yield requests for pending pages that are due, unless this run requested them already."""
        for page in pending:
            was_requested = page.requested_at is not None and page.requested_at >= self.started_at
            if was_requested or page.canonical_url in self.results.in_flight:
                continue
            if not self._is_in_period(page):
                continue
            if not _is_due(page):
                inc(self.crawler, WAITING)
                continue
            if page.found_at < self.started_at:
                inc(self.crawler, LEFT_OVER)
            self.results.begin(page.canonical_url, page.attempts)
            yield self.outlet.article_request(ListingEntry(**page.listing))

    def _is_in_period(self, page: PageState | PendingPage) -> bool:
        return page.date is None or self.outlet.arguments.period.contains(page.date)

    def _revisit_requests(self, due: list[StoredPage]) -> Iterator[Request]:
        for url, byline, date in due:
            inc(self.crawler, REVISITS)
            self.results.begin(url, stored=True)
            text, source, shown_at = astuple(date) if date else (None, "list", None)
            row = ListingEntry(url, url, text, byline, source, shown_at or utc_now(), stored=True)
            yield self.outlet.article_request(row)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Handle what a callback yields, and what an errback yields for an HTTP error."""
        async for entry in result:
            for handled in self.handle(entry):
                yield handled

    def pass_on(self, results: Iterable[Result]) -> Iterator[Any]:
        """Handle what an errback yields: Scrapy asks no spider middleware for a failed download."""
        for result in results:
            yield from self.handle(result)

    def handle(self, result: Any) -> Iterator[Any]:
        """Turn what the spider says of lists and failures into requests; items pass unchanged."""
        if isinstance(result, ListPage):
            yield from self.read(result)
        elif isinstance(result, PageFailed):
            self.results.end(result.canonical_url, result.outcome, result.reason)
        elif isinstance(result, ListFailed):
            yield from self.lose(result)
        else:
            yield result

    def read(self, page: ListPage) -> list[Request]:
        """Store the rows of a list page, feed or sitemap at once; return the next requests."""
        discovered = [
            DiscoveredPage(row.canonical_url, row.url, _listing(row), self.outlet.date_of(row))
            for row in page.rows
        ]
        following = None
        try:
            with self.store.writing() as connection:
                self.results.write_with(connection)
                known = pages.record_discovered(connection, self.outlet.name, discovered, utc_now())
                if page.section is not None and not self._is_emptied(connection, page):
                    before = {
                        url for url, state in known.items() if state.found_at < self.started_at
                    }
                    following = self.lists[page.section].read(connection, page, before)
                requests = list(self._wanted(connection, page.rows, known))
        except StoreError as error:
            self.on_trouble(error)
            return []
        self.results.unwritten.clear()
        if page.section is not None and following is not None:
            requests.append(self.outlet.list_request(page.section, following, page.addresses))
        return requests

    def _wanted(
        self, connection: Connection, rows: list[ListingEntry], known: dict[str, PageState]
    ) -> Iterator[Request]:
        """Yield requests for wanted rows as far as allowed; the others become pending."""
        later: dict[str, str | None] = {}
        for row in rows:
            state = known.get(row.canonical_url)
            if not self._is_wanted(row, state):
                continue
            if len(self.results.in_flight) < MAX_IN_FLIGHT:
                attempts = state.attempts if state and not state.outcome else 0
                self.results.begin(row.canonical_url, attempts)
                yield self.outlet.article_request(row)
            elif state is not None:
                date = state.date if state.outcome == OUTSIDE else self.outlet.date_of(row)
                later[row.canonical_url] = date
        pages.mark_wanted(connection, later, utc_now())

    def _is_emptied(self, connection: Connection, page: ListPage) -> bool:
        """Return True if a list that had articles shows none: an error, not a quiet day."""
        if page.number or page.addresses:
            return False
        if not pages.count_discovered(connection, "", self.outlet.name):
            return False
        inc(self.crawler, RunOutcome.EMPTIED_LIST.stat)
        logger.error("A list of %s is empty, which had articles before.", self.outlet.name)
        return True

    def _is_wanted(self, row: ListingEntry, known: PageState | None) -> bool:
        """Return True if a row's page must be fetched because of the row; count the others.

        Pages that are pending already are left to :meth:`_pending_requests`.
        """
        counted: str | None = None
        if row.canonical_url in self.results.in_flight:
            counted = REPEATED
        elif known is None or self._is_wanted_again(known):
            return True
        elif known.outcome is None:
            counted = REPEATED if known.found_at >= self.started_at else None
        elif known.outcome == FORGOTTEN:
            counted = ERASED_ROWS
        elif known.outcome in (STORED, GONE, OUTSIDE):
            counted = KNOWN
        else:
            counted = None if _is_due(known) else WAITING
        if counted:
            inc(self.crawler, counted)
        return False

    def _is_wanted_again(self, known: PageState) -> bool:
        """Return True if the row of a known page makes it wanted.

        A pending page is not, unless its first listing had a date outside the period.
        """
        if known.outcome == OUTSIDE:
            return known.date is not None and self._is_in_period(known)
        return known.outcome is None and not self._is_in_period(known)

    def lose(self, failed: ListFailed) -> Iterator[Request]:
        """Record a list page that could not be read; request the next one, if any is wanted."""
        outcome, section = failed.outcome, failed.section
        stat = outcome.stat("list") if isinstance(outcome, PageOutcome) else outcome.stat
        inc(self.crawler, stat)
        try:
            with self.store.writing() as connection:
                following = self.lists[section].lose(
                    connection, failed.number, failed.reason, passing=outcome.row.passing
                )
        except StoreError as error:
            self.on_trouble(error)
            return
        if following is not None:
            yield self.outlet.list_request(section, following, ())


def _is_due(page: PageState | PendingPage) -> bool:
    return page.due_at is not None and page.due_at <= utc_now()


def _listing(row: ListingEntry) -> dict[str, Any]:
    listing = asdict(row)
    del listing["stored"]
    return listing
