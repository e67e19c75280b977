"""Records the result of each page visit in the stats and, in batches, in the frontier table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.http import Response
from sqlalchemy import Connection
from twisted.python.failure import Failure

from crawler.article import Article
from crawler.crawl.frontier import schedule
from crawler.crawl.page_context import entry_of
from crawler.dates.period import end_of
from crawler.dates.utc import format_utc, utc_now
from crawler.outcomes.drops import PageDropped
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import inc
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier import pages
from crawler.store.frontier.pages import PageState, VisitResult

BATCH_SIZE = 20
"""Results that are written in one transaction. After a kill, failures of an unwritten batch are
only tried again; what is stored is known without it."""

visit_ended = object()
"""Signal: a page visit ended. Sent with ``url`` and ``outcome``; receivers return nothing."""


class VisitResults:
    """Pages that are in flight, and results that are not written yet."""

    def __init__(self, crawler: Crawler, store: Store, ages: str) -> None:
        self.crawler, self.store = crawler, store
        self.on_trouble: Callable[[StoreError], None] = partial(crawl.abort, crawler)
        self.ages = schedule.read_ages(ages)
        self.in_flight: dict[str, int] = {}
        """By canonical URL: how often the page has failed before."""
        self.revisited: set[str] = set()
        """Those of them whose article is stored."""
        self.unwritten: list[VisitResult] = []

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Make it a receiver of the crawl's signals."""
        self = cls(crawler, crawl.store_of(crawler), crawler.settings["REVISIT_AGES"])
        crawler.signals.connect(self.scraped, signals.item_scraped)
        crawler.signals.connect(self.dropped, signals.item_dropped)
        crawler.signals.connect(self.stage_failed, signals.item_error)
        crawler.signals.connect(self.spider_failed, signals.spider_error)
        crawler.signals.connect(self.write, signals.spider_closed)
        return self

    def begin(self, url: str, attempts: int = 0, *, stored: bool = False) -> None:
        """Note that a page is going to be fetched."""
        self.in_flight[url] = attempts
        if stored:
            self.revisited.add(url)

    def scraped(self, item: Article, response: Response | None) -> None:
        """Record an article that was stored, or a new revision of it."""
        url = _requested(item, response)
        outcome = PageOutcome.REVISED if item.revision > 1 else PageOutcome.STORED
        self.end(
            url, outcome, date=item.date_published, is_own=url == item.canonical_url, page=item.url
        )

    def dropped(self, item: Article, response: Response | None, exception: DropItem) -> None:
        """Record an article that a stage of ours dropped; what other stages drop stays pending."""
        if isinstance(exception, PageDropped):
            url, reason = _requested(item, response), str(exception)
            self.end(url, exception.outcome, reason, item.date_published, page=item.url)

    def stage_failed(self, item: Article, response: Response | None, failure: Failure) -> None:
        """Record an article at which a stage raised an exception."""
        url, error = _requested(item, response), failure.value
        self.end(url, PageOutcome.UNEXPECTED, f"{type(error).__name__}: {error}", page=item.url)

    def spider_failed(self, failure: Failure, response: Response | Failure) -> None:
        """Record a page at which the spider raised an exception."""
        request: Request | None = getattr(response, "request", None)
        entry = entry_of(request) if request is not None else None
        error = failure.value
        if entry is not None and not isinstance(error, CloseSpider):
            reason = f"{type(error).__name__}: {error}"
            self.end(entry.canonical_url, PageOutcome.UNEXPECTED, reason)

    def end(
        self,
        url: str,
        outcome: PageOutcome,
        reason: str | None = None,
        date: str | None = None,
        *,
        is_own: bool = False,
        page: str | None = None,
    ) -> None:
        """Count the end of a visit, and record it unless the page stays as it was.

        Visits of pages that are not in flight are ignored. ``is_own``: the URL is the article's
        canonical one, so it is revisited later. ``page``: the URL that was fetched.
        """
        if url not in self.in_flight:
            return
        visit: Any = "revisit" if url in self.revisited else "page"
        inc(self.crawler, outcome.stat(visit))
        self.crawler.signals.send_catch_log(visit_ended, url=page or url, outcome=outcome)
        if not outcome.row.kept:
            self._record(url, outcome, reason, date, is_own=is_own)

    def end_stored(self, page: PageState) -> None:
        """Record a page that an earlier run stored and was killed before it wrote the result."""
        self.begin(page.canonical_url)
        self._record(page.canonical_url, PageOutcome.STORED, None, page.date, is_own=True)

    def _record(
        self, url: str, outcome: PageOutcome, reason: str | None, date: str | None, *, is_own: bool
    ) -> None:
        attempts, was_stored = self.in_flight.pop(url), url in self.revisited
        self.revisited.discard(url)
        clock, due, noted = datetime.now(UTC), None, outcome.noted
        is_gone = outcome is PageOutcome.GONE
        if noted == PageOutcome.STORED and (is_own or was_stored):
            published = end_of(date) if date else clock
            attempts, due = 0, schedule.next_look(self.ages, published, clock)
        elif outcome.row.waits and (was_stored or not is_gone):
            attempts += 1
            due = schedule.next_attempt(outcome, attempts, clock)
        if was_stored and not is_gone:
            noted = PageOutcome.STORED.value  # whatever its page shows now, the article is stored
        due_at = format_utc(due) if due else None
        self.unwritten.append(VisitResult(url, noted, reason, date, attempts, utc_now(), due_at))
        if len(self.unwritten) >= BATCH_SIZE:
            self.write()

    def write(self) -> None:
        """Write the results that are not written yet."""
        try:
            with self.store.writing() as connection:
                self.write_with(connection)
        except StoreError as error:
            self.on_trouble(error)
        else:
            self.unwritten.clear()

    def write_with(self, connection: Connection) -> None:
        """Write them in the caller's transaction; the caller clears ``unwritten`` afterwards."""
        pages.record_results(connection, self.unwritten)


def _requested(item: Article, response: Response | None) -> str:
    """Return the canonical URL that was requested, which may be an alias of the article's."""
    request = response.request if response is not None else None
    entry = entry_of(request) if request is not None else None
    return entry.canonical_url if entry else item.canonical_url
