"""The walk that every outlet takes: lists and feeds → article pages → the item's first half.

An outlet (``spiders/``) says who it is, its family (``crawler/cms/``) where things stand:
both are data, neither has methods of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urljoin

import scrapy
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.address import Site
from crawler.arguments import read_arguments
from crawler.article import Article
from crawler.dates import read_date
from crawler.extract import Place, Row, is_whole, read_article, read_feed, read_rows
from crawler.family import Family
from crawler.selectors import find_all

DATELESS_PAGES = 3
"""List pages read where no row shows a date, so that ``since`` cannot end the walk."""

STATUSES = {404: "gone", 410: "gone", 401: "blocked", 403: "blocked", 429: "blocked"}
"""What a page's HTTP status is counted as; any other that is no success: ``failed_pages``."""


def now() -> str:
    """The time as the item carries it: UTC, ``2024-09-11T00:14:32Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def place_of(outlet: type[Outlet]) -> Place:
    return Place(outlet.name, outlet.paper, outlet.home, outlet.aliases)


def site_of(outlet: type[Outlet]) -> Site:
    """What the outlet's addresses are read by."""
    return Site(outlet.home, outlet.family.addresses, outlet.aliases)


def by_host(outlets: Iterable[type[Outlet]]) -> dict[str, type[Outlet]]:
    """Outlets by each of their hosts, as ``host_of`` gives them."""
    return {host: outlet for outlet in outlets for host in site_of(outlet).hosts}


class Outlet(scrapy.Spider):
    """One paper. Subclasses are about ten lines: who it is, and which family it is on."""

    paper: ClassVar[str]
    """The paper's Korean name, as its own pages print it."""
    region: ClassVar[str]
    home: ClassVar[str]
    """Scheme and host, as its own addresses carry them."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other hosts, without ``www.``, that serve the same articles under the same numbers."""
    family: ClassVar[Family]
    sections: ClassVar[Mapping[str, str]] = {}
    """Names of sections and the codes that stand for them in addresses, where known."""

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name)
        self.arguments = read_arguments(arguments, self.sections, datetime.now(UTC))
        self.place = place_of(type(self))
        self.taken = 0

    async def start(self) -> AsyncIterator[Any]:
        """Feeds first: they show dates to the second. Then the first page of each list."""
        if not self.arguments.sections:
            for feed in self.family.feeds:
                yield scrapy.Request(
                    urljoin(self.home, feed), self.parse_feed, errback=self.no_feed
                )
        for section in self.arguments.sections or ("",):
            yield self.list_request(section, number=0, previous=())

    def list_request(self, section: str, number: int, previous: tuple[str, ...]) -> scrapy.Request:
        """The ``number``-th page (from 0) of a section's list, or of the list of all."""
        form = self.family.section_page if section else self.family.list_page
        address = form.format(section=section, page=self.family.first_page + number)
        return scrapy.Request(
            urljoin(self.home, address),
            self.parse_list,
            errback=self.failed,
            cb_kwargs={"section": section, "number": number, "previous": previous},
            dont_filter=True,
        )

    def parse_feed(self, response: Response) -> Iterator[scrapy.Request]:
        """Article requests for a feed's items; a feed that is switched off has none."""
        if isinstance(response, TextResponse):
            rows = read_feed(response.text, self.family, self.place, now())
            yield from self.article_requests(rows)

    def no_feed(self, failure: Failure) -> None:
        """A feed is a help, not a need: the lists hold the same articles."""
        self.logger.debug("no feed: %s", failure.value)

    def parse_list(
        self, response: Response, section: str, number: int, previous: tuple[str, ...]
    ) -> Iterator[scrapy.Request]:
        """Article requests for a list page's rows, then the next page where there may be more."""
        if not isinstance(response, TextResponse):
            self.count("failed_lists")
            return
        rows = read_rows(response.selector, response.url, self.family, self.place, now())
        addresses = tuple(row.canonical_url for row in rows)
        if not rows:
            yield from self.empty_list(response, number)
        elif addresses != previous:  # some families repeat the last page for ever
            self.count("list_pages")
            yield from self.article_requests(rows)
            if self.wants_more(rows, number):
                yield self.list_request(section, number + 1, addresses)

    def empty_list(self, response: TextResponse, number: int) -> Iterator[scrapy.Request]:
        """A list page without rows: past the end, an error page, or a layout not known."""
        # what is missing on the page of a deleted article is missing here anyway
        error = self.family.soft_error(response.text, whole=False)
        if find_all(response.selector, self.family.empty_list):
            self.count("list_pages")
        elif error and error.startswith("retry"):
            yield from self.again(response)
        elif error or not self.family.matches(response.selector):
            self.count("failed_lists")
            self.logger.error("%s is no list page but an error page", response.url)
        elif number == 0:
            self.count("broken_lists")
            self.logger.error("%s shows no rows in any known layout", response.url)

    def again(self, response: TextResponse) -> Iterator[scrapy.Request]:
        """The same request once more, later; counted as failed where it was the last try."""
        assert response.request is not None
        retry = get_retry_request(response.request, spider=self, reason="error page")
        if retry:
            yield retry
        else:
            self.count("failed_pages")

    def wants_more(self, rows: list[Row], number: int) -> bool:
        """Whether the next list page may hold articles of the wanted period."""
        if self.arguments.pages is not None:
            return number + 1 < self.arguments.pages and not self.all_before(rows)
        if not any(self.date_of(row) for row in rows):
            return number + 1 < DATELESS_PAGES
        return not self.all_before(rows)

    def all_before(self, rows: list[Row]) -> bool:
        """Whether every row is older than the wanted period; pinned ones do not count."""
        days = [self.date_of(row) for row in rows if not row.pinned]
        return bool(days) and all(
            day is not None and self.arguments.period.is_before(day) for day in days
        )

    def date_of(self, row: Row) -> str | None:
        """A row's date; rows show it without a year, or today only as a time."""
        read = read_date(row.date, datetime.fromisoformat(row.shown_at)) if row.date else None
        return read.value if read else None

    def article_requests(self, rows: list[Row]) -> Iterator[scrapy.Request]:
        """One request for each row that may lie in the wanted period."""
        for row in rows:
            day = self.date_of(row)
            if day is None or self.arguments.period.contains(day):
                yield self.article_request(row)

    def article_request(self, row: Row) -> scrapy.Request:
        return scrapy.Request(
            row.url,
            self.parse_article,
            errback=self.failed,
            cb_kwargs={"row": row},
            meta={"canonical_url": row.canonical_url},
        )

    def parse_article(self, response: Response, row: Row) -> Iterator[Article | scrapy.Request]:
        """The item's first half: what the page says, as it says it."""
        if not isinstance(response, TextResponse):
            self.count("failed_pages")
            return
        self.stop_at_limit()  # this page may have been on the way when the last one came
        article = read_article(
            response.selector,
            response.url,
            self.family,
            self.place,
            fetched_at=now(),
            whole=is_whole(response.text),
            row=row,
        )
        if article.soft_error and article.soft_error.startswith("retry"):
            yield from self.again(response)
            return
        self.taken += not article.soft_error and not row.stored
        yield article
        self.stop_at_limit()

    def stop_at_limit(self) -> None:
        """End the crawl once as many articles are taken as were asked for."""
        if self.arguments.limit is not None and self.taken >= self.arguments.limit:
            raise CloseSpider("limit")

    def failed(self, failure: Failure) -> Iterator[Article]:
        """A page that could not be had. An article's that is gone is told to the stages, as one
        whose page says so is; everything else is counted."""
        error = failure.value
        if isinstance(error, HttpError):
            status = error.response.status
            self.count(STATUSES.get(status, "failed_pages"))
            self.logger.warning("HTTP %d for %s", status, error.response.url)
            if STATUSES.get(status) == "gone":
                yield from self.gone(error.response)
        elif isinstance(error, IgnoreRequest):
            self.count("forbidden_by_robots")
        else:
            self.count("failed_pages")
            self.logger.error("a page could not be fetched: %s", failure.getErrorMessage())

    def gone(self, response: Response) -> Iterator[Article]:
        """What stands for an article whose page is no more; nothing for any other page."""
        row = response.request.cb_kwargs.get("row") if response.request else None
        if row is not None:
            yield Article(
                url=response.url,
                canonical_url=row.canonical_url,
                outlet=self.name,
                fetched_at=now(),
                soft_error=f"gone: HTTP {response.status}",
            )

    def count(self, what: str) -> None:
        """One more under ``malgeum/…`` in the crawl's stats; the exit code is read from them."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"malgeum/{what}")
