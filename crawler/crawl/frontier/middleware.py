"""What is asked for: every page is recorded before it is fetched.

The frontier lies in the store. A crawl reads lists to known ground, records what they show, asks
for what is not stored, and notes how each visit ended; whatever kills it, the next run knows what
is left. What is left is read a few at a time, so that it does not matter how much it is. Only one
process at a time crawls an outlet.
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
"""Pages that are on the way at any time at the most: a sitemap may show 50,000. What is more is
recorded, and asked for when these have come."""


class FrontierMiddleware:
    """Makes requests of what lists, feeds and sitemaps show, and records how they end.

    Rows that are not fetched are counted by the reason why.
    """

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self.crawler, self.store = crawler, store
        self.on_trouble = partial(crawl.abort, crawler)
        self.results = VisitResults.of(crawler)
        self.most = crawler.settings.getint("REVISITS_PER_RUN")
        self.lists: dict[str, ListCrawl] = {}
        self.began = utc_now()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, crawl.store_of(crawler))

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
        self.outlet.pass_on = self.pass_on
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

    def _known(self) -> list[StoredPage]:
        """Read how far the outlet's lists are known, and what is to be seen again."""
        name = self.outlet.name
        for page in pages.stored_without_result(self.store, name):
            self.results.end_stored(page)
        self.results.write()
        self.lists = list_crawls(self.store, name, self.outlet.arguments)
        asked = self.outlet.arguments.revisit
        if asked == "off":
            return []
        if asked is not None and asked.since is not None:
            return to_revisit(self.store, name, asked.since, asked.contains)
        return stored_pages(self.store, pages.due_again(self.store, name, utc_now(), self.most))

    def _begun(self, entry: Any) -> Any:
        """A list is begun where an earlier run of the same bygone period ended."""
        context = context_of(entry) if isinstance(entry, Request) else None
        if isinstance(context, ListContext) and (number := first_page(self.lists[context.section])):
            return self.outlet.list_request(context.section, number, ())
        return entry

    async def _left(self) -> AsyncIterator[Request]:
        """Requests for what is missing, some at a time, each some when all before are answered:
        so the lists have shown all that they are to show before the first is read."""
        last: PendingPage | None = None
        while True:
            await wait_until_idle(self.crawler)
            self.results.write()
            try:
                some = pages.pending_after(self.store, self.outlet.name, last, MAX_IN_FLIGHT)
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
            if was_asked or page.canonical_url in self.results.in_flight:
                continue
            if not self._is_asked_for(page):
                continue
            if not _is_due(page):
                inc(self.crawler, WAITING)
                continue
            if page.found_at < self.began:
                inc(self.crawler, LEFT_OVER)
            self.results.begin(page.canonical_url, page.attempts)
            yield self.outlet.article_request(ListingEntry(**page.listing))

    def _is_asked_for(self, page: PageState | PendingPage) -> bool:
        return page.date is None or self.outlet.arguments.period.contains(page.date)

    def _looks(self, again: list[StoredPage]) -> Iterator[Request]:
        for url, byline, date in again:
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
        """Record what a list page, a feed or a part of a sitemap shows, in one transaction; what is
        to be fetched now."""
        found = [
            DiscoveredPage(row.canonical_url, row.url, _shown(row), self.outlet.date_of(row))
            for row in page.rows
        ]
        following = None
        try:
            with self.store.writing() as connection:
                self.results.write_with(connection)
                known = pages.record_discovered(connection, self.outlet.name, found, utc_now())
                if page.section is not None and not self._is_emptied(connection, page):
                    before = {url for url, one in known.items() if one.found_at < self.began}
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
        """Requests for the rows that are wanted, as many as may be on the way. What is more stands
        in the store as missing; so does then what was not wanted before."""
        later: dict[str, str | None] = {}
        for row in rows:
            one = known.get(row.canonical_url)
            if not self._is_wanted(row, one):
                continue
            if len(self.results.in_flight) < MAX_IN_FLIGHT:
                self.results.begin(
                    row.canonical_url, one.attempts if one and not one.outcome else 0
                )
                yield self.outlet.article_request(row)
            elif one is not None:
                date = one.date if one.outcome == OUTSIDE else self.outlet.date_of(row)
                later[row.canonical_url] = date
        pages.mark_wanted(connection, later, utc_now())

    def _is_emptied(self, connection: Connection, page: ListPage) -> bool:
        """Whether a list of which articles are known shows none: an error, and no quiet day."""
        if page.number or page.addresses:
            return False
        if not pages.count_discovered(connection, "", self.outlet.name):
            return False
        inc(self.crawler, RunOutcome.EMPTIED_LIST.stat)
        logger.error("A list of %s is empty that was not before.", self.outlet.name)
        return True

    def _is_wanted(self, row: ListingEntry, known: PageState | None) -> bool:
        """Whether a row's page is to be fetched for its sake; else it is counted why not. What is
        known and missing is left to those who read what is missing, as it was shown first."""
        counted: str | None = None
        if row.canonical_url in self.results.in_flight:
            counted = REPEATED
        elif known is None or self._is_wanted_again(known):
            return True
        elif known.outcome is None:
            counted = REPEATED if known.found_at >= self.began else None
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
        """Whether a row alone makes its page wanted: what was missing is read as missing, unless
        the date that was shown of it first lies outside of the period."""
        if known.outcome == OUTSIDE:
            return known.date is not None and self._is_asked_for(known)
        return known.outcome is None and not self._is_asked_for(known)

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


def _shown(row: ListingEntry) -> dict[str, Any]:
    shown = asdict(row)
    del shown["stored"]
    return shown
