"""The browser of a crawl: scrapy-playwright's, started when the first page needs it."""

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

SOON = 10.0
"""Seconds in which a browser opens and closes a page."""


class ChromiumDownloadHandler:
    """Opens pages, each in a context of its own, and closes them.

    ``BROWSER_PAGES``: after so many it is started anew, since it leaks; 0 for never.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.agent: str = crawler.settings["USER_AGENT"]
        self.most = limit_of(crawler.settings, "BROWSER_PAGES")
        # Told of the engine's start by a signal: it is made now, or never gets ready
        self.handler = build_from_crawler(ScrapyPlaywrightDownloadHandler, crawler)
        self.names = count(1)
        self.opened = 0
        crawler.signals.connect(self.handler.close, signals.engine_stopped)

    async def open(self, visit: PageVisit) -> None:
        """Open a visit's page. Raises Playwright's Error or TimeoutError."""
        await self._until_forgotten()
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
            async with asyncio.timeout(3 * SOON):
                await self.handler.download_request(request)
        except BaseException:
            if page := request.meta.get("playwright_page"):
                await self.close(page)
            raise

    async def close(self, page: Page) -> bool:
        """Close a page with its context; tells whether the browser was ended with it."""
        browser = page.context.browser
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(SOON):
                await page.context.close()
        if not (self.most and self.opened >= self.most) or browser is None:
            return False
        self.opened = 0
        with suppress(Error):
            await browser.close()
        return True

    async def _until_forgotten(self) -> None:
        """scrapy-playwright lets go of a browser that ended a moment after it did."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                while hasattr(self.handler, "browser") and not self.handler.browser.is_connected():
                    await asyncio.sleep(0.01)
