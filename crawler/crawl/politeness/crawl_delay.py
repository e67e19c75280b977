"""Crawl-delay of robots.txt, which Scrapy reads and does not apply."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)


class CrawlDelay:
    """Extension that keeps the delay of a host's downloader slot at least at its Crawl-delay.

    In seconds, without jitter. It must be loaded after AutoThrottle, which shortens the delay of a
    fast host: receivers of a signal are called in that order.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.least: dict[str, float] = {}
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the extension."""
        return cls(crawler)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Apply the delay that a host's robots.txt demands."""
        settings = self.crawler.settings
        agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        delay = robotparser.crawl_delay(agent)
        host = urlparse_cached(request).hostname or ""
        if delay and delay > self.least.get(host, 0):
            logger.info("robots.txt of %s demands %g seconds between requests.", host, delay)
            self.least[host] = delay
            self._raise_delay(host)

    def response_downloaded(self, request: Request, **_: Any) -> None:
        """Restore the delay after AutoThrottle changed it."""
        host = request.meta.get("download_slot", "")
        if host in self.least:
            self._raise_delay(host)

    def _raise_delay(self, host: str) -> None:
        """Raise the delay of the host's slot, and of the slots that Scrapy makes later."""
        assert self.crawler.engine is not None
        downloader, least = self.crawler.engine.downloader, self.least[host]
        given = downloader.per_slot_settings.get(host, {})
        downloader.per_slot_settings[host] = given | {"delay": least, "jitter": 0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.jitter, slot.delay = 0, max(slot.delay, least)
