"""Keeping what an outlet answers, in a crawl: Scrapy's two components that see it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler import __version__
from crawler.archive.config import ArchiveConfig
from crawler.archive.location import RecordLocation
from crawler.archive.prune import keep_days
from crawler.archive.reader import Unreadable, record_at
from crawler.archive.records import Original, digest_of, id_of
from crawler.archive.writer import Writer
from crawler.crawl.rendering import RENDERED
from crawler.crawl.spider import OutletSpider
from crawler.dates.parse import SEOUL
from crawler.dates.utc import format_utc
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.articles.archive_index import record_of

logger = logging.getLogger(__name__)


class ArchiveMiddleware:
    """Downloader middleware, the nearest to the network: keeps each answer before anything is made
    of it, with the request, and with the row of a list that led to an article.

    ``meta`` gets ``record``, the place of the page or None, and ``fetched_at``. What cannot be
    written is said once and counted as ``malgeum/archive_errors``; the crawl goes on.
    """

    def __init__(self, crawler: Crawler, asked: ArchiveConfig, store: Store) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        assert crawler.stats is not None
        self.stats, self.asked, self.store = crawler.stats, asked, store
        self.outlet = crawler.spidercls.name
        self.writer = Writer(asked, self.outlet, about(crawler))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        asked = ArchiveConfig.of(crawler.settings)
        if asked is None or not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured
        self = cls(crawler, asked, crawl.store_of(crawler))
        crawler.signals.connect(self.end, signals.spider_closed)
        return self

    def process_response(self, request: Request, response: Response) -> Response:
        if RENDERED in response.flags:  # a list that was clicked on: it came from no network
            return response
        is_wanted = self.asked.keeps == "all" or "row" in request.cb_kwargs
        now = datetime.now(UTC)
        request.meta["fetched_at"] = format_utc(now)
        request.meta["record"] = request.meta["record_id"] = None
        if is_wanted:
            place = self.trying(lambda: self.keep(request, response, now))
            request.meta["record"] = str(place) if place else None
        return response

    def keep(self, request: Request, response: Response, now: datetime) -> RecordLocation:
        """Write the answer down; gives where its payload lies."""
        self.writer.open(now.astimezone(SEOUL).date())
        build = self.writer.builder
        answer = build.response(request, response, request.meta["fetched_at"])
        digest = digest_of(answer)
        original = self.writer.known.get(digest) or self.stored(request, digest)
        page = build.revisit(answer, original) if original else answer
        records = [page, build.request(request, answer)]
        if row := request.cb_kwargs.get("row"):
            records.append(build.row(row, answer))
        place = self.write([build.packed(record) for record in records])
        request.meta["record_id"] = id_of(answer)
        if original is None:
            date = request.meta["fetched_at"]
            self.writer.known[digest] = Original(response.url, date, place)
        self.stats.inc_value("malgeum/archived/revisit" if original else "malgeum/archived/page")
        return original.place if original and original.url == response.url else place

    def keep_rendered(self, request: Request, response: Response, now: datetime) -> RecordLocation:
        self.writer.open(now.astimezone(SEOUL).date())
        build, date = self.writer.builder, format_utc(now)
        page = build.conversion(response, date, request.meta.get("record_id"))
        return self.write([build.packed(page)])

    def write(self, records: list[bytes]) -> RecordLocation:
        self.stats.inc_value("malgeum/archived/bytes", sum(map(len, records)))
        return self.writer.write(records)[0]

    def stored(self, request: Request, digest: str) -> Original | None:
        """The record of a stored article's page, where that is unchanged."""
        row = request.cb_kwargs.get("row")
        if row is None or not row.stored:
            return None
        try:
            found = record_of(self.store, row.canonical_url)
            if found is None:
                return None
            place = RecordLocation.read(found)
            before = record_at(self.asked.folder, place)
        except (StoreError, Unreadable, OSError, ValueError):
            return None
        is_same = before.kind == "response" and before.digest == digest and before.url
        return Original(before.url, before.date, place) if is_same and before.url else None

    def trying(self, write: Callable[[], RecordLocation]) -> RecordLocation | None:
        """Whatever the disk says, the article goes on; without a record it is told of."""
        try:
            return write()
        except OSError as error:
            self.stats.inc_value("malgeum/archive_errors")
            if self.stats.get_value("malgeum/archive_errors") == 1:
                why = error.strerror or error
                logger.error(
                    "The archive %s cannot be written: %s. The crawl goes on; what is not in the"
                    " archive is counted.", self.asked.folder, why,
                )  # fmt: skip
            return None

    def end(self) -> None:
        """Leave the file, and take away what is older than it is to be kept."""
        self.writer.close()
        try:
            keep_days(self.store, self.asked, self.outlet, datetime.now(SEOUL).date())
        except (OSError, StoreError) as error:
            self.stats.inc_value("malgeum/archive_errors")
            logger.error("Old files of the archive could not be taken away: %s", error)


class RenderedArchiveMiddleware:
    """Downloader middleware, the last to see a page: keeps what stood in the browser, which is what
    an article is read from, as a conversion of what came."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        archive = self.crawler.get_downloader_middleware(ArchiveMiddleware)
        if archive is None or RENDERED not in response.flags:
            return response
        if archive.asked.keeps == "all" or "row" in request.cb_kwargs:
            now = datetime.now(UTC)
            place = archive.trying(lambda: archive.keep_rendered(request, response, now))
            request.meta["record"] = str(place) if place else None
        return response


def about(crawler: Crawler) -> dict[str, Any]:
    """What a file says of itself."""
    settings = crawler.settings
    return {
        "software": f"Malgeum/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "operator": settings["CONTACT"],
        "http-header-user-agent": settings["USER_AGENT"],
        "isPartOf": crawler.spidercls.name,
    }
