"""Supervisor of running crawls: time limit, heartbeat of the lock, progress view."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from time import monotonic

from scrapy import signals
from scrapy.utils.asyncio import call_later

from crawler.crawl.outlet_lock import LOCKED
from crawler.operate.process import Crawl
from crawler.outcomes.runs import RunOutcome
from crawler.store import StoreError
from crawler.store.frontier.outlet_lock import HEARTBEAT_SECONDS, Lease

MAX_TIME = "max_time"
"""Finish reason of crawls that reached the time limit."""

TICK_SECONDS = 0.5


class Supervisor:
    """Checks the crawls at every tick.

    ``seconds``: time limit, None for no limit; ``show``: called with the crawls at every tick.
    """

    def __init__(
        self,
        crawls: Collection[Crawl],
        lock: Lease,
        seconds: float | None,
        show: Callable[[Collection[Crawl]], None] | None,
    ) -> None:
        self.crawls, self.lock, self.show = crawls, lock, show
        self.ends_at = None if seconds is None else monotonic() + seconds
        self.heartbeat_at = monotonic() + HEARTBEAT_SECONDS
        self.is_started = False
        for crawl in crawls:
            crawl.signals.connect(self.start, signals.engine_started)

    def start(self) -> None:
        """Start the ticks, at the first crawl that starts; they end with the event loop."""
        if not self.is_started:
            self.is_started = True
            self._tick()

    def _tick(self) -> None:
        if self.ends_at is not None and monotonic() >= self.ends_at:
            self._stop_all(MAX_TIME)
        if monotonic() >= self.heartbeat_at:
            self.heartbeat_at = monotonic() + HEARTBEAT_SECONDS
            with suppress(StoreError):  # the crawls meet and report it too
                if not self.lock.heartbeat():  # expired, and taken by another process
                    self._stop_all(LOCKED)
        if self.show:
            self.show(self.crawls)
        call_later(TICK_SECONDS, self._tick)

    def _stop_all(self, reason: str) -> None:
        for crawl in self.crawls:
            if crawl.request_stop(reason) and reason == LOCKED:
                crawl.stats.inc_value(RunOutcome.LOCKED.stat)
