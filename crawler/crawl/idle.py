"""Waiting until nothing that was asked for is on its way any more."""

from __future__ import annotations

from scrapy import signals
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler


async def wait_until_idle(crawler: Crawler) -> None:
    """Wait within ``start`` until every request is answered and what came of it is read.

    Scrapy's signal alone (its documentation: "start-requests-lazy") also comes while a list is
    read whose rows are requests a moment later. Where the crawl closes meanwhile it never comes:
    the engine cancels what is still starting then, whatever it waits for (2.19, ``stop_async``).
    """
    assert crawler.engine is not None
    while not is_idle(crawler.engine):
        await crawler.signals.wait_for(signals.scheduler_empty)


def is_idle(engine: ExecutionEngine) -> bool:
    """Whether a crawl is idle, by all that Scrapy asks itself but whether it is still starting."""
    scheduler, slot = engine.scheduler, engine.scraper.slot
    return (
        slot is not None
        and slot.is_idle()
        and not engine.downloader.active
        and scheduler is not None
        and not scheduler.has_pending_requests()
    )
