"""Browser of a crawl: scrapy-playwright's, started when the first page needs it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

from playwright.async_api import Error, Page
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.utils.misc import build_from_crawler
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.crawl.rendering.page import PageVisit
from crawler.runtime.limits import limit_of

PAGE_SECONDS = 10.0
"""Seconds in which a browser must open or close a page."""


class ChromiumDownloadHandler:
    """Opens pages, each in a context of its own, and closes them.

    After ``BROWSER_PAGES`` pages it is restarted, since it leaks memory; 0 means never.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.agent: str = crawler.settings["USER_AGENT"]
        self.most = limit_of(crawler.settings, "BROWSER_PAGES")
        # It gets the signal of the engine's start only if it is made now
        self.handler = build_from_crawler(ScrapyPlaywrightDownloadHandler, crawler)
        self.names = count(1)
        self.opened = 0
        crawler.signals.connect(self.handler.close, signals.engine_stopped)

    async def open(self, visit: PageVisit) -> None:
        """Open a visit's page. Raises Playwright's Error or TimeoutError."""
        await self._until_disconnected()
        self.opened += 1
        context = {"user_agent": self.agent, "locale": "ko-KR", "service_workers": "block"}
        meta = {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": str(next(self.names)),
            "playwright_context_kwargs": context,
            "playwright_page_init_callback": lambda page, _: visit.begin(page),
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
        }
        request = Request(visit.document.url, meta=meta)
        try:
            async with asyncio.timeout(3 * PAGE_SECONDS):
                await self.handler.download_request(request)
        except BaseException:
            if page := request.meta.get("playwright_page"):
                await self.close(page)
            raise

    async def close(self, page: Page) -> bool:
        """Close a page with its context; return True if the browser was closed as well."""
        browser = page.context.browser
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(PAGE_SECONDS):
                await page.context.close()
        if not (self.most and self.opened >= self.most) or browser is None:
            return False
        self.opened = 0
        with suppress(Error):
            await browser.close()
        return True

    async def _until_disconnected(self) -> None:
        """Wait until scrapy-playwright has noticed that a browser was closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PAGE_SECONDS):
                while hasattr(self.handler, "browser") and not self.handler.browser.is_connected():
                    await asyncio.sleep(0.01)
