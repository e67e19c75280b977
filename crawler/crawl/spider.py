"""The walk that every outlet takes: lists, feeds, sitemaps → article pages → the item's first half.

An outlet (``spiders/``) says who it is, its family (``crawler/extract/cms/``) where things stand:
both are data, neither has methods of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, TypeAlias
from urllib.parse import urljoin

import scrapy
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.article import Article, ErrorPage
from crawler.crawl.arguments import read_arguments
from crawler.crawl.failures import (
    FetchFailure,
    RequestDeferred,
    RequestRejected,
    classify_error,
    classify_page,
)
from crawler.crawl.idle import wait_until_idle
from crawler.crawl.page_context import (
    META_KEY,
    RETRY_TIMES,
    ArticleContext,
    ListContext,
    article_of,
    context_of,
    entry_of,
    list_of,
)
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
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import LIST_PAGES, inc
from crawler.urls import Site

DATELESS_PAGES = 3
"""List pages read where no row shows a date, so that ``since`` cannot end the walk."""

ARTICLE, LIST, LOOK_AGAIN = 1, 0, -1
"""Priorities of requests: what a list page shows is fetched before the next page is read, so that
little is on the way at any time; what is known already comes last."""


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


@dataclass(frozen=True, slots=True)
class ListFailed:
    """A list page that could not be read; the frontier says which one to request next."""

    section: str
    number: int
    outcome: PageOutcome | RunOutcome
    reason: str


@dataclass(frozen=True, slots=True)
class PageFailed:
    """An article's page that could not be read; the frontier records it."""

    canonical_url: str
    outcome: PageOutcome
    reason: str


Result: TypeAlias = Article | scrapy.Request | ListPage | ListFailed | PageFailed


def without_failures(results: Iterable[Result]) -> Iterator[Article | scrapy.Request]:
    """Drop what only a frontier understands, in a crawl that has none."""
    for result in results:
        if isinstance(result, Article | scrapy.Request):
            yield result


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
        self.pass_on: Callable[[Iterable[Result]], Iterable[Any]] = without_failures
        """Set by the frontier: what it makes of results. Scrapy gives what an errback yields for a
        failed download to no spider middleware."""

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
            errback=self.on_error,
            meta={META_KEY: ListContext(section=section, number=number, previous=previous)},
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

    def parse_list(self, response: Response) -> Iterator[Result]:
        """Read a list page's rows, and tell if there may be more on the next."""
        page = list_of(response)
        if not isinstance(response, TextResponse):
            yield self.unread_list(response, "no text")
            return
        rows = read_rows(response.selector, response.url, self.cms, self.place, utc_now())
        addresses = tuple(row.canonical_url for row in rows)
        if not rows:
            yield from self.empty_list(response, page)
        elif addresses == page.previous:  # some CMSes repeat the last page for ever
            yield ListPage([], page.section, page.number, end="end")
        else:
            inc(self.crawler, LIST_PAGES)
            dates = [date for row in rows if not row.pinned and (date := self.date_of(row))]
            yield ListPage(
                self.wanted(rows), page.section, page.number, addresses, min(dates, default=None),
                self.end_of(rows, page.number),
            )  # fmt: skip

    def empty_list(self, response: TextResponse, page: ListContext) -> Iterator[Result]:
        """Judge a list page without rows: past the end, an error page, or an unknown layout."""
        # what is missing on the page of a deleted article is missing here anyway
        error = self.cms.error_page(response.text, whole=False)
        if find_all(response.selector, self.cms.empty_list):
            inc(self.crawler, LIST_PAGES)
            yield ListPage([], page.section, page.number, end="end")
        elif error and error.kind is PageOutcome.TEMPORARY:
            yield from self.retry(response, error.text)
        elif error and error.kind is PageOutcome.MEMBERS:
            yield from self.failed_page(response, FetchFailure(error.kind, error.text))
        elif failure := classify_page(response.text, whole=is_whole(response.text)):
            yield from self.failed_page(response, failure)
        elif error or not self.cms.matches(response.selector):
            yield self.unread_list(response, "an error page, not a list")
        elif page.number == 0:
            inc(self.crawler, RunOutcome.BROKEN_LIST.stat)
            self.logger.error("%s shows no rows in any known layout", response.url)
        else:  # past the end, for a CMS that says nothing there
            yield ListPage([], page.section, page.number, end="end")

    def unread_list(self, response: Response, reason: str) -> ListFailed:
        """Report a list page that came and is not a list."""
        self.logger.error("%s could not be read: %s", response.url, reason)
        page = list_of(response)
        return ListFailed(page.section, page.number, RunOutcome.UNREAD_LIST, reason)

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
            errback=self.on_error,
            meta={META_KEY: ArticleContext(entry=row)},
            # The frontier knows what was asked for; Scrapy's filter would drop a redirect to an
            # address that was asked for before, without a word to anybody.
            dont_filter=True,
            priority=LOOK_AGAIN if row.stored else ARTICLE,
        )

    def parse_article(self, response: Response) -> Iterator[Result]:
        """Read the item's first half: what the page says, as it says it."""
        page = article_of(response)
        if not isinstance(response, TextResponse):
            yield PageFailed(page.entry.canonical_url, PageOutcome.BROKEN, "no text")
            return
        self.stop_at_limit()  # this page may have been on the way when the last one came
        whole = is_whole(response.text)
        article = read_article(
            response.selector,
            response.url,
            self.cms,
            self.place,
            fetched_at=page.fetched_at or utc_now(),
            whole=whole,
            row=page.entry,
        )
        article.warc_location = page.warc_location
        error = article.error_page
        if error and error.kind is PageOutcome.TEMPORARY:
            yield from self.retry(response, error.text)
            return
        failure = failure_of(article, response.text, whole=whole)
        if failure is None and not whole and not self.is_never_whole(response, page):
            failure = FetchFailure(PageOutcome.TEMPORARY, "a page that was cut short")
        if failure is not None:
            yield from self.failed_page(response, failure)
            return
        if error == NO_ARTICLE and not self.cms.matches(response.selector):
            text = f"{NO_ARTICLE.text}, which looks nothing like {self.cms.name} any more"
            article.error_page = ErrorPage(NO_ARTICLE.kind, text)
        self.taken += not error and not page.entry.stored
        yield article
        self.stop_at_limit()

    def is_never_whole(self, response: TextResponse, page: ArticleContext) -> bool:
        """Return True if the outlet's pages have no end: a cut page is cut elsewhere next time."""
        length = len(response.text)
        self.ends_open = self.ends_open or page.cut_at == length
        page.cut_at = length
        return self.ends_open

    def stop_at_limit(self) -> None:
        """End the crawl as soon as the wanted number of articles is read."""
        if self.arguments.limit is not None and self.taken >= self.arguments.limit:
            raise CloseSpider("limit")

    def on_error(self, failure: Failure) -> Iterator[Any]:
        """Pass on what a failed request leads to."""
        yield from self.pass_on(self.on_failure(failure))

    def on_failure(self, failure: Failure) -> Iterator[Result]:
        """Say how a request failed. A page that is gone goes to the stages, like a page that says
        so; a deferred one stays to be fetched."""
        error = failure.value
        assert error is not None
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        if isinstance(error, RequestDeferred):
            return
        failed = classify_error(error)
        if not isinstance(error, RequestRejected):  # logged where it was rejected
            self.logger.warning("%s: %s: %s", failed.kind, request.url, failed.sentence)
        entry = entry_of(request)
        if isinstance(error, HttpError) and failed.kind is PageOutcome.GONE and entry is not None:
            yield self.gone_item(error.response, entry)
        else:
            yield from report(request, failed)

    def failed_page(self, response: TextResponse, failure: FetchFailure) -> Iterator[Result]:
        """Report a page that came well and is not what was requested, or request it again."""
        if failure.kind is PageOutcome.TEMPORARY:
            yield from self.retry(response, failure.sentence)
            return
        self.logger.warning("%s: %s: %s", failure.kind, response.url, failure.sentence)
        assert response.request is not None
        yield from report(response.request, failure)

    def retry(self, response: TextResponse, reason: str) -> Iterator[Result]:
        """Request a page again; report it as temporary if this was the last try."""
        request = response.request
        assert request is not None
        retry = get_retry_request(request, spider=self, reason=reason)
        if retry is None:
            yield from report(request, FetchFailure(PageOutcome.TEMPORARY, reason))
            return
        kept = {name: retry.meta[name] for name in (META_KEY, RETRY_TIMES)}
        yield retry.replace(meta=kept)

    def gone_item(self, response: Response, entry: ListingEntry) -> Article:
        """Return the item that stands for an article whose page is gone."""
        assert response.request is not None
        return Article(
            url=response.url,
            canonical_url=entry.canonical_url,
            outlet=self.name,
            fetched_at=context_of(response.request).fetched_at or utc_now(),
            error_page=ErrorPage(PageOutcome.GONE, f"HTTP {response.status}"),
        )


def report(request: scrapy.Request, failure: FetchFailure) -> Iterator[Result]:
    """Say to the frontier that an article's page or a list page could not be read."""
    context = context_of(request)
    if isinstance(context, ArticleContext):
        yield PageFailed(context.entry.canonical_url, failure.kind, failure.sentence)
    elif isinstance(context, ListContext):
        yield ListFailed(context.section, context.number, failure.kind, failure.sentence)


def failure_of(article: Article, text: str, *, whole: bool) -> FetchFailure | None:
    """Return why a page without an article is none, if the page itself says so.

    ``text``: the page's source. None for an article, and for error pages that are known.
    """
    error = article.error_page
    if error == NO_ARTICLE:
        return classify_page(text, whole=whole)
    if error and error.kind is PageOutcome.LED_AWAY:
        failure = classify_page(text, whole=True)
        return failure if failure and failure.kind is not PageOutcome.TEMPORARY else None
    return None
