"""An outlet's sitemaps in one run: asked for, followed, and told to the frontier."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawl.failures import RequestDeferred, RequestRejected, classify_error
from crawler.dates.period import Period
from crawler.extract.cms.model import Cms
from crawler.extract.pages import ListingEntry, Publisher
from crawler.extract.sitemap import (
    ParsedSitemap,
    SitemapEntry,
    SitemapError,
    named_in_robots,
    read_sitemap,
    rows_of,
)
from crawler.outcomes.stats import (
    BROKEN_SITEMAPS,
    NO_SITEMAPS,
    SITEMAPS,
    SITEMAPS_LEFT,
    TIMELESS,
    inc,
)

logger = logging.getLogger(__name__)

ROBOTS = "/robots.txt"

DEEPEST = 3
"""How far below the first a sitemap may stand: robots.txt, an index, its files."""

MAX_SITEMAPS = 500
"""Sitemaps that one run reads at most, the most recently changed first."""

ENTRIES_AT_ONCE = 500
"""Addresses of a sitemap that are recorded in one transaction; a file may hold 50,000."""


@dataclass(slots=True)
class Sitemaps:
    """The walk over sitemaps. ``shown`` makes of rows what the frontier is told."""

    crawler: Crawler
    place: Publisher
    family: Cms
    period: Period
    shown: Callable[[list[ListingEntry]], Any]
    clock: Callable[[], str]
    requested: int = 0

    def requests(self, urls: Iterable[str], depth: int = 0) -> Iterator[Request]:
        """Each sitemap is asked for once, whoever names it: by Scrapy's filter. Given last is what
        is to be asked for first, as Scrapy's scheduler has it."""
        requests = []
        for url in urls:
            if self.requested == MAX_SITEMAPS:
                inc(self.crawler, SITEMAPS_LEFT)
                said = "One run reads %d sitemaps: %s, and what is named behind it, is left out."
                logger.warning(said, MAX_SITEMAPS, url)
                break
            try:
                request = Request(url, self.parse, errback=self.failed, cb_kwargs={"depth": depth})
            except ValueError:
                self.broken(url, "it is no address")
                continue
            self.requested += 1
            requests.append(request)
        yield from reversed(requests)

    def parse(self, response: Response, depth: int) -> Iterator[Any]:
        """A sitemap's articles, or the sitemaps that an index or robots.txt names."""
        assert response.request is not None
        if urlsplit(response.request.url).path == ROBOTS:
            named = named_in_robots(response.body, response.url)
            if not named:
                self.broken(response.url, "it names none")
            yield from self.requests(named, depth + 1)
            return
        try:
            most = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
            sitemap = read_sitemap(response.body, response.url, most)
            if sitemap.is_index:
                yield from self.parse_index(sitemap, response, depth)
            else:
                yield from self.entries(sitemap)
            if not sitemap.is_whole:
                self.broken(response.url, "it was cut short")
        except SitemapError as error:
            self.broken(response.url, str(error))
        else:
            inc(self.crawler, SITEMAPS)

    def parse_index(
        self, index: ParsedSitemap, response: Response, depth: int
    ) -> Iterator[Request]:
        """Sitemaps that may hold wanted articles, those first that changed last."""
        if depth >= DEEPEST:
            raise SitemapError("it is an index in an index in an index")
        entries = [entry for entry in index.entries if not self.is_over(entry)]
        latest = datetime.max.replace(tzinfo=UTC)
        entries.sort(key=lambda entry: entry.changed or latest, reverse=True)
        yield from self.requests((entry.url for entry in entries), depth + 1)

    def entries(self, sitemap: ParsedSitemap) -> Iterator[Any]:
        """A sitemap's articles, some at a time. Counts those of which only
        their pages can say whether they lie in the wanted period."""
        left = (entry for entry in sitemap.entries if not self.is_over(entry))
        while some := list(islice(left, ENTRIES_AT_ONCE)):
            rows = rows_of(some, self.family, self.place, self.clock())
            timeless = {entry.url for entry in some if not (entry.published or entry.changed)}
            for row in rows:
                if row.url in timeless:
                    inc(self.crawler, TIMELESS)
            yield self.shown(rows)

    def is_over(self, entry: SitemapEntry) -> bool:
        """Whether what a sitemap names was last changed before the wanted period began."""
        since = self.period.since
        return since is not None and entry.changed is not None and entry.changed <= since

    def failed(self, failure: Failure) -> None:
        """A sitemap is a help, as a feed is; but an outlet that says so has one."""
        error = failure.value
        assert error is not None
        kind, why = classify_error(error)
        if not isinstance(error, RequestDeferred | RequestRejected):  # which have been said
            inc(self.crawler, NO_SITEMAPS)
            request: Request = failure.request  # type: ignore[attr-defined]
            logger.warning("No sitemap: %s: %s: %s", kind, request.url, why)

    def broken(self, url: str, why: str) -> None:
        inc(self.crawler, BROKEN_SITEMAPS)
        logger.warning("No sitemap: broken: %s: %s", url, why)
