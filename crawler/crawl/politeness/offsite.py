"""Offsite middlewares: no request and no redirect leaves the outlet's own hosts."""

from __future__ import annotations

from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.utils.response import get_meta_refresh
from w3lib.url import safe_url_string

from crawler.crawl.politeness.allowed_hosts import objection
from crawler.crawl.politeness.reject import reject
from crawler.crawl.spider import OutletSpider, site_of

REDIRECTS = {301, 302, 303, 307, 308}


class OffsiteMiddleware:
    """Downloader middleware that rejects requests to other hosts, redirected ones included.

    Only crawls of outlets have it; ``scrapy shell`` and ``scrapy fetch`` may go anywhere.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured
        self.crawler = crawler
        self.hosts = site_of(crawler.spidercls).hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Reject a request to another host."""
        self.check(request.url, request.url)

    def check(self, url: str, subject: str) -> None:
        """Raise RequestRejected for a URL outside the outlet; ``subject`` begins the sentence."""
        if reason := objection(url, self.hosts):
            kind, words = reason
            reject(self.crawler, kind, f"Refused: {subject} {words}.")


class RedirectOffsiteMiddleware(OffsiteMiddleware):
    """Downloader middleware that checks a response's Location before Scrapy follows it.

    Otherwise Scrapy passes on a redirect to an address outside the web, and drops one that leads
    back to itself as a duplicate, without a call of the errback.
    """

    def process_request(self, request: Request) -> None:
        """Pass every request: a redirect begins with a response."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Reject a redirect to another host, or in a circle."""
        location = response.headers.get("Location")
        if location is not None and response.status in REDIRECTS:
            self.check_redirect(request, location.decode("utf-8", "replace"))
        return response

    def check_redirect(self, request: Request, location: str) -> None:
        """Raise RequestRejected, or IgnoreRequest for a circle."""
        try:
            url = urljoin(request.url, safe_url_string(location))
        except ValueError:  # not a valid host
            url = location
        self.check(url, f"{request.url} redirects to {url}, which")
        if url in {request.url, *request.meta.get("redirect_urls", ())}:
            raise IgnoreRequest(f"{request.url} redirects in a circle")


class MetaRefreshOffsiteMiddleware(RedirectOffsiteMiddleware):
    """Downloader middleware that does the same for ``<meta http-equiv=refresh>``.

    A refresh that is too slow for Scrapy to follow is ignored.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Reject a refresh that leads to another host."""
        if isinstance(response, HtmlResponse):
            after, url = self._refresh(request, response)
            slowest = self.crawler.settings.getint("METAREFRESH_MAXDELAY")
            if url and after is not None and after < slowest:
                self.check_redirect(request, url)
        return response

    def _refresh(
        self, request: Request, response: HtmlResponse
    ) -> tuple[float, str] | tuple[None, None]:
        tags = self.crawler.settings.getlist("METAREFRESH_IGNORE_TAGS")
        try:
            return get_meta_refresh(response, ignore_tags=tags)
        except ValueError:  # not a valid host
            sentence = f"Refused: {request.url} redirects to an invalid address."
            reject(self.crawler, "scheme", sentence)
