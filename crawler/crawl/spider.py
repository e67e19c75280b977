"""The walk that every outlet takes: lists, feeds, sitemaps → article pages → the item's first half.

An outlet (``spiders/``) says who it is, its family (``crawler/extract/cms/``) where things stand:
both are data, neither has methods of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urljoin

import scrapy
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.article import Article
from crawler.crawl.arguments import read_arguments
from crawler.crawl.failures import (
    FetchFailure,
    RequestDeferred,
    RequestRejected,
    classify_error,
    classify_page,
)
from crawler.crawl.idle import wait_until_idle
from crawler.crawl.sitemaps import Sitemaps
from crawler.dates.parse import read_date
from crawler.dates.utc import utc_now
from crawler.extract.cms.model import Cms, Render
from crawler.extract.pages import (
    NO_ARTICLE,
    ListingEntry,
    Publisher,
    is_whole,
    read_article,
    read_feed,
    read_rows,
)
from crawler.extract.selectors import find_all
from crawler.urls import Site

DATELESS_PAGES = 3
"""List pages read where no row shows a date, so that ``since`` cannot end the walk."""

ARTICLE, LIST, LOOK_AGAIN = 1, 0, -1
"""Priorities of requests: what a list page shows is fetched before the next page is read, so that
little is on the way at any time; what is known already comes last."""

list_failed = object()
"""Signal: a list page could not be read. Sent with ``section``, ``number``, ``kind``, ``why``; a
receiver may answer with the request to go on with."""

page_failed = object()
"""Signal: an article's page could not be had. Sent with ``canonical_url``, ``kind``, ``why``."""


def publisher_of(outlet: type[OutletSpider]) -> Publisher:
    return Publisher(outlet.name, outlet.display_name, outlet.home, outlet.aliases)


def site_of(outlet: type[OutletSpider]) -> Site:
    """What the outlet's addresses are read by."""
    return Site(outlet.home, outlet.cms.addresses, outlet.aliases)


def rendered(outlet: type[OutletSpider]) -> tuple[Render, ...]:
    """Which of an outlet's pages need a browser: as it says, else as its family does."""
    said = outlet.cms.render if outlet.render is None else outlet.render
    return (said,) if isinstance(said, str) else said


def index_by_host(outlets: Iterable[type[OutletSpider]]) -> dict[str, type[OutletSpider]]:
    """Outlets by each of their hosts, as ``host_of`` gives them."""
    return {host: outlet for outlet in outlets for host in site_of(outlet).hosts}


def sitemaps_of(outlet: type[OutletSpider]) -> tuple[str, ...]:
    """Where an outlet's sitemaps are: as it says, else as its family does."""
    return outlet.cms.sitemaps if outlet.sitemaps is None else outlet.sitemaps


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page of a list, a feed, or a part of a sitemap shows; the frontier makes requests
    of it."""

    rows: list[ListingEntry]
    """Those that may lie in the wanted period."""
    section: str | None = None
    """None for what is no page of a list."""
    number: int = 0
    addresses: tuple[str, ...] = ()
    """Of all rows."""
    oldest: str | None = None
    """The earliest date that a row shows."""
    end: Literal["since", "end", "limit"] | None = None
    """Why the next page is not needed: older than ``since``, the last, or as many as asked for."""


class OutletSpider(scrapy.Spider):
    """One paper. Subclasses are about ten lines: who it is, and which family it is on."""

    display_name: ClassVar[str]
    """The paper's Korean name, as its own pages print it."""
    region: ClassVar[str]
    home: ClassVar[str]
    """Scheme and host, as its own addresses carry them."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other hosts, without ``www.``, that serve the same articles under the same numbers."""
    cms: ClassVar[Cms]
    sections: ClassVar[Mapping[str, str]] = {}
    """Names of sections and the codes that stand for them in addresses, where known."""
    render: ClassVar[Render | tuple[Render, ...] | None] = None
    """Which pages need a browser, where that is not as in the family."""
    sitemaps: ClassVar[tuple[str, ...] | None] = None
    """Paths of its sitemaps, where they are not as in the family."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Only a crawl whose pages need a browser is given one, and imports what starts it."""
        super().update_settings(settings)
        if rendered(cls):
            addons = settings.getdict("ADDONS") | {"crawler.crawl.rendering.addon.BrowserAddon": 0}
            settings.set("ADDONS", addons, priority="spider")

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name)
        self.arguments = read_arguments(arguments, self.sections, datetime.now(UTC))
        self.place = publisher_of(type(self))
        self.taken = 0
        self.ends_open = False
        """Whether the outlet's pages never come to an end; known once one did not, twice."""

    async def start(self) -> AsyncIterator[Any]:
        """Feeds first: they show dates to the second. Then the first page of each list. Sitemaps
        once lists are read: many say nothing but an address, and lists show dates."""
        if not self.arguments.sections:
            for feed in self.cms.feeds:
                yield scrapy.Request(
                    urljoin(self.home, feed),
                    self.parse_feed,
                    errback=self.no_feed,
                    priority=ARTICLE,
                )
        for section in self.arguments.sections or ("",):
            yield self.list_request(section, number=0, previous=())
        if not self.arguments.sections and (paths := sitemaps_of(type(self))):
            await wait_until_idle(self.crawler)
            period = self.arguments.period
            walk = Sitemaps(self.crawler, self.place, self.cms, period, self.shown, utc_now)
            for request in walk.requests(urljoin(self.home, path) for path in paths):
                yield request

    def list_request(self, section: str, number: int, previous: tuple[str, ...]) -> scrapy.Request:
        """The ``number``-th page (from 0) of a section's list, or of the list of all."""
        form = self.cms.section_page if section else self.cms.list_page
        address = form.format(section=section, page=self.cms.first_page + number)
        return scrapy.Request(
            urljoin(self.home, address),
            self.parse_list,
            errback=self.failed,
            cb_kwargs={"section": section, "number": number, "previous": previous},
            dont_filter=True,
            priority=LIST,
        )

    def parse_feed(self, response: Response) -> Iterator[ListPage]:
        """A feed's items; a feed that is switched off has none."""
        if isinstance(response, TextResponse):
            yield self.shown(read_feed(response.text, self.cms, self.place, utc_now()))

    def shown(self, rows: list[ListingEntry]) -> ListPage:
        """What a feed, or a part of a sitemap, tells the frontier."""
        return ListPage(self.wanted(rows))

    def no_feed(self, failure: Failure) -> None:
        """A feed is a help, not a need: the lists hold the same articles."""
        self.logger.debug("no feed: %s", failure.value)

    def parse_list(
        self, response: Response, section: str, number: int, previous: tuple[str, ...]
    ) -> Iterator[ListPage | scrapy.Request]:
        """A list page's rows, and whether there may be more on the next."""
        if not isinstance(response, TextResponse):
            yield from self.list_unread(response, "broken", "no text")
            return
        rows = read_rows(response.selector, response.url, self.cms, self.place, utc_now())
        addresses = tuple(row.canonical_url for row in rows)
        if not rows:
            yield from self.empty_list(response, section, number)
        elif addresses == previous:  # some families repeat the last page for ever
            yield ListPage([], section, number, end="end")
        else:
            self.count("list_pages")
            dates = [date for row in rows if not row.pinned and (date := self.date_of(row))]
            yield ListPage(
                self.wanted(rows), section, number, addresses, min(dates, default=None),
                self.end_of(rows, number),
            )  # fmt: skip

    def empty_list(
        self, response: TextResponse, section: str, number: int
    ) -> Iterator[ListPage | scrapy.Request]:
        """A list page without rows: past the end, an error page, or a layout not known."""
        # what is missing on the page of a deleted article is missing here anyway
        error = self.cms.soft_error(response.text, whole=False)
        if find_all(response.selector, self.cms.empty_list):
            self.count("list_pages")
            yield ListPage([], section, number, end="end")
        elif error and error.startswith("retry"):
            yield from self.again(response, error)
        elif told := classify_page(response.text, whole=is_whole(response.text)):
            yield from self.no_page(response, *told)
        elif error or not self.cms.matches(response.selector):
            yield from self.list_unread(response, "broken", "an error page, no list")
        elif number == 0:
            self.count("broken_lists")
            self.logger.error("%s shows no rows in any known layout", response.url)
        else:  # past the end, for a family that says nothing there
            yield ListPage([], section, number, end="end")

    def list_unread(self, response: Response, kind: str, why: str) -> Iterator[scrapy.Request]:
        """Count a list page that cannot be read, and go on with what the frontier says."""
        self.count("failed_lists")
        self.logger.error("%s could not be read: %s", response.url, why)
        assert response.request is not None
        yield from self.list_lost(response.request, kind, why)

    def list_lost(self, request: scrapy.Request, kind: str, why: str) -> Iterator[scrapy.Request]:
        told = {name: request.cb_kwargs[name] for name in ("section", "number")}
        answers = self.crawler.signals.send_catch_log(list_failed, kind=kind, why=why, **told)
        yield from (answer for _, answer in answers if isinstance(answer, scrapy.Request))

    def again(self, response: TextResponse, why: str) -> Iterator[scrapy.Request]:
        """The same request once more, later; counted as failed where it was the last try."""
        assert response.request is not None
        retry = get_retry_request(response.request, spider=self, reason=why)
        if retry:
            yield retry
        else:
            self.count("temporary")
            yield from self.not_had(response.request, "temporary", why)

    def end_of(self, rows: list[ListingEntry], number: int) -> Literal["since", "limit"] | None:
        """Why the next list page is not needed; None where it may hold wanted articles."""
        if self.all_before(rows):
            return "since"
        if self.arguments.pages is not None:
            return "limit" if number + 1 >= self.arguments.pages else None
        is_dated = any(self.date_of(row) for row in rows)
        return None if is_dated or number + 1 < DATELESS_PAGES else "since"

    def all_before(self, rows: list[ListingEntry]) -> bool:
        """Whether every row is older than the wanted period; pinned ones do not count."""
        days = [self.date_of(row) for row in rows if not row.pinned]
        return bool(days) and all(
            day is not None and self.arguments.period.is_before(day) for day in days
        )

    def date_of(self, row: ListingEntry) -> str | None:
        """A row's date; rows show it without a year, or today only as a time."""
        read = read_date(row.date, datetime.fromisoformat(row.shown_at)) if row.date else None
        return read.value if read else None

    def wanted(self, rows: list[ListingEntry]) -> list[ListingEntry]:
        """The rows that may lie in the wanted period."""
        days = [self.date_of(row) for row in rows]
        return [
            row
            for row, day in zip(rows, days, strict=True)
            if day is None or self.arguments.period.contains(day)
        ]

    def article_request(self, row: ListingEntry) -> scrapy.Request:
        return scrapy.Request(
            row.url,
            self.parse_article,
            errback=self.failed,
            cb_kwargs={"row": row},
            meta={"canonical_url": row.canonical_url},
            # The frontier knows what was asked for; Scrapy's filter would drop a redirect to an
            # address that was asked for before, without a word to anybody.
            dont_filter=True,
            priority=LOOK_AGAIN if row.stored else ARTICLE,
        )

    def parse_article(
        self, response: Response, row: ListingEntry
    ) -> Iterator[Article | scrapy.Request]:
        """The item's first half: what the page says, as it says it."""
        if not isinstance(response, TextResponse):
            self.count("broken")
            self.lost(row, "broken", "no text")
            return
        self.stop_at_limit()  # this page may have been on the way when the last one came
        whole = is_whole(response.text)
        article = read_article(
            response.selector,
            response.url,
            self.cms,
            self.place,
            fetched_at=response.meta.get("fetched_at") or utc_now(),
            whole=whole,
            row=row,
        )
        article.warc_location = response.meta.get("record")
        if article.soft_error and article.soft_error.startswith("retry"):
            yield from self.again(response, article.soft_error)
            return
        is_unknown = article.soft_error == NO_ARTICLE
        told = classify_page(response.text, whole=whole) if is_unknown else None
        if told is None and not whole and not self.is_never_whole(response):
            told = FetchFailure("temporary", "a page that was cut short")
        if told is not None:
            yield from self.no_page(response, *told)
            return
        if is_unknown and not self.cms.matches(response.selector):
            article.soft_error = f"{NO_ARTICLE}, which looks nothing like {self.cms.name} any more"
        self.taken += not article.soft_error and not row.stored
        yield article
        self.stop_at_limit()

    def is_never_whole(self, response: TextResponse) -> bool:
        """Whether the outlet's pages have no end: one that is cut is cut elsewhere next time."""
        length = len(response.text)
        self.ends_open = self.ends_open or response.meta.get("cut_at") == length
        assert response.request is not None
        response.request.meta["cut_at"] = length
        return self.ends_open

    def no_page(self, response: TextResponse, kind: str, why: str) -> Iterator[scrapy.Request]:
        """A page that came well and is none: asked for again at once, or told to the frontier."""
        if kind == "temporary":
            yield from self.again(response, why)
        else:
            self.count(kind)
            self.logger.warning("%s: %s: %s", kind, response.url, why)
            assert response.request is not None
            yield from self.not_had(response.request, kind, why)

    def stop_at_limit(self) -> None:
        """End the crawl once as many articles are taken as were asked for."""
        if self.arguments.limit is not None and self.taken >= self.arguments.limit:
            raise CloseSpider("limit")

    def failed(self, failure: Failure) -> Iterator[Article | scrapy.Request]:
        """A page that could not be had, counted by kind. An article's that is gone is told to the
        stages, as one whose page says so is; one that was not asked for is still to be fetched."""
        error = failure.value
        assert error is not None
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        kind, why = classify_error(error)
        if isinstance(error, RequestDeferred):
            return
        self.count(kind)
        if not isinstance(error, RequestRejected):  # which has been said
            self.logger.warning("%s: %s: %s", kind, request.url, why)
        if isinstance(error, HttpError) and kind == "gone" and "row" in request.cb_kwargs:
            yield self.gone(error.response, request.cb_kwargs["row"])
        else:
            yield from self.not_had(request, kind, why)

    def not_had(self, request: scrapy.Request, kind: str, why: str) -> Iterator[scrapy.Request]:
        """Tell the frontier of a page that could not be had, and go on with what it says."""
        row = request.cb_kwargs.get("row")
        if row is not None:
            self.lost(row, kind, why)
        elif "section" in request.cb_kwargs:
            yield from self.list_lost(request, kind, why)

    def lost(self, row: ListingEntry, kind: str, why: str) -> None:
        told = {"canonical_url": row.canonical_url, "kind": kind, "why": why}
        self.crawler.signals.send_catch_log(page_failed, **told)

    def gone(self, response: Response, row: ListingEntry) -> Article:
        """What stands for an article whose page is no more."""
        return Article(
            url=response.url,
            canonical_url=row.canonical_url,
            outlet=self.name,
            fetched_at=response.meta.get("fetched_at") or utc_now(),
            soft_error=f"gone: HTTP {response.status}",
        )

    def count(self, what: str) -> None:
        """One more under ``malgeum/…`` in the crawl's stats; the exit code is read from them."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"malgeum/{what}")
