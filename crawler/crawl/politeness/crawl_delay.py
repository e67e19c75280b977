"""robots.txt's Crawl-delay, which Scrapy reads and does not apply."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)


class CrawlDelay:
    """Extension: the least delay of a host's downloader slot, in seconds, without jitter.

    It has to be loaded after AutoThrottle, which makes a fast host's delay shorter: signals are
    heard in that order.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.least: dict[str, float] = {}
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        settings = self.crawler.settings
        agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        delay = robotparser.crawl_delay(agent)
        host = urlparse_cached(request).hostname or ""
        if delay and delay > self.least.get(host, 0):
            logger.info("robots.txt of %s asks for %g seconds between requests.", host, delay)
            self.least[host] = delay
            self._lift(host)

    def response_downloaded(self, request: Request, **_: Any) -> None:
        host = request.meta.get("download_slot", "")
        if host in self.least:
            self._lift(host)

    def _lift(self, host: str) -> None:
        """The slot that the host has, and what Scrapy makes it anew of where it was idle."""
        assert self.crawler.engine is not None
        downloader, least = self.crawler.engine.downloader, self.least[host]
        given = downloader.per_slot_settings.get(host, {})
        downloader.per_slot_settings[host] = given | {"delay": least, "jitter": 0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.jitter, slot.delay = 0, max(slot.delay, least)
