"""What is asked for, and what came of it: every page is recorded before it is fetched.

The frontier lies in the store. A crawl reads lists to known ground, records what they show, asks
for what is not stored, and notes how each visit ended; whatever kills it, the next run knows what
is left. Only one process at a time crawls an outlet.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy import Connection

from crawler import visits
from crawler.article import Article
from crawler.extract import Row
from crawler.outlet import ListPage, Outlet, list_failed, now, page_failed
from crawler.period import end_of
from crawler.reading import Reading, first_page, readings
from crawler.store import Store, StoreError, crawl, pages
from crawler.store.lease import SIGN_OF_LIFE, Lease
from crawler.store.pages import FORGOTTEN, GONE, OUTSIDE, STORED, Answer, Found, Known, Missing
from crawler.store.revisit import Visited, stored_pages, to_revisit
from crawler.store.trouble import told

logger = logging.getLogger(__name__)

NOTED_AT_ONCE = 20
"""Visits whose end is noted in one transaction. What is stored is known without it."""

LOCKED = "locked"
"""Why a crawl ended before it began: another process crawls the outlet."""

DROPS = {
    "DuplicateAddress": STORED,
    "SameArticle": STORED,
    "OlderRevision": STORED,
    "Forgotten": FORGOTTEN,
    "PageGone": GONE,
    "OutsidePeriod": OUTSIDE,
    "SoftForbidden": "forbidden",
    "NoArticle": "not_article",
    "NoBody": "not_article",
}
"""What a drop says of the page; after any other, such as a failing store's, it is still to be
fetched."""


class FrontierMiddleware:
    """Makes requests of what lists show, and remembers what came of them.

    Counts articles that are stored already as ``malgeum/known``, the same again in one crawl as
    ``malgeum/repeated``, ones that failed and whose time has not come as ``malgeum/waiting``.
    """

    def __init__(self, crawler: Crawler, store: Store) -> None:
        assert crawler.stats is not None
        self.crawler, self.store, self.stats = crawler, store, crawler.stats
        self.on_trouble = partial(crawl.give_up, crawler)
        self.ages = visits.read_ages(crawler.settings["REVISIT_AGES"])
        self.most = crawler.settings.getint("REVISITS_PER_RUN")
        self.readings: dict[str, Reading] = {}
        self.tries: dict[str, int] = {}
        """Every page asked for in this crawl, and how often it had failed before."""
        self.looked_at: set[str] = set()
        """Those of them that were stored already."""
        self.answers: list[Answer] = []
        self.began = now()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler, crawl.of(crawler))
        for receiver, signal in (
            (self.scraped, signals.item_scraped),
            (self.dropped, signals.item_dropped),
            (self.lost, page_failed),
            (self.list_lost, list_failed),
            (self.close, signals.spider_closed),
        ):
            crawler.signals.connect(receiver, signal)
        return self

    # -- what is asked for ----------------------------------------------------------------

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The lists, then what earlier runs left, then what is to be seen again."""
        outlet = self.crawler.spider
        if not isinstance(outlet, Outlet):
            async for entry in start:
                yield entry
            return
        try:
            if not self._enter(outlet):
                return
            left = pages.missing(self.store, outlet.name)
            again = list(self._again(outlet))
        except StoreError as error:
            self.on_trouble(error)
            return
        async for entry in start:
            yield self._begun(outlet, entry)
        for page in left:
            if request := self._left_over(outlet, page):
                yield request
        for visited in again:
            yield self._look(outlet, visited)

    def _enter(self, outlet: Outlet) -> bool:
        """Take the outlet, and read how far it is known; False where another process has it."""
        self.lease = Lease(self.store, outlet.name)
        if holder := self.lease.take():
            logger.error("%s is crawled by %s; this crawl leaves it alone.", outlet.name, holder)
            self.stats.inc_value("malgeum/locked")
            crawl.close(self.crawler, LOCKED)
            return False
        self.beat = create_looping_call(self._show_life)
        self.beat.start(SIGN_OF_LIFE, now=False)
        with told(self.store.engine.url), self.store.engine.begin() as connection:
            unmarked = pages.unmarked(connection, outlet.name)
        self.answers.extend(
            self._answer_of(page.canonical_url, STORED, None, page.date) for page in unmarked
        )
        self._note()
        self.readings = readings(self.store, outlet.name, outlet.arguments)
        return True

    def _begun(self, outlet: Outlet, entry: Any) -> Any:
        """A list is begun where an earlier run of the same bygone period ended."""
        section = entry.cb_kwargs.get("section") if isinstance(entry, Request) else None
        if section is None:
            return entry
        number = first_page(self.readings[section])
        return outlet.list_request(section, number, ()) if number else entry

    def _left_over(self, outlet: Outlet, page: Missing) -> Request | None:
        """The request for a page that was found before and not stored, if its time has come."""
        if page.canonical_url in self.tries:
            return None
        period = outlet.arguments.period
        if page.date is not None and not period.contains(page.date):
            return None
        if page.due_at is None or page.due_at > now():
            self.stats.inc_value("malgeum/waiting")
            return None
        self.tries[page.canonical_url] = page.tries
        self.stats.inc_value("malgeum/left_over")
        return outlet.article_request(Row(**page.shown))

    def _again(self, outlet: Outlet) -> Iterator[Visited]:
        """Stored articles that are to be looked at again: all of an age, or those due."""
        asked = outlet.arguments.revisit
        if asked == "off":
            return
        if asked is not None and asked.since is not None:
            yield from to_revisit(self.store, outlet.name, asked.since, asked.contains)
            return
        due = pages.due_again(self.store, outlet.name, now(), self.most)
        yield from stored_pages(self.store, due)

    def _look(self, outlet: Outlet, visited: Visited) -> Request:
        url, byline, date = visited
        self.tries[url] = 0
        self.looked_at.add(url)
        self.stats.inc_value("malgeum/revisits")
        text, source, shown_at = astuple(date) if date else (None, "list", None)
        row = Row(url, url, text, byline, source, shown_at or now(), stored=True)
        return outlet.article_request(row)

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
        """Record what a list page or feed shows, in one transaction; what is to be fetched now."""
        outlet = self.crawler.spider
        assert isinstance(outlet, Outlet)
        found = [Found(row.canonical_url, row.url, _shown(row), outlet.date_of(row))
                 for row in page.rows]  # fmt: skip
        following = None
        try:
            with self._writing() as connection:
                pages.answered(connection, self.answers)
                known = pages.record(connection, outlet.name, found, now())
                if page.section is not None:
                    before = {url for url, one in known.items() if one.found_at < self.began}
                    following = self.readings[page.section].read(connection, page, before)
        except StoreError as error:
            self.on_trouble(error)
            return []
        self.answers.clear()
        requests = [
            outlet.article_request(row)
            for row in page.rows
            if self._is_wanted(row, known.get(row.canonical_url))
        ]
        if following is not None:
            requests.append(outlet.list_request(page.section or "", following, page.addresses))
        return requests

    def _is_wanted(self, row: Row, known: Known | None) -> bool:
        """Whether a row's page is to be fetched now."""
        if known is None or (known.outcome is None and row.canonical_url not in self.tries):
            self.tries[row.canonical_url] = known.tries if known else 0
            return True
        if row.canonical_url in self.tries:
            counted = "repeated"
        elif known.outcome == OUTSIDE and known.date and self._asks_for(known.date):
            self.tries[row.canonical_url] = 0
            return True
        elif known.outcome == FORGOTTEN:
            counted = "forgotten"
        else:
            counted = "known" if known.outcome in (STORED, GONE, OUTSIDE) else "waiting"
        self.stats.inc_value(f"malgeum/{counted}")
        return False

    def _asks_for(self, date: str) -> bool:
        outlet = self.crawler.spider
        return isinstance(outlet, Outlet) and outlet.arguments.period.contains(date)

    # -- what came of it ------------------------------------------------------------------

    def scraped(self, item: Article, response: Response | None) -> None:
        self._noted(item, response, STORED)

    def dropped(self, item: Article, response: Response | None, exception: DropItem) -> None:
        outcome = DROPS.get(type(exception).__name__)
        if outcome is not None:
            self._noted(item, response, outcome, str(exception))

    def lost(self, canonical_url: str, kind: str, why: str) -> None:
        self._add(self._answer_of(canonical_url, kind, why, None))

    def _noted(
        self, item: Article, response: Response | None, outcome: str, why: str | None = None
    ) -> None:
        asked = response.meta.get("canonical_url") if response is not None else None
        url: str = asked or item.canonical_url
        if asked or url in self.tries:
            own = outcome == STORED and url == item.canonical_url
            due = self._next_look(item) if own else None
            self._add(self._answer_of(url, outcome, why, item.date_published, due))

    def _answer_of(
        self, url: str, outcome: str, why: str | None, date: str | None, due: datetime | None = None
    ) -> Answer:
        tries = self.tries.pop(url, 0)
        was_stored = url in self.looked_at
        self.looked_at.discard(url)
        if outcome == GONE and not was_stored:
            return Answer(url, outcome, why, date, tries, now(), None)
        if outcome in visits.AGAIN:
            tries += 1
            due = visits.after(outcome, tries, datetime.now(UTC))
        else:
            tries = 0
        if was_stored and outcome not in (STORED, GONE):
            outcome = STORED  # the page could not be seen; the article is there all the same
        return Answer(url, outcome, why, date, tries, now(), _text(due))

    def _next_look(self, item: Article) -> datetime | None:
        published = end_of(item.date_published) if item.date_published else None
        return visits.next_look(self.ages, published or datetime.now(UTC), datetime.now(UTC))

    def _add(self, answer: Answer) -> None:
        self.answers.append(answer)
        if len(self.answers) >= NOTED_AT_ONCE:
            self._note()

    def _note(self) -> None:
        try:
            with self._writing() as connection:
                pages.answered(connection, self.answers)
            self.answers.clear()
        except StoreError as error:
            self.on_trouble(error)

    def list_lost(self, section: str, number: int, kind: str, why: str) -> Request | None:
        """The request to go on with after a list page that could not be had."""
        outlet = self.crawler.spider
        assert isinstance(outlet, Outlet)
        try:
            with self._writing() as connection:
                following = self.readings[section].lose(connection, number, kind, why)
        except StoreError as error:
            self.on_trouble(error)
            return None
        return None if following is None else outlet.list_request(section, following, ())

    # -- the outlet's lease ---------------------------------------------------------------

    def _show_life(self) -> None:
        try:
            if not self.lease.renew():
                logger.error("Another process took the outlet over; this crawl ends.")
                crawl.close(self.crawler, LOCKED)
        except StoreError as error:
            self.on_trouble(error)
        if self.answers:
            self._note()

    def close(self) -> None:
        if not hasattr(self, "beat"):
            return
        if self.beat.running:
            self.beat.stop()
        self._note()
        try:
            self.lease.leave()
        except StoreError as error:
            self.on_trouble(error)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        engine = self.store.engine
        with told(engine.url), engine.execution_options(writing=True).begin() as connection:
            yield connection


def _shown(row: Row) -> dict[str, Any]:
    shown = asdict(row)
    del shown["stored"]
    return shown


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
