"""Resources that a page in the browser may load: only those that its text can depend on."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Request as BrowserRequest
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

RESOURCE_TYPES = {"script", "stylesheet", "xhr", "fetch"}
"""Resource types, by Playwright's names, that can change a page's text. The document is there
already; images, fonts, media, frames, beacons and sockets hold no text."""

CACHED_TYPES = {"script", "stylesheet"}
"""Types that are the same for every page: fetched once per run."""

TRACKERS = re.compile(
    r"/(?:matomo|piwik)\.(?:js|php)|/cdn-cgi/(?:rum|zaraz)\b|/gtag/js\b|/(?:g/)?collect\?"
    r"|/(?:google-)?analytics\.js|/gtm\.js|/wcslog\.js"
)
"""Trackers that outlets serve from their own host: Matomo, Cloudflare, Google's first-party tags,
Naver's. Others are on hosts that are not allowed."""

METHODS = {"GET", "POST"}

SCRAPY_HEADERS = {"user-agent", "accept-encoding", "cookie", "host", "connection", "content-length"}
"""Headers of a request that Scrapy writes itself."""

STALE_HEADERS = {"content-encoding", "content-length", "transfer-encoding", "set-cookie"}
"""Headers of a response that no longer hold, or are not for the browser."""


class ResourceLoader:
    """Fetches resources for pages, as politely as pages."""

    def __init__(self, crawler: Crawler) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        self.crawler = crawler
        self.hosts = site_of(crawler.spidercls).hosts
        self.kept: dict[str, Response] = {}

    def is_wanted(self, resource: BrowserRequest) -> bool:
        """Return True if a resource may be loaded, robots.txt apart."""
        return (
            resource.resource_type in RESOURCE_TYPES
            and resource.method in METHODS
            and not TRACKERS.search(resource.url)
            and objection(resource.url, self.hosts) is None
        )

    def count(self, what: str) -> None:
        """Count an event of the browser."""
        inc(self.crawler, BROWSER + what)

    async def load(self, resource: BrowserRequest) -> Response:
        """Fetch a resource. Raises what an errback would get.

        HttpError for a response that may be another one next time.
        """
        if resource.url in self.kept:
            return self.kept[resource.url]
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots and await robots.forbids(resource.url):
            raise RequestRejected("robots", f"robots.txt forbids {resource.url}")
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(await as_request(resource))
        if classify_error(HttpError(response)).kind in {PageOutcome.TEMPORARY, PageOutcome.BLOCKED}:
            raise HttpError(response)
        if resource.resource_type in CACHED_TYPES:
            self.kept[resource.url] = response
        return response


async def as_request(resource: BrowserRequest) -> Request:
    """Return the browser's request as one of Scrapy."""
    headers = {name: value for name, value in (await resource.all_headers()).items()
               if name not in SCRAPY_HEADERS and not name.startswith((":", "sec-"))}  # fmt: skip
    body = resource.post_data_buffer or b""
    return Request(resource.url, NO_CALLBACK, method=resource.method, headers=headers, body=body)


def as_answer(response: Response) -> dict[str, Any]:
    """Return the arguments of Playwright's ``route.fulfill``."""
    headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
    kept = {name: value for name, value in headers.items() if name not in STALE_HEADERS}
    return {"status": response.status, "headers": kept, "body": response.body}
