"""robots.txt obeyed as RFC 9309 has it: only an answer says what is allowed.

Scrapy takes a robots.txt that cannot be had for one that allows everything. Here the host is left
alone for this run then; 4xx means, as there, that it has no rules.
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
    """Scrapy's, with its parser, settings, stats and signal, but where there is no answer."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Task[RobotParser | str]] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """The rules of a request's host, asked for once. Raises NotNow where it gave no answer."""
        url = urlparse_cached(request)
        home = f"{url.scheme}://{url.netloc}"
        if home not in self._rules:
            self._rules[home] = asyncio.create_task(self._rules_or_why(home, request))
        rules = await self._rules[home]
        if isinstance(rules, str):
            defer(
                self.crawler,
                PageOutcome.NO_ROBOTS,
                f"Left for later: {request.url}, since {rules}.",
            )
        return rules

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            reject(self.crawler, "robots", f"Refused: robots.txt forbids {request.url}.")

    async def forbids(self, url: str) -> bool:
        """Whether a page may not load an address. Raises NotNow as ``robot_parser`` does."""
        rules = await self.robot_parser(Request(url))
        return not rules.allowed(url, self._robotstxt_useragent or self._default_useragent)

    async def _rules_or_why(self, home: str, request: Request) -> RobotParser | str:
        try:
            return await self._ask(f"{home}/robots.txt", request)
        except Exception as error:
            why = f"{home}/robots.txt could not be had ({classify_error(error).sentence})"
            logger.warning("Nothing is asked of this host in this run: %s.", why)
            return why

    async def _ask(self, url: str, request: Request) -> RobotParser:
        assert self.crawler.engine is not None
        meta = {"dont_obey_robotstxt": True}
        asked = Request(url, NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        self._stats.inc_value("robotstxt/request_count")
        response = await self.crawler.engine.download_async(asked)
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
