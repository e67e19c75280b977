"""What came of each page that was asked for, noted in the frontier a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from sqlalchemy import Connection

from crawler.article import Article
from crawler.crawl.frontier import schedule as visits
from crawler.crawl.spider import page_failed
from crawler.dates.period import end_of
from crawler.dates.utc import format_utc, utc_now
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier import pages
from crawler.store.frontier.pages import FORGOTTEN, GONE, OUTSIDE, STORED, VisitResult

NOTED_AT_ONCE = 20
"""Visits whose end is noted in one transaction. If a kill comes first, failures are only tried
again; what is stored is known without it."""

DROPS = {
    "DuplicateAddress": STORED,
    "SameArticle": STORED,
    "OlderRevision": STORED,
    "Forgotten": FORGOTTEN,
    "PageGone": GONE,
    "OutsidePeriod": OUTSIDE,
    "SoftForbidden": "members",
    "NoArticle": "not_article",
    "NoBody": "not_article",
}
"""What a drop says of the page; after any other, such as a failing store's, it is still to be
fetched."""


class VisitResults:
    """Every page that is on the way, and how visits ended that are not noted yet."""

    def __init__(self, store: Store, ages: str, on_trouble: Callable[[StoreError], None]) -> None:
        self.store, self.on_trouble = store, on_trouble
        self.ages = visits.read_ages(ages)
        self.on_the_way: dict[str, int] = {}
        """By canonical address: how often it has failed before."""
        self.stored: set[str] = set()
        """Those of them that are only looked at again."""
        self.answers: list[VisitResult] = []

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Told of everything by the crawl's signals."""
        ages, trouble = crawler.settings["REVISIT_AGES"], partial(crawl.abort, crawler)
        self = cls(crawl.store_of(crawler), ages, trouble)
        crawler.signals.connect(self.scraped, signals.item_scraped)
        crawler.signals.connect(self.dropped, signals.item_dropped)
        crawler.signals.connect(self.lost, page_failed)
        crawler.signals.connect(self.note, signals.spider_closed)
        return self

    def ask(self, url: str, tries: int = 0, *, stored: bool = False) -> None:
        """A page is going to be fetched."""
        self.on_the_way[url] = tries
        if stored:
            self.stored.add(url)

    def scraped(self, item: Article, response: Response | None) -> None:
        url = _asked(item, response)
        is_own = url == item.canonical_url
        self.end(url, STORED, date=item.date_published, is_own=is_own)

    def dropped(self, item: Article, response: Response | None, exception: DropItem) -> None:
        outcome = DROPS.get(type(exception).__name__)
        if outcome is not None:
            self.end(_asked(item, response), outcome, str(exception), item.date_published)

    def lost(self, canonical_url: str, kind: str, why: str) -> None:
        self.end(canonical_url, kind, why)

    def end(
        self,
        url: str,
        outcome: str,
        why: str | None = None,
        date: str | None = None,
        *,
        is_own: bool = False,
    ) -> None:
        """A visit ended; nothing is noted of pages that nobody asked for. ``is_own``: the page is
        its article's, which is to be looked at again one day."""
        if url not in self.on_the_way:
            return
        tries, was_stored = self.on_the_way.pop(url), url in self.stored
        self.stored.discard(url)
        clock, due = datetime.now(UTC), None
        if outcome == STORED and (is_own or was_stored):
            published = end_of(date) if date else clock
            tries, due = 0, visits.next_look(self.ages, published, clock)
        elif outcome in visits.AGAIN and (was_stored or outcome != GONE):
            tries, due = tries + 1, visits.after(outcome, tries + 1, clock)
        if was_stored and outcome != GONE:
            outcome = STORED  # whatever its page shows now, the article is there
        self.answers.append(VisitResult(url, outcome, why, date, tries, utc_now(), _text(due)))
        if len(self.answers) >= NOTED_AT_ONCE:
            self.note()

    def note(self) -> None:
        """Write what is not noted yet."""
        try:
            with self.store.writing() as connection:
                self.note_with(connection)
        except StoreError as error:
            self.on_trouble(error)
        else:
            self.answers.clear()

    def note_with(self, connection: Connection) -> None:
        """Write it in a transaction of somebody else, who clears ``answers`` once it is done."""
        pages.record_results(connection, self.answers)


def _asked(item: Article, response: Response | None) -> str:
    """The address that was asked for, which may be an alias of the article's."""
    asked: str | None = response.meta.get("canonical_url") if response is not None else None
    return asked or item.canonical_url


def _text(moment: datetime | None) -> str | None:
    return format_utc(moment) if moment else None
