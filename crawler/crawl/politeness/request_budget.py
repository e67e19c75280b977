"""Request budget: an upper bound for the requests of one run."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.crawl.politeness.reject import defer
from crawler.outcomes.pages import PageOutcome
from crawler.runtime.limits import limit_of

logger = logging.getLogger(__name__)

CLOSE_REASON = "request_budget"
"""Finish reason of a crawl that used up its budget: the rest is left for the next run."""


class RequestBudget:
    """Downloader middleware next to the network that counts the requests that are sent.

    robots.txt, redirects and retries count like any other. ``REQUEST_BUDGET`` is their maximum; 0
    means no bound.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.most = limit_of(crawler.settings, "REQUEST_BUDGET")
        self.sent = 0
        self.closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Count a request, or defer it and end the crawl."""
        if self.most and self.sent >= self.most:
            self._close()
            why = "the run's requests are used up"
            defer(self.crawler, PageOutcome.BUDGET, f"Left for later: {request.url}, since {why}.")
        self.sent += 1

    def _close(self) -> None:
        assert self.crawler.engine is not None
        if self.closing is None:
            logger.warning(
                "The crawl ends: its %g requests are used up (REQUEST_BUDGET).", self.most
            )
            closing = self.crawler.engine.close_spider_async(reason=CLOSE_REASON)
            self.closing = asyncio.create_task(closing)
