"""robots.txt as in RFC 9309: only a response says what is allowed.

Scrapy allows everything if robots.txt cannot be fetched. Here the host gets no request in this run
then; 4xx means, as in Scrapy, that there are no rules.
"""

from __future__ import annotations

import asyncio
import logging

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.crawl.failures import classify_error
from crawler.crawl.politeness.reject import defer, reject
from crawler.outcomes.pages import PageOutcome

logger = logging.getLogger(__name__)


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, except that a host without a robots.txt response is left alone."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Task[RobotParser | str]] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """Return the rules of a host, fetched once. Raises RequestDeferred without a response."""
        url = urlparse_cached(request)
        home = f"{url.scheme}://{url.netloc}"
        if home not in self._rules:
            self._rules[home] = asyncio.create_task(self._rules_or_reason(home, request))
        rules = await self._rules[home]
        if isinstance(rules, str):
            defer(
                self.crawler,
                PageOutcome.NO_ROBOTS,
                f"Left for later: {request.url}, since {rules}.",
            )
        return rules

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Reject a forbidden request."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            reject(self.crawler, "robots", f"Refused: robots.txt forbids {request.url}.")

    async def forbids(self, url: str) -> bool:
        """Return True if a page must not load a URL. Raises RequestDeferred."""
        rules = await self.robot_parser(Request(url))
        return not rules.allowed(url, self._robotstxt_useragent or self._default_useragent)

    async def _rules_or_reason(self, home: str, request: Request) -> RobotParser | str:
        try:
            return await self._fetch(f"{home}/robots.txt", request)
        except Exception as error:
            reason = f"{home}/robots.txt could not be fetched ({classify_error(error).sentence})"
            logger.warning("This host gets no request in this run: %s.", reason)
            return reason

    async def _fetch(self, url: str, request: Request) -> RobotParser:
        assert self.crawler.engine is not None
        meta = {"dont_obey_robotstxt": True}
        robots_request = Request(url, NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        self._stats.inc_value("robotstxt/request_count")
        response = await self.crawler.engine.download_async(robots_request)
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= 500 or response.status == 429:
            raise HttpError(response)
        rules = response.body if response.status < 300 else b""
        parser = build_from_crawler(self._parserimpl, self.crawler, rules)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )
        return parser
