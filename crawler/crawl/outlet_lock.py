"""A crawl's hold on its outlet: taken when it begins, shown to be alive, given back at the end."""

from __future__ import annotations

import logging
from functools import partial

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import MESSAGE, inc
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier.outlet_lock import HEARTBEAT_SECONDS, Lease

logger = logging.getLogger(__name__)

LOCKED = "locked"
"""Why a crawl ended whose outlet another process crawls."""


class OutletLock:
    """Ends the crawl where another process has the outlet, or took it over meanwhile."""

    def __init__(self, crawler: Crawler, store: Store, outlet: str) -> None:
        self.crawler = crawler
        self.lease = Lease(store, outlet)
        self.on_trouble = partial(crawl.abort, crawler)
        self.beat = create_looping_call(self.show_life)

    def take(self) -> bool:
        """Whether the outlet is this process's now. StoreError where the store fails."""
        if holder := self.lease.acquire():
            self._end(f"{self.lease.outlet} is crawled by {holder}; this crawl leaves it alone.")
            return False
        self.beat.start(HEARTBEAT_SECONDS, now=False)
        self.crawler.signals.connect(self.leave, signals.spider_closed)
        return True

    def show_life(self) -> None:
        try:
            if not self.lease.heartbeat():
                self._end(f"Another process took {self.lease.outlet} over; this crawl ends.")
        except StoreError as error:
            self.on_trouble(error)

    def leave(self) -> None:
        self.beat.stop()
        try:
            self.lease.release()
        except StoreError as error:
            self.on_trouble(error)

    def _end(self, sentence: str) -> None:
        assert self.crawler.stats is not None
        logger.error("%s", sentence)
        inc(self.crawler, RunOutcome.LOCKED.stat)
        self.crawler.stats.set_value(MESSAGE, sentence)
        crawl.close_spider(self.crawler, LOCKED)
