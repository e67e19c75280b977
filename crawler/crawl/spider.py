"""Base spider of all outlets: lists, feeds, sitemaps → article pages → the item's first half.

An outlet (``spiders/``) is data, and so is its CMS (``crawler/extract/cms/``): where lists are, and
where the parts of a page are. Neither has methods of its own.
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
from crawler.extract.parse import parse
from crawler.extract.selectors import find_all
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import LIST_PAGES, inc
from crawler.urls import Site

DATELESS_PAGES = 3
"""List pages that are read if no row shows a date, so that ``since`` cannot end the list."""

ARTICLE, LIST, REVISIT = 1, 0, -1
"""Priorities of requests: the articles of a list page come before the next list page, so that few
requests are in flight at any time; revisits come last."""


def publisher_of(outlet: type[OutletSpider]) -> Publisher:
    """Return the outlet as the extractor needs it."""
    return Publisher(outlet.name, outlet.display_name, outlet.home, outlet.aliases)


def site_of(outlet: type[OutletSpider]) -> Site:
    """Return the outlet as its URLs are identified by."""
    return Site(outlet.home, outlet.cms.addresses, outlet.aliases)


def rendered(outlet: type[OutletSpider]) -> tuple[Render, ...]:
    """Return the outlet's pages that need a browser: its own setting, else that of its CMS."""
    render = outlet.cms.render if outlet.render is None else outlet.render
    return (render,) if isinstance(render, str) else render


def index_by_host(outlets: Iterable[type[OutletSpider]]) -> dict[str, type[OutletSpider]]:
    """Return outlets by each of their hosts, in the form of ``host_of``."""
    return {host: outlet for outlet in outlets for host in site_of(outlet).hosts}


def sitemaps_of(outlet: type[OutletSpider]) -> tuple[str, ...]:
    """Return the paths of the outlet's sitemaps: its own setting, else that of its CMS."""
    return outlet.cms.sitemaps if outlet.sitemaps is None else outlet.sitemaps


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of a list page, a feed or a part of a sitemap, for the frontier."""

    rows: list[ListingEntry]
    """The rows that may lie in the wanted period."""
    section: str | None = None
    """None for a feed or sitemap."""
    number: int = 0
    addresses: tuple[str, ...] = ()
    """Canonical URLs of all rows."""
    oldest: str | None = None
    """The earliest date that a row shows."""
    end: Literal["since", "end", "limit"] | None = None
    """Why the next page is not needed: ``since`` reached, the last page, or ``pages`` read."""


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
    """Spider of an outlet. Subclasses are about ten lines of data: the outlet, and its CMS."""

    display_name: ClassVar[str]
    """The outlet's Korean name, as its own pages print it."""
    region: ClassVar[str]
    home: ClassVar[str]
    """Scheme and host, as in its own URLs."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other hosts, without ``www.``, that serve the same articles under the same numbers."""
    cms: ClassVar[Cms]
    sections: ClassVar[Mapping[str, str]] = {}
    """Known names of sections, and their codes in URLs."""
    render: ClassVar[Render | tuple[Render, ...] | None] = None
    """Pages that need a browser, if they differ from those of the CMS."""
    sitemaps: ClassVar[tuple[str, ...] | None] = None
    """Paths of its sitemaps, if they differ from those of the CMS."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Add the browser's add-on if pages need it; other crawls import nothing of it."""
        super().update_settings(settings)
        if rendered(cls):
            addons = settings.getdict("ADDONS") | {"crawler.crawl.rendering.addon.BrowserAddon": 0}
            settings.set("ADDONS", addons, priority="spider")

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name)
        self.arguments = read_arguments(arguments, self.sections, datetime.now(UTC))
        self.publisher = publisher_of(type(self))
        self.articles_read = 0
        self.ends_open = False
        """True if the outlet's pages have no ``</html>``: known once a page lacked it twice."""
        self.pass_on: Callable[[Iterable[Result]], Iterable[Any]] = without_failures
        """Set by the frontier, which handles results: Scrapy gives the output of an errback to no
        spider middleware if the download failed."""

    async def start(self) -> AsyncIterator[Any]:
        """Yield requests for feeds, then the first page of each list, then sitemaps.

        Feeds come first because they show dates to the second. Sitemaps wait until lists are read:
        many show only URLs, and lists show dates.
        """
        if not self.arguments.sections:
            for feed in self.cms.feeds:
                yield scrapy.Request(
                    urljoin(self.home, feed),
                    self.parse_feed,
                    errback=self.on_feed_error,
                    priority=ARTICLE,
                )
        for section in self.arguments.sections or ("",):
            yield self.list_request(section, number=0, previous=())
        if not self.arguments.sections and (paths := sitemaps_of(type(self))):
            await wait_until_idle(self.crawler)
            period = self.arguments.period
            sitemaps = Sitemaps(
                self.crawler, self.publisher, self.cms, period, self.rows_page, utc_now
            )
            for request in sitemaps.requests(urljoin(self.home, path) for path in paths):
                yield request

    def list_request(self, section: str, number: int, previous: tuple[str, ...]) -> scrapy.Request:
        """Return the request for page ``number`` (from 0) of a section, or of the list of all."""
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
        """Read the items of a feed; a feed that is switched off has none."""
        if isinstance(response, TextResponse):
            yield self.rows_page(read_feed(response.text, self.cms, self.publisher, utc_now()))

    def rows_page(self, rows: list[ListingEntry]) -> ListPage:
        """Return the wanted rows of a feed or of a part of a sitemap."""
        return ListPage(self.wanted(rows))

    def on_feed_error(self, failure: Failure) -> None:
        """Ignore a feed that cannot be read: the lists show the same articles."""
        self.logger.debug("no feed: %s", failure.value)

    def parse_list(self, response: Response) -> Iterator[Result]:
        """Read a list page's rows, and tell if there may be more on the next."""
        page = list_of(response)
        if not isinstance(response, TextResponse):
            yield self.unread_list(response, "no text")
            return
        rows = read_rows(response.selector, response.url, self.cms, self.publisher, utc_now())
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
        """Return why the next list page is not needed; None if it may hold wanted articles."""
        if self.all_before(rows):
            return "since"
        if self.arguments.pages is not None:
            return "limit" if number + 1 >= self.arguments.pages else None
        is_dated = any(self.date_of(row) for row in rows)
        return None if is_dated or number + 1 < DATELESS_PAGES else "since"

    def all_before(self, rows: list[ListingEntry]) -> bool:
        """Return True if every row is older than the wanted period; pinned rows do not count."""
        days = [self.date_of(row) for row in rows if not row.pinned]
        return bool(days) and all(
            day is not None and self.arguments.period.is_before(day) for day in days
        )

    def date_of(self, row: ListingEntry) -> str | None:
        """Return a row's date, which may be shown without a year, or as a time of today."""
        read = read_date(row.date, datetime.fromisoformat(row.shown_at)) if row.date else None
        return read.value if read else None

    def wanted(self, rows: list[ListingEntry]) -> list[ListingEntry]:
        """Return the rows that may lie in the wanted period."""
        days = [self.date_of(row) for row in rows]
        return [
            row
            for row, day in zip(rows, days, strict=True)
            if day is None or self.arguments.period.contains(day)
        ]

    def article_request(self, row: ListingEntry) -> scrapy.Request:
        """Return the request for the page of a row."""
        return scrapy.Request(
            row.url,
            self.parse_article,
            errback=self.on_error,
            meta={META_KEY: ArticleContext(entry=row)},
            # The frontier knows what was requested; Scrapy's filter would silently drop a redirect
            # to a URL that was requested before.
            dont_filter=True,
            priority=REVISIT if row.stored else ARTICLE,
        )

    def parse_article(self, response: Response) -> Iterator[Result]:
        """Read the item's first half: what the page says, as it says it."""
        page = article_of(response)
        if not isinstance(response, TextResponse):
            yield PageFailed(page.entry.canonical_url, PageOutcome.BROKEN, "no text")
            return
        self.stop_at_limit()  # this page may have been in flight when the last one came
        whole = is_whole(response.text)
        source = parse(response.text)
        article = read_article(
            source,
            response.url,
            self.cms,
            self.publisher,
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
        if error == NO_ARTICLE and not self.cms.matches(source):
            text = f"{NO_ARTICLE.text}, which looks nothing like {self.cms.name} any more"
            article.error_page = ErrorPage(NO_ARTICLE.kind, text)
        self.articles_read += not error and not page.entry.stored
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
        if self.arguments.limit is not None and self.articles_read >= self.arguments.limit:
            raise CloseSpider("limit")

    def on_error(self, failure: Failure) -> Iterator[Any]:
        """Pass on what a failed request leads to."""
        yield from self.pass_on(self.on_failure(failure))

    def on_failure(self, failure: Failure) -> Iterator[Result]:
        """Report how a request failed.

        A page that is gone goes to the stages, like a page that says so; a deferred page stays
        pending.
        """
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
