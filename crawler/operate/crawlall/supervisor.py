"""What is looked after while crawls run: their time, the lock's sign of life, whoever looks on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from time import monotonic

from scrapy import signals
from scrapy.utils.asyncio import call_later

from crawler.crawl.outlet_lock import LOCKED
from crawler.operate.process import Crawl
from crawler.store import StoreError
from crawler.store.frontier.outlet_lock import HEARTBEAT_SECONDS, Lease

MAX_TIME = "max_time"
"""Why crawls ended whose time was over."""

TICK = 0.5
"""Seconds between two looks."""


class Supervisor:
    """``seconds``: how long the crawls may take; ``show`` is told of them at each look."""

    def __init__(
        self,
        crawls: Collection[Crawl],
        lock: Lease,
        seconds: float | None,
        show: Callable[[Collection[Crawl]], None] | None,
    ) -> None:
        self.crawls, self.lock, self.show = crawls, lock, show
        self.ends_at = None if seconds is None else monotonic() + seconds
        self.sign_at = monotonic() + HEARTBEAT_SECONDS
        self.has_begun = False
        for crawl in crawls:
            crawl.signals.connect(self.begin, signals.engine_started)

    def begin(self) -> None:
        """Look every ``TICK`` from now on, as long as the process has a loop that runs."""
        if not self.has_begun:
            self.has_begun = True
            self._look()

    def _look(self) -> None:
        if self.ends_at is not None and monotonic() >= self.ends_at:
            self._end(MAX_TIME)
        if monotonic() >= self.sign_at:
            self.sign_at = monotonic() + HEARTBEAT_SECONDS
            with suppress(StoreError):  # which the crawls meet, too, and tell
                if not self.lock.renew():  # it stood still for so long that another one began
                    self._end(LOCKED)
        if self.show:
            self.show(self.crawls)
        call_later(TICK, self._look)

    def _end(self, reason: str) -> None:
        for crawl in self.crawls:
            if crawl.leave(reason) and reason == LOCKED:
                crawl.stats.inc_value("malgeum/locked")
