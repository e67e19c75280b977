"""One page in the browser: loaded, left to its scripts, read, clicked."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

from parsel import css2xpath
from playwright.async_api import Error, Page, Request, Route
from scrapy.http import TextResponse

from crawler.crawl.rendering.resources import ResourceLoader, as_answer
from crawler.extract.cms.model import Cms
from crawler.extract.selectors import Selectors

QUIET_SECONDS, PATIENCE_SECONDS, MAX_SECONDS = 0.3, 2.0, 120.0
"""Seconds without a load after which a page is read: if it shows its content, and if it does not;
and the time that one page may take in all."""

MAX_LOADS = 100
"""Resources that a page may load; some pages load without an end."""

TEXT_TYPES = {"xhr", "fetch"}

TICK_SECONDS, SCRIPT_SECONDS = 0.05, 10.0
"""Seconds between two checks of a page, and for one script of ours."""

READ = "data-malgeum-read"
"""Attribute of list rows that were read before the last click; they are left out afterwards."""

STANDS = "xpath => document.evaluate(xpath, document, null, 3, null).booleanValue"
MARK = f"""xpath => {{
  const rows = document.evaluate(xpath, document, null, 7, null);
  for (let at = 0; at < rows.snapshotLength; at++) rows.snapshotItem(at).setAttribute("{READ}", "");
}}"""
SOURCE = f"""() => {{
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll("[{READ}]").forEach(row => row.remove());
  return "<!doctype html>" + page.outerHTML;
}}"""


class PageVisit:
    """A page in the browser.

    Methods raise Playwright's Error if the browser broke meanwhile, TimeoutError if the page hangs.
    """

    page: Page

    def __init__(self, loads: ResourceLoader, document: TextResponse, kind: str, cms: Cms) -> None:
        self.loads, self.document, self.kind = loads, document, kind
        places = xpath_of(cms.rows.row if kind == "list" else cms.selectors.body)
        filled = f"not(@{READ})" if kind == "list" else "normalize-space(.) or .//img"
        self.rows, self.wanted = places, f"boolean(({places})[{filled}])"
        self.button = xpath_of(cms.more) if kind == "list" else ""
        self.clicks, self.patience = 0, PATIENCE_SECONDS
        self.is_handed_in = False
        self.loading = self.loaded = 0
        self.heard = monotonic()
        """Time at which the page last got, or may have got, something new."""
        self.failed: Exception | None = None
        """Error of a resource that could not be loaded; a text's rather than a script's."""

    async def begin(self, page: Page) -> None:
        """Intercept everything that the page loads, from its own document on."""
        self.page, self.is_handed_in = page, False  # again, if the browser broke meanwhile
        await page.route("**", self.answer)
        await page.route_web_socket("**", lambda socket: socket.close())

    async def answer(self, route: Route, resource: Request) -> None:
        """Hand in the document, fetch wanted resources, and abort all else."""
        if resource.is_navigation_request():
            first, self.is_handed_in = not self.is_handed_in, True
            if not first:  # a frame, or a script that navigates: the page is read as it is
                await route.abort()
                return
            body, html = self.document.text, "text/html; charset=utf-8"
            await route.fulfill(body=body, content_type=html)
        elif self.loaded < MAX_LOADS and self.loads.is_wanted(resource):
            await self.load(route, resource)
        else:
            self.loads.count("blocked")
            await route.abort()
        self.heard = monotonic()

    async def load(self, route: Route, resource: Request) -> None:
        """Fetch a resource and hand it in."""
        self.loading, self.loaded = self.loading + 1, self.loaded + 1
        try:
            await route.fulfill(**as_answer(await self.loads.load(resource)))
        except Error:
            raise  # the page is closed meanwhile
        except Exception as error:  # of any kind: it is judged when the page is read
            if (
                resource.resource_type in TEXT_TYPES
            ):  # Scrapy has tried again: nothing more will come
                self.failed, self.patience = error, QUIET_SECONDS
            self.failed = self.failed or error
            await route.abort()
        finally:
            self.loading, self.heard = self.loading - 1, monotonic()

    async def shows(self) -> bool:
        """Wait for the page's content; return False if it falls silent without it."""
        started = self.heard = monotonic()
        while monotonic() - started < MAX_SECONDS:
            silent = 0.0 if self.loading else monotonic() - self.heard
            if silent >= QUIET_SECONDS and await self.run_script(STANDS, self.wanted):
                return True
            if silent >= self.patience:
                break
            await asyncio.sleep(TICK_SECONDS)
        return False

    async def turn_to(self, number: int) -> bool:
        """Click until a list shows page ``number``, if it has a button."""
        is_shown = await self.shows()
        while is_shown and self.button and self.clicks < number:
            is_shown = await self.click()
        return is_shown

    async def click(self) -> bool:
        """Click for more rows, and leave out those before; return False if there are none."""
        await self.run_script(MARK, self.rows)
        self.clicks, self.failed, self.patience = self.clicks + 1, None, PATIENCE_SECONDS
        buttons = self.page.locator(f"xpath={self.button}").locator("visible=true")
        if not await buttons.count():
            return False
        self.loads.count("clicks")
        await buttons.first.evaluate("button => button.click()")  # whatever lies above it
        return await self.shows()

    async def source(self) -> str:
        """Return the HTML of the page, without rows that were read before."""
        source: str = await self.run_script(SOURCE)
        return source

    async def run_script(self, script: str, argument: str | None = None) -> Any:
        """Run a script of ours on the page. Raises TimeoutError if the page's own scripts hang."""
        async with asyncio.timeout(SCRIPT_SECONDS):
            return await self.page.evaluate(script, argument)


def xpath_of(selectors: Selectors) -> str:
    """Return all selectors of a tuple as one XPath."""
    return " | ".join(
        selector if selector.startswith("/") else css2xpath(selector) for selector in selectors
    )
