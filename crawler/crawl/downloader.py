"""Downloader that can let go of requests in flight, so that a crawl that ends need not wait."""

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
    """Scrapy's downloader; a request that it lets go of ends as :class:`RequestDeferred`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._in_flight: set[Deferred[ResponseOrRequest]] = set()

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[ResponseOrRequest]:
        """Fetch a request, and remember it until it ends."""
        download: Deferred[ResponseOrRequest] = super().fetch(request)
        self._in_flight.add(download)
        return download.addBoth(self._ended(download, request))

    def let_go(self) -> None:
        """Cancel all requests in flight: no delay, Retry-After or stalled host is waited for."""
        for download in list(self._in_flight):
            download.cancel()

    def _ended(
        self, download: Deferred[ResponseOrRequest], request: Request
    ) -> Callable[[ResponseOrRequest | Failure], ResponseOrRequest | Failure]:
        def ended(result: ResponseOrRequest | Failure) -> ResponseOrRequest | Failure:
            self._in_flight.discard(download)
            if isinstance(result, Failure) and isinstance(result.value, CancelledError):
                sentence = f"Left for later: {request.url}, since the crawl ends."
                inc(self.crawler, PageOutcome.RUN_ENDED.row.stat)
                raise RequestDeferred(PageOutcome.RUN_ENDED, sentence)
            return result

        return ended
