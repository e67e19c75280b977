"""Back-off: a busy host gets no request for as long as its Retry-After says.

Scrapy's RetryMiddleware retries without waiting. Here the downloader's slot waits, so that nothing
else goes to the host meanwhile.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.crawl.politeness.reject import defer
from crawler.outcomes.pages import PageOutcome
from crawler.runtime.limits import limit_of

logger = logging.getLogger(__name__)

BUSY_STATUSES = {429, 503}
"""RFC 6585 and RFC 9110; with any other status Retry-After means no second try."""

SOME_DELAY = 0.001
"""Seconds; a slot without any delay ignores when it was last used."""


class RetryAfterMiddleware:
    """Downloader middleware that waits for a host up to ``RETRY_AFTER_MAX`` seconds in all.

    A host that needs more is left for a later run, with everything still wanted from it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.most = limit_of(crawler.settings, "RETRY_AFTER_MAX")
        self.waited: dict[str, float] = {}
        self.deferred: set[str] = set()
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware."""
        return cls(crawler)

    def response_downloaded(self, response: Response, request: Request, **_: Any) -> None:
        """Make the slot wait: it sends its next request right after this signal."""
        seconds = retry_after_seconds(response, datetime.now(UTC))
        host = self._host(request)
        if seconds == 0:
            return
        if self.waited.get(host, 0) + seconds > self.most:
            logger.warning(
                "%s is busy and asks for %g seconds' rest: left for later.", host, seconds
            )
            self.deferred.add(host)
            return
        logger.info("%s is busy and asks for %g seconds' rest: the crawl waits.", host, seconds)
        self.waited[host] = self.waited.get(host, 0) + seconds
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots[host]
        slot.delay = max(slot.delay, SOME_DELAY)
        slot.lastseen = monotonic() + seconds

    def process_request(self, request: Request) -> None:
        """Defer requests to a host that is left for later."""
        if self._host(request) in self.deferred:
            self._defer(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Defer the request that was answered busy, if its host is left for later."""
        if response.status in BUSY_STATUSES and self._host(request) in self.deferred:
            self._defer(request)
        return response

    def _host(self, request: Request) -> str:
        assert self.crawler.engine is not None
        return self.crawler.engine.downloader.get_slot_key(request)

    def _defer(self, request: Request) -> None:
        why = "its host asks for a longer rest than RETRY_AFTER_MAX"
        defer(self.crawler, PageOutcome.BUSY, f"Left for later: {request.url}, since {why}.")


def retry_after_seconds(response: Response, now: datetime) -> float:
    """Return the seconds for which a busy host wants no request; 0 if it does not say.

    A time is compared with the response's own Date, since the host's clock may be wrong.
    """
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if response.status not in BUSY_STATUSES or not value:
        return 0
    if value.isascii() and value.isdecimal():
        return float(value)
    until = _parse_http_date(value)
    sent = _parse_http_date((response.headers.get("Date") or b"").decode("latin-1")) or now
    return max(0, (until - sent).total_seconds()) if until else 0


def _parse_http_date(date: str) -> datetime | None:
    """Parse an HTTP date in any of its three forms; a form without a zone is in GMT too."""
    try:
        read = parsedate_to_datetime(date)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
