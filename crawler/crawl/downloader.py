"""Scrapy's downloader, which can let go of what is on its way: a crawl that ends need not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from scrapy import Request, Spider
from scrapy.core import downloader
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from crawler.crawl.failures import RequestDeferred
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import inc

ResponseOrRequest: TypeAlias = Response | Request


class Downloader(downloader.Downloader):
    """What it lets go of ends as :class:`RequestDeferred`, so the next run asks for it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._on_the_way: set[Deferred[ResponseOrRequest]] = set()

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[ResponseOrRequest]:
        asked: Deferred[ResponseOrRequest] = super().fetch(request)
        self._on_the_way.add(asked)
        return asked.addBoth(self._had(asked, request))

    def let_go(self) -> None:
        """Wait for nothing any more: neither a delay or Retry-After nor a host that stalls."""
        for asked in list(self._on_the_way):
            asked.cancel()

    def _had(
        self, asked: Deferred[ResponseOrRequest], request: Request
    ) -> Callable[[ResponseOrRequest | Failure], ResponseOrRequest | Failure]:
        def had(answer: ResponseOrRequest | Failure) -> ResponseOrRequest | Failure:
            self._on_the_way.discard(asked)
            if isinstance(answer, Failure) and isinstance(answer.value, CancelledError):
                sentence = f"Left for later: {request.url}, since the crawl ends."
                inc(self.crawler, PageOutcome.RUN_ENDED.row.stat)
                raise RequestDeferred(PageOutcome.RUN_ENDED, sentence)
            return answer

        return had
