"""Sitemaps of an outlet in one run: requested, followed, and passed to the frontier."""

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

MAX_DEPTH = 3
"""Levels below the first: robots.txt, an index, its files."""

MAX_SITEMAPS = 500
"""Sitemaps that one run reads at most, the most recently changed first."""

BATCH_SIZE = 500
"""Entries of a sitemap that are stored in one transaction; a file may hold 50,000."""


@dataclass(slots=True)
class Sitemaps:
    """Reads an outlet's sitemaps. ``rows_page`` turns rows into what the frontier gets."""

    crawler: Crawler
    publisher: Publisher
    cms: Cms
    period: Period
    rows_page: Callable[[list[ListingEntry]], Any]
    clock: Callable[[], str]
    requested: int = 0

    def requests(self, urls: Iterable[str], depth: int = 0) -> Iterator[Request]:
        """Yield a request per sitemap, each URL once (by Scrapy's filter).

        In reverse order: Scrapy's scheduler takes the last request first.
        """
        requests = []
        for url in urls:
            if self.requested == MAX_SITEMAPS:
                inc(self.crawler, SITEMAPS_LEFT)
                logger.warning(
                    "One run reads %d sitemaps: %s, and those after it, are left out.",
                    MAX_SITEMAPS, url,
                )  # fmt: skip
                break
            try:
                request = Request(
                    url, self.parse, errback=self.on_error, cb_kwargs={"depth": depth}
                )
            except ValueError:
                self.broken(url, "it is not a URL")
                continue
            self.requested += 1
            requests.append(request)
        yield from reversed(requests)

    def parse(self, response: Response, depth: int) -> Iterator[Any]:
        """Read a sitemap's articles, or the sitemaps that an index or robots.txt names."""
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
        """Yield requests for sitemaps that may hold wanted articles, the last changed first."""
        if depth >= MAX_DEPTH:
            raise SitemapError("it is an index in an index in an index")
        entries = [entry for entry in index.entries if not self.is_over(entry)]
        latest = datetime.max.replace(tzinfo=UTC)
        entries.sort(key=lambda entry: entry.changed or latest, reverse=True)
        yield from self.requests((entry.url for entry in entries), depth + 1)

    def entries(self, sitemap: ParsedSitemap) -> Iterator[Any]:
        """Yield a sitemap's articles in batches.

        Counts entries without a date: only their pages can say if they lie in the wanted period.
        """
        wanted = (entry for entry in sitemap.entries if not self.is_over(entry))
        while batch := list(islice(wanted, BATCH_SIZE)):
            rows = rows_of(batch, self.cms, self.publisher, self.clock())
            timeless = {entry.url for entry in batch if not (entry.published or entry.changed)}
            for row in rows:
                if row.url in timeless:
                    inc(self.crawler, TIMELESS)
            yield self.rows_page(rows)

    def is_over(self, entry: SitemapEntry) -> bool:
        """Return True if an entry was last changed before the wanted period."""
        since = self.period.since
        return since is not None and entry.changed is not None and entry.changed <= since

    def on_error(self, failure: Failure) -> None:
        """Log a sitemap that cannot be fetched: the outlet is said to have it."""
        error = failure.value
        assert error is not None
        failure_kind = classify_error(error)
        if not isinstance(error, RequestDeferred | RequestRejected):  # logged already
            inc(self.crawler, NO_SITEMAPS)
            request: Request = failure.request  # type: ignore[attr-defined]
            logger.warning(
                "No sitemap: %s: %s: %s", failure_kind.kind, request.url, failure_kind.sentence
            )

    def broken(self, url: str, reason: str) -> None:
        """Count and log a sitemap that cannot be read."""
        inc(self.crawler, BROKEN_SITEMAPS)
        logger.warning("No sitemap: broken: %s: %s", url, reason)
