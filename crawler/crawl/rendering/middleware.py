"""Which pages are rendered, and how the crawl goes on from there."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from playwright.async_api import Error
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadFailedError
from scrapy.http import HtmlResponse, Response

from crawler.crawl.failures import RequestRejected
from crawler.crawl.page_context import ArticleContext, ListContext, context_of
from crawler.crawl.politeness.reject import reject
from crawler.crawl.rendering import RENDERED
from crawler.crawl.rendering.detect import is_shell, stands
from crawler.crawl.rendering.handler import ChromiumDownloadHandler
from crawler.crawl.rendering.page import PageVisit
from crawler.crawl.rendering.resources import ResourceLoader
from crawler.crawl.spider import OutletSpider, rendered
from crawler.extract.pages import is_whole

logger = logging.getLogger(__name__)


class RenderMiddleware:
    """Downloader middleware, the last to see a page: puts it into the browser, and hands on what
    stands there once its scripts ran. Counts pages, clicks, restarts and blocked loads."""

    def __init__(self, crawler: Crawler) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        self.crawler, self.family = crawler, crawler.spidercls.cms
        self.kinds = set[str](rendered(crawler.spidercls))
        """Pages that are rendered whatever came: as the outlet says, or as ``auto`` found."""
        self.loads, self.chromium = ResourceLoader(crawler), ChromiumDownloadHandler(crawler)
        self.lists: dict[str | None, PageVisit] = {}
        """Lists that show more rows at a click, as they stand in the browser: by section, which is
        empty for the list of all, and None where a page is no list."""
        self.one_at_a_time = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """A list that stands open is clicked on; whatever else is fetched plainly first."""
        section, number = place_of(request)
        if section not in self.lists:  # not checked under the lock: what a page loads comes by, too
            return None
        async with self.one_at_a_time:
            visit = self.lists.get(section)
            if visit is None or visit.clicks + 1 != number:
                return None
            try:
                return await self.see(visit, request)
            except (Error, TimeoutError):  # fetched and clicked through anew
                return None

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        kind = kind_requested(request)
        if kind is None or response.status != 200 or RENDERED in response.flags:
            return response
        if not isinstance(response, HtmlResponse) or not self.is_to_be_rendered(response, kind):
            return response
        async with self.one_at_a_time:
            visit = PageVisit(self.loads, response, kind, self.family)
            try:
                await self.chromium.open(visit)
                self.loads.count("pages")
                return await self.see(visit, request)
            except (Error, TimeoutError) as error:
                return self.again(request, str(error) or "a page that hangs")

    def is_to_be_rendered(self, response: HtmlResponse, kind: str) -> bool:
        if kind in self.kinds or "auto" not in self.kinds:
            return kind in self.kinds
        page = response.selector
        is_empty = not stands(page, kind, self.family)
        return is_empty and is_shell(page, response.text, kind, self.family)

    async def see(self, visit: PageVisit, request: Request) -> Response:
        """What stands on an open page, which is closed then, but for a list to click on."""
        (section, number), is_shown = place_of(request), False
        self.lists.pop(section, None)
        try:
            is_shown = await visit.turn_to(number)
            page = await self.read(visit, request, is_shown=is_shown)
        finally:
            if is_shown and visit.button:
                self.lists[section] = visit
            elif await self.chromium.close(visit.page):
                self.loads.count("restarts")
                self.lists.clear()
        if is_shown and visit.kind not in self.kinds:
            logger.info("Scripts write the %s pages of %s: all are rendered now.", visit.kind,
                        self.crawler.spidercls.name)  # fmt: skip
            self.kinds.add(visit.kind)
        return page

    async def read(self, visit: PageVisit, request: Request, *, is_shown: bool) -> Response:
        """What stands on a page. Where it says nothing and something could not be loaded, that is
        raised as if the page itself had failed so."""
        source = await visit.source()
        if not is_shown and not self.family.error_page(source, whole=True):
            if isinstance(visit.failed, RequestRejected):  # of that which mattered, and only now
                reject(self.crawler, visit.failed.kind, f"Refused: {visit.failed}.")
            if visit.failed:
                raise visit.failed
            if not is_whole(visit.document.text):
                return visit.document
        body = source.encode("utf-8", "replace")
        shown = visit.document.replace(body=body, encoding="utf-8", request=request)
        return shown.replace(flags=[RENDERED])

    def again(self, request: Request, why: str) -> Request:
        """A broken browser costs a retry. Raises what a broken connection would."""
        assert self.crawler.spider is not None
        sentence = f"the browser broke: {why.splitlines()[0]}"
        retry = get_retry_request(request, spider=self.crawler.spider, reason="browser")
        if retry is None:
            raise DownloadFailedError(sentence)
        logger.warning("%s is asked for again, since %s", request.url, sentence)
        return retry


def kind_requested(request: Request) -> str | None:
    """Return ``list`` or ``article``; None for feeds, robots.txt and what a page loads."""
    context = context_of(request)
    if isinstance(context, ListContext):
        return "list"
    return "article" if isinstance(context, ArticleContext) else None


def place_of(request: Request) -> tuple[str | None, int]:
    """Return section and number of a list page; (None, 0) for other requests."""
    context = context_of(request)
    return (context.section, context.number) if isinstance(context, ListContext) else (None, 0)
