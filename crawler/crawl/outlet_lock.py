"""Lock of an outlet: acquired when a crawl starts, kept alive, released at its end."""

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
"""Finish reason of a crawl whose outlet another process crawls."""


class OutletLock:
    """Ends the crawl if another process holds the outlet, or took it over meanwhile."""

    def __init__(self, crawler: Crawler, store: Store, outlet: str) -> None:
        self.crawler = crawler
        self.lease = Lease(store, outlet)
        self.on_trouble = partial(crawl.abort, crawler)
        self.timer = create_looping_call(self.heartbeat)

    def acquire(self) -> bool:
        """Acquire the outlet; False if another process holds it. Raises StoreError."""
        if holder := self.lease.acquire():
            self._end(f"{self.lease.outlet} is crawled by {holder}; this crawl leaves it alone.")
            return False
        self.timer.start(HEARTBEAT_SECONDS, now=False)
        self.crawler.signals.connect(self.release, signals.spider_closed)
        return True

    def heartbeat(self) -> None:
        """Renew the lease, or end the crawl if it was lost."""
        try:
            if not self.lease.heartbeat():
                self._end(f"Another process took {self.lease.outlet} over; this crawl ends.")
        except StoreError as error:
            self.on_trouble(error)

    def release(self) -> None:
        """Release the outlet for the next process."""
        self.timer.stop()
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
