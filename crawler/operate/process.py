"""Crawls in this process, one or several at the same time, run until all of them have ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import Settings
from scrapy.utils.asyncio import call_later
from scrapy.utils.reactor import is_reactor_installed

from crawler.crawl.downloader import Downloader
from crawler.store import Store
from crawler.store import session as crawl

logger = logging.getLogger(__name__)

GRACE = 2
"""Seconds for which a crawl that is told to end waits for what is on its way."""

SOON = 0.05
"""Seconds after an item's end in which Scrapy has counted it."""

FORCED = "forced"
"""Why a crawl ended that had no time to: a second signal came."""


class Crawl(Crawler):
    """Scrapy's crawler, but told to end it has ended in seconds, and one that cannot begin is in
    nobody's way."""

    def __init__(self, spider: type[Spider], settings: Settings) -> None:
        super().__init__(spider, settings, init_reactor=not is_reactor_installed())
        self.failure: Exception | None = None
        """Why it could not begin, as an exception in the spider's ``__init__``."""
        self.is_leaving = False
        self.signals.connect(self._count_error, signals.item_error)
        for ended in (signals.item_scraped, signals.item_dropped, signals.item_error):
            self.signals.connect(self._look_soon, ended)

    async def crawl_async(self, *arguments: Any, **named: Any) -> None:
        try:
            await super().crawl_async(*arguments, **named)
        except Exception as error:
            self.failure = error
            logger.exception("%s could not be begun", self.spidercls.name)

    async def stop_async(self) -> None:
        while self.is_opening:  # Scrapy would not hear it
            await asyncio.sleep(0.01)
        letting_go = call_later(GRACE, self._let_go)
        try:
            await super().stop_async()
        finally:
            letting_go.cancel()

    @property
    def is_opening(self) -> bool:
        return self.crawling and self.engine.spider is not None and not self.engine.running

    def leave(self, reason: str) -> bool:
        """Begin to end it, if it has begun and not ended; whether that was to be done."""
        if not self.crawling or self.engine.spider is None or self.is_leaving:
            return False
        self.is_leaving = True
        crawl.close_spider(self, reason)
        call_later(GRACE, self._let_go)
        return True

    def stats_so_far(self) -> dict[str, Any]:
        """Nothing before it has begun."""
        return {} if self._stats is None else self._stats.get_stats()

    def stats_at_end(self) -> dict[str, Any]:
        """With what the exit code is read from, however it ended."""
        if self.failure is not None or self._stats is None:
            return self.stats_so_far() | {"malgeum/not_started": 1}
        return {"finish_reason": FORCED} | self.stats_so_far()

    def _count_error(self) -> None:
        self.stats.inc_value("malgeum/item_errors")

    def _look_soon(self) -> None:
        call_later(SOON, self._end_if_idle)

    def _end_if_idle(self) -> None:
        """A spider that closes waits for its items. Scrapy, 2.19, does not look again after one
        that ``start()`` gave, and would wait for ever."""
        slot = self.engine.scraper.slot
        if slot and slot.closing and slot.is_idle() and not slot.closing.called:
            assert self.spider
            slot.closing.callback(self.spider)

    def _let_go(self) -> None:
        if isinstance(self.engine.downloader, Downloader):
            self.engine.downloader.let_go()


def run_to_end(
    process: CrawlerProcessBase, store: Store, crawls: Mapping[Crawl, Mapping[str, Any]]
) -> dict[Crawl, dict[str, Any]]:
    """Run crawls, each with its spider's arguments, on a store that is open and stays so; gives
    the stats of each. Scrapy hears the signals: one ends all of them, a second one at once."""
    for one, arguments in crawls.items():
        crawl.attach(one, store)
        process.crawl(one, **arguments)
    process.start()
    return {one: one.stats_at_end() for one in crawls}
