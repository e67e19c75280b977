"""Runs one or several crawls in this process until all of them have ended."""

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
from crawler.outcomes.runs import RunOutcome
from crawler.store import Store, session

logger = logging.getLogger(__name__)

GRACE_SECONDS = 2
"""Seconds for which a crawl that is stopped waits for running requests."""

ITEM_SECONDS = 0.05
"""Seconds after the end of an item within which Scrapy has counted it."""

FORCED = "forced"
"""Finish reason of a crawl that was ended by a second signal."""


class Crawl(Crawler):
    """Scrapy's crawler that stops within seconds, and whose failure to start stops no other."""

    def __init__(self, spider: type[Spider], settings: Settings) -> None:
        super().__init__(spider, settings, init_reactor=not is_reactor_installed())
        self.failure: Exception | None = None
        """The exception that prevented the start, such as one in the spider's ``__init__``."""
        self.is_stopping = False
        self.signals.connect(self._count_error, signals.item_error)
        for item_ended in (signals.item_scraped, signals.item_dropped, signals.item_error):
            self.signals.connect(self._check_soon, item_ended)

    async def crawl_async(self, *args: Any, **kwargs: Any) -> None:
        """Run the crawl; keep an exception in ``failure``."""
        try:
            await super().crawl_async(*args, **kwargs)
        except Exception as error:
            self.failure = error
            logger.exception("%s could not be started", self.spidercls.name)

    async def stop_async(self) -> None:
        """Stop the crawl; running requests are dropped after ``GRACE_SECONDS``."""
        while self.is_opening:  # Scrapy would ignore the stop
            await asyncio.sleep(0.01)
        drop_timer = call_later(GRACE_SECONDS, self._drop_requests)
        try:
            await super().stop_async()
        finally:
            drop_timer.cancel()

    @property
    def is_opening(self) -> bool:
        """True while the spider is being opened."""
        return self.crawling and self.engine.spider is not None and not self.engine.running

    def request_stop(self, reason: str) -> bool:
        """Start to stop a running crawl; return False if it is not running or stops already."""
        if not self.crawling or self.engine.spider is None or self.is_stopping:
            return False
        self.is_stopping = True
        session.close_spider(self, reason)
        call_later(GRACE_SECONDS, self._drop_requests)
        return True

    def stats_so_far(self) -> dict[str, Any]:
        """Return the stats; empty before the start."""
        return {} if self._stats is None else self._stats.get_stats()

    def stats_at_end(self) -> dict[str, Any]:
        """Return the stats with all that the exit code depends on."""
        if self.failure is not None or self._stats is None:
            return self.stats_so_far() | {RunOutcome.NOT_STARTED.stat: 1}
        return {"finish_reason": FORCED} | self.stats_so_far()

    def _count_error(self) -> None:
        self.stats.inc_value(RunOutcome.ITEM_ERROR.stat)

    def _check_soon(self) -> None:
        call_later(ITEM_SECONDS, self._end_if_idle)

    def _end_if_idle(self) -> None:
        """Let a closing spider end once its items are done.

        Scrapy 2.19 does not check again after an item that ``start()`` yielded, and would wait
        forever.
        """
        slot = self.engine.scraper.slot
        if slot and slot.closing and slot.is_idle() and not slot.closing.called:
            assert self.spider
            slot.closing.callback(self.spider)

    def _drop_requests(self) -> None:
        if isinstance(self.engine.downloader, Downloader):
            self.engine.downloader.let_go()


def run_to_end(
    process: CrawlerProcessBase, store: Store, crawls: Mapping[Crawl, Mapping[str, Any]]
) -> dict[Crawl, dict[str, Any]]:
    """Run crawls, each with its spider arguments, on an open store; return the stats of each.

    Scrapy handles the signals: the first stops all crawls, the second ends them at once.
    """
    for crawler, arguments in crawls.items():
        session.attach(crawler, store)
        process.crawl(crawler, **arguments)
    process.start()
    return {crawler: crawler.stats_at_end() for crawler in crawls}
