"""What a page in the browser may load, and from whom: only what its text can depend on."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Request as Asked
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.crawl.failures import RequestRejected, classify_error
from crawler.crawl.politeness.allowed_hosts import objection
from crawler.crawl.politeness.robots import RobotsMiddleware
from crawler.crawl.spider import OutletSpider, site_of
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import BROWSER, inc

KINDS = {"script", "stylesheet", "xhr", "fetch"}
"""Resource types, by Playwright's names, that may decide what stands on a page. The document is
there already; pictures, fonts, films, frames, beacons and sockets say nothing in words."""

KEPT_KINDS = {"script", "stylesheet"}
"""Those that are the same for every page: asked for once a run."""

TRACKERS = re.compile(
    r"/(?:matomo|piwik)\.(?:js|php)|/cdn-cgi/(?:rum|zaraz)\b|/gtag/js\b|/(?:g/)?collect\?"
    r"|/(?:google-)?analytics\.js|/gtm\.js|/wcslog\.js"
)
"""Trackers that papers serve from their own host: Matomo, Cloudflare, Google's first-party tags,
Naver's. Of the others the guard of hosts keeps clear."""

METHODS = {"GET", "POST"}

SCRAPYS = {"user-agent", "accept-encoding", "cookie", "host", "connection", "content-length"}
"""Headers of a request that Scrapy writes itself."""

UNPACKED = {"content-encoding", "content-length", "transfer-encoding", "set-cookie"}
"""Headers of an answer that are not true of it any more, or not for the browser."""


class ResourceLoader:
    """Fetches for pages what they may load, with a guest's manners."""

    def __init__(self, crawler: Crawler) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        self.crawler = crawler
        self.hosts = site_of(crawler.spidercls).hosts
        self.kept: dict[str, Response] = {}

    def is_wanted(self, asked: Asked) -> bool:
        """Whether something may be loaded at all, robots.txt apart."""
        return (
            asked.resource_type in KINDS
            and asked.method in METHODS
            and not TRACKERS.search(asked.url)
            and objection(asked.url, self.hosts) is None
        )

    def count(self, what: str) -> None:
        inc(self.crawler, BROWSER + what)

    async def load(self, asked: Asked) -> Response:
        """Fetch it. Raises what an errback would be given; HttpError for an answer that may be
        another one next time."""
        if asked.url in self.kept:
            return self.kept[asked.url]
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots and await robots.forbids(asked.url):
            raise RequestRejected("robots", f"robots.txt forbids {asked.url}")
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(await as_request(asked))
        if classify_error(HttpError(response)).kind in {PageOutcome.TEMPORARY, PageOutcome.BLOCKED}:
            raise HttpError(response)
        if asked.resource_type in KEPT_KINDS:
            self.kept[asked.url] = response
        return response


async def as_request(asked: Asked) -> Request:
    headers = {name: value for name, value in (await asked.all_headers()).items()
               if name not in SCRAPYS and not name.startswith((":", "sec-"))}  # fmt: skip
    body = asked.post_data_buffer or b""
    return Request(asked.url, NO_CALLBACK, method=asked.method, headers=headers, body=body)


def as_answer(response: Response) -> dict[str, Any]:
    """What Playwright's ``route.fulfill`` takes."""
    headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
    kept = {name: value for name, value in headers.items() if name not in UNPACKED}
    return {"status": response.status, "headers": kept, "body": response.body}
