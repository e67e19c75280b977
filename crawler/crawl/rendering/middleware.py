"""Downloader middleware that renders pages in the browser."""

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
from crawler.crawl.rendering.detect import is_filled, is_shell
from crawler.crawl.rendering.handler import ChromiumDownloadHandler
from crawler.crawl.rendering.page import PageVisit
from crawler.crawl.rendering.resources import ResourceLoader
from crawler.crawl.spider import OutletSpider, rendered
from crawler.extract.pages import is_whole

logger = logging.getLogger(__name__)


class RenderMiddleware:
    """Downloader middleware next to the spider: passes on pages as they are once their scripts ran.

    Counts pages, clicks, restarts and blocked loads.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        self.crawler, self.cms = crawler, crawler.spidercls.cms
        self.kinds = set[str](rendered(crawler.spidercls))
        """Kinds of pages that are always rendered: as set, or as ``auto`` found."""
        self.loads, self.chromium = ResourceLoader(crawler), ChromiumDownloadHandler(crawler)
        self.lists: dict[str | None, PageVisit] = {}
        """Open lists that show more rows at a click, by section: empty for the list of all."""
        self.page_lock = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """Click an open list for its next rows; let all else be fetched first."""
        section, number = place_of(request)
        if section not in self.lists:  # not checked under the lock: what a page loads comes by, too
            return None
        async with self.page_lock:
            visit = self.lists.get(section)
            if visit is None or visit.clicks + 1 != number:
                return None
            try:
                return await self.see(visit, request)
            except (Error, TimeoutError):  # fetched again, and clicked through
                return None

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Render a page that needs it."""
        kind = kind_requested(request)
        if kind is None or response.status != 200 or RENDERED in response.flags:
            return response
        if not isinstance(response, HtmlResponse) or not self.needs_rendering(response, kind):
            return response
        async with self.page_lock:
            visit = PageVisit(self.loads, response, kind, self.cms)
            try:
                await self.chromium.open(visit)
                self.loads.count("pages")
                return await self.see(visit, request)
            except (Error, TimeoutError) as error:
                return self.retry(request, str(error) or "a page that hangs")

    def needs_rendering(self, response: HtmlResponse, kind: str) -> bool:
        """Return True if a page of this kind must be rendered."""
        if kind in self.kinds or "auto" not in self.kinds:
            return kind in self.kinds
        page = response.selector
        is_empty = not is_filled(page, kind, self.cms)
        return is_empty and is_shell(page, response.text, kind, self.cms)

    async def see(self, visit: PageVisit, request: Request) -> Response:
        """Return what an open page shows; close the page unless it is a list to click on."""
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
        """Return the rendered page.

        If it shows nothing and a resource could not be loaded, raise the error of that resource.
        """
        source = await visit.source()
        if not is_shown and not self.cms.error_page(source, whole=True):
            if isinstance(visit.failed, RequestRejected):  # logged only now, since it matters
                reject(self.crawler, visit.failed.kind, f"Refused: {visit.failed}.")
            if visit.failed:
                raise visit.failed
            if not is_whole(visit.document.text):
                return visit.document
        body = source.encode("utf-8", "replace")
        rendered_page = visit.document.replace(body=body, encoding="utf-8", request=request)
        return rendered_page.replace(flags=[RENDERED])

    def retry(self, request: Request, reason: str) -> Request:
        """Retry after the browser broke. Raises DownloadFailedError after the last try."""
        assert self.crawler.spider is not None
        sentence = f"the browser broke: {reason.splitlines()[0]}"
        retry = get_retry_request(request, spider=self.crawler.spider, reason="browser")
        if retry is None:
            raise DownloadFailedError(sentence)
        logger.warning("%s is requested again, since %s", request.url, sentence)
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
