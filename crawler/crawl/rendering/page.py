"""One page in the browser: handed in, left to its scripts, read, clicked on."""

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

QUIET, PATIENCE, MOST = 0.3, 2.0, 120.0
"""Seconds without a load after which a page is read: where what it is there for stands on it,
where it does not; and how long one page may take in all."""

LOADS_A_PAGE = 100
"""What a page asks for beyond, such as one that asks without an end, is not fetched."""

TEXTS = {"xhr", "fetch"}

TICK, ANSWERS = 0.05, 10.0
"""Seconds between two looks at a page, and in which it has to let us look."""

READ = "data-malgeum-read"
"""Marks a list's rows that were read before the last click; they are left out from then on."""

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
    """A page and what became of it. Whatever is asked of it raises Playwright's Error where the
    browser broke meanwhile, and TimeoutError where the page hangs."""

    page: Page

    def __init__(
        self, loads: ResourceLoader, document: TextResponse, kind: str, family: Cms
    ) -> None:
        self.loads, self.document, self.kind = loads, document, kind
        places = xpath_of(family.rows.row if kind == "list" else family.selectors.body)
        filled = f"not(@{READ})" if kind == "list" else "normalize-space(.) or .//img"
        self.rows, self.wanted = places, f"boolean(({places})[{filled}])"
        self.button = xpath_of(family.more) if kind == "list" else ""
        self.clicks, self.patience = 0, PATIENCE
        self.is_handed_in = False
        self.loading = self.loaded = 0
        self.heard = monotonic()
        """When the page last had, or may have had, something new to work on."""
        self.failed: Exception | None = None
        """Why something that it wanted could not be had; rather of a text than of a script."""

    async def begin(self, page: Page) -> None:
        """Take over all that the page asks for, from its own document on."""
        self.page, self.is_handed_in = page, False  # anew, where the browser broke on the way
        await page.route("**", self.answer)
        await page.route_web_socket("**", lambda socket: socket.close())

    async def answer(self, route: Route, asked: Request) -> None:
        """Hand in the document, fetch what is wanted, and let go of all else."""
        if asked.is_navigation_request():
            first, self.is_handed_in = not self.is_handed_in, True
            if not first:  # a frame, or a script that leads away: the page is read as it is
                await route.abort()
                return
            body, html = self.document.text, "text/html; charset=utf-8"
            await route.fulfill(body=body, content_type=html)
        elif self.loaded < LOADS_A_PAGE and self.loads.is_wanted(asked):
            await self.load(route, asked)
        else:
            self.loads.count("blocked")
            await route.abort()
        self.heard = monotonic()

    async def load(self, route: Route, asked: Request) -> None:
        self.loading, self.loaded = self.loading + 1, self.loaded + 1
        try:
            await route.fulfill(**as_answer(await self.loads.load(asked)))
        except Error:
            raise  # the page is closed meanwhile
        except Exception as error:  # any: what it means is judged where the page is read
            if asked.resource_type in TEXTS:  # Scrapy has tried again: nothing more will come
                self.failed, self.patience = error, QUIET
            self.failed = self.failed or error
            await route.abort()
        finally:
            self.loading, self.heard = self.loading - 1, monotonic()

    async def shows(self) -> bool:
        """Wait for what the page is there for; False where it falls silent without it."""
        began = self.heard = monotonic()
        while monotonic() - began < MOST:
            silent = 0.0 if self.loading else monotonic() - self.heard
            if silent >= QUIET and await self.ask(STANDS, self.wanted):
                return True
            if silent >= self.patience:
                break
            await asyncio.sleep(TICK)
        return False

    async def turn_to(self, number: int) -> bool:
        """Click until a list shows its ``number``-th page, where it has a button."""
        is_shown = await self.shows()
        while is_shown and self.button and self.clicks < number:
            is_shown = await self.click()
        return is_shown

    async def click(self) -> bool:
        """Let the list show more rows, and leave out those before; False where there are none."""
        await self.ask(MARK, self.rows)
        self.clicks, self.failed, self.patience = self.clicks + 1, None, PATIENCE
        buttons = self.page.locator(f"xpath={self.button}").locator("visible=true")
        if not await buttons.count():
            return False
        self.loads.count("clicks")
        await buttons.first.evaluate("button => button.click()")  # whatever lies above it
        return await self.shows()

    async def source(self) -> str:
        source: str = await self.ask(SOURCE)
        return source

    async def ask(self, script: str, told: str | None = None) -> Any:
        """Run a script of ours on the page. Raises TimeoutError where the page's own hang."""
        async with asyncio.timeout(ANSWERS):
            return await self.page.evaluate(script, told)


def xpath_of(selectors: Selectors) -> str:
    """All selectors of a tuple, as one XPath."""
    return " | ".join(one if one.startswith("/") else css2xpath(one) for one in selectors)
