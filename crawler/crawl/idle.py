"""Waits until no request is in flight and no response is being read."""

from __future__ import annotations

from scrapy import signals
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler


async def wait_until_idle(crawler: Crawler) -> None:
    """Wait within ``start`` until every response is read and its requests are answered.

    Scrapy's signal alone (its documentation: "start-requests-lazy") also comes while a list is
    read whose rows are requests a moment later. If the crawl closes meanwhile, it never comes: the
    engine then cancels ``start`` wherever it waits (2.19, ``stop_async``).
    """
    assert crawler.engine is not None
    while not is_idle(crawler.engine):
        await crawler.signals.wait_for(signals.scheduler_empty)


def is_idle(engine: ExecutionEngine) -> bool:
    """Return True if a crawl is idle, as Scrapy defines it, but for requests still to start."""
    scheduler, slot = engine.scheduler, engine.scraper.slot
    return (
        slot is not None
        and slot.is_idle()
        and not engine.downloader.active
        and scheduler is not None
        and not scheduler.has_pending_requests()
    )
