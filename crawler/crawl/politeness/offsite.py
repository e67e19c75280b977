"""Lets no request and no redirect leave the outlet's own hosts."""

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
    """Downloader middleware: judges every request, so also every redirect that is followed.

    It is an outlet's. In ``scrapy shell`` and ``scrapy fetch`` whoever sits there says where to.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured
        self.crawler = crawler
        self.hosts = site_of(crawler.spidercls).hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        self.judge(request.url, request.url)

    def judge(self, url: str, said: str) -> None:
        """Raise Refused, and say of what, where ``url`` is not to be asked for."""
        if found := objection(url, self.hosts):
            reject(self.crawler, found[0], f"Refused: {said} {found[1]}.")


class RedirectOffsiteMiddleware(OffsiteMiddleware):
    """Downloader middleware: judges where a response's Location leads, before Scrapy follows it.

    Left to itself, Scrapy hands the bare redirect on where it leads to no web address, and drops
    one that leads back to itself as a duplicate, without a word to the errback.
    """

    def process_request(self, request: Request) -> None:
        """Nothing: a redirect begins with a response."""

    def process_response(self, request: Request, response: Response) -> Response:
        location = response.headers.get("Location")
        if location is not None and response.status in REDIRECTS:
            self.judge_redirect(request, location.decode("utf-8", "replace"))
        return response

    def judge_redirect(self, request: Request, location: str) -> None:
        try:
            url = urljoin(request.url, safe_url_string(location))
        except ValueError:  # a host that is none
            url = location
        self.judge(url, f"{request.url} redirects to {url}, which")
        if url in {request.url, *request.meta.get("redirect_urls", ())}:
            raise IgnoreRequest(f"{request.url} redirects in a circle")


class MetaRefreshOffsiteMiddleware(RedirectOffsiteMiddleware):
    """Downloader middleware: the same for pages that redirect by a ``<meta http-equiv=refresh>``.

    One that Scrapy does not follow, since it is too slow, is left to the page.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        if isinstance(response, HtmlResponse):
            after, url = self._refresh(request, response)
            slowest = self.crawler.settings.getint("METAREFRESH_MAXDELAY")
            if url and after is not None and after < slowest:
                self.judge_redirect(request, url)
        return response

    def _refresh(
        self, request: Request, response: HtmlResponse
    ) -> tuple[float, str] | tuple[None, None]:
        tags = self.crawler.settings.getlist("METAREFRESH_IGNORE_TAGS")
        try:
            return get_meta_refresh(response, ignore_tags=tags)
        except ValueError:  # a host that is none
            said = f"{request.url} redirects to what"
            reject(self.crawler, "scheme", f"Refused: {said} is no address of a web page.")
