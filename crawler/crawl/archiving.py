"""Downloader middlewares that archive every response of a crawl, and what was rendered of it."""

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
from crawler.archive.prune import apply_retention
from crawler.archive.reader import Unreadable, record_at
from crawler.archive.records import OriginalRecord, digest_of, id_of
from crawler.archive.writer import ArchiveWriter
from crawler.crawl.page_context import context_of, entry_of
from crawler.crawl.rendering import RENDERED
from crawler.crawl.spider import OutletSpider
from crawler.dates.parse import SEOUL
from crawler.dates.utc import format_utc
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import ARCHIVED_BYTES, ARCHIVED_PAGES, ARCHIVED_REVISITS
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.articles.archive_index import location_of

logger = logging.getLogger(__name__)


class ArchiveMiddleware:
    """Downloader middleware next to the network: archives responses before they are decoded.

    With each go its request, and the listing that led to an article. What cannot be written is
    logged once and counted; the crawl goes on.
    """

    def __init__(self, crawler: Crawler, config: ArchiveConfig, store: Store) -> None:
        assert issubclass(crawler.spidercls, OutletSpider)
        assert crawler.stats is not None
        self.stats, self.config, self.store = crawler.stats, config, store
        self.outlet = crawler.spidercls.name
        self.writer = ArchiveWriter(config, self.outlet, about(crawler))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware if the crawl is of an outlet and has an archive."""
        config = ArchiveConfig.of(crawler.settings)
        if config is None or not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured
        self = cls(crawler, config, crawl.store_of(crawler))
        crawler.signals.connect(self.end, signals.spider_closed)
        return self

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive a response, and note in the request's context when it came and where it lies."""
        if RENDERED in response.flags:  # a list that was clicked on: it came from no network
            return response
        is_wanted = self.config.keeps == "all" or entry_of(request) is not None
        now, context = datetime.now(UTC), context_of(request)
        context.fetched_at = format_utc(now)
        context.warc_location = context.warc_record_id = None
        if is_wanted:
            location = self.trying(lambda: self.keep(request, response, now))
            context.warc_location = str(location) if location else None
        return response

    def keep(self, request: Request, response: Response, now: datetime) -> RecordLocation:
        """Write a response to the archive; return where its payload lies."""
        self.writer.open(now.astimezone(SEOUL).date())
        build, context = self.writer.builder, context_of(request)
        fetched_at = format_utc(now)
        record = build.response(request, response, fetched_at)
        digest = digest_of(record)
        original = self.writer.known.get(digest) or self.stored(request, digest)
        page = build.revisit(record, original) if original else record
        records = [page, build.request(request, record)]
        if entry := entry_of(request):
            records.append(build.listing(entry, record))
        location = self.write([build.compress(one) for one in records])
        context.warc_record_id = id_of(record)
        if original is None:
            self.writer.known[digest] = OriginalRecord(response.url, fetched_at, location)
        self.stats.inc_value(ARCHIVED_REVISITS if original else ARCHIVED_PAGES)
        return original.location if original and original.url == response.url else location

    def keep_rendered(self, request: Request, response: Response, now: datetime) -> RecordLocation:
        """Write what stood in the browser as a conversion of the response."""
        self.writer.open(now.astimezone(SEOUL).date())
        build, context = self.writer.builder, context_of(request)
        page = build.conversion(response, format_utc(now), context.warc_record_id)
        return self.write([build.compress(page)])

    def write(self, records: list[bytes]) -> RecordLocation:
        """Append packed records; return where the first lies."""
        self.stats.inc_value(ARCHIVED_BYTES, sum(map(len, records)))
        return self.writer.write(records)[0]

    def stored(self, request: Request, digest: str) -> OriginalRecord | None:
        """Return the record of a stored article's page, if the page is unchanged."""
        entry = entry_of(request)
        if entry is None or not entry.stored:
            return None
        try:
            text = location_of(self.store, entry.canonical_url)
            if text is None:
                return None
            location = RecordLocation.read(text)
            before = record_at(self.config.folder, location)
        except (StoreError, Unreadable, OSError, ValueError):
            return None
        is_same = before.kind == "response" and before.digest == digest and before.url
        return OriginalRecord(before.url, before.date, location) if is_same and before.url else None

    def trying(self, write: Callable[[], RecordLocation]) -> RecordLocation | None:
        """Write, or count an error and return None; the article goes on in any case."""
        try:
            return write()
        except OSError as error:
            self.stats.inc_value(RunOutcome.ARCHIVE_ERROR.stat)
            if self.stats.get_value(RunOutcome.ARCHIVE_ERROR.stat) == 1:
                why = error.strerror or error
                logger.error(
                    "The archive %s cannot be written: %s. The crawl goes on; what is not in the"
                    " archive is counted.", self.config.folder, why,
                )  # fmt: skip
            return None

    def end(self) -> None:
        """Close the file, and delete files that are older than ``ARCHIVE_DAYS``."""
        self.writer.close()
        try:
            apply_retention(self.store, self.config, self.outlet, datetime.now(SEOUL).date())
        except (OSError, StoreError) as error:
            self.stats.inc_value(RunOutcome.ARCHIVE_ERROR.stat)
            logger.error("Old files of the archive could not be taken away: %s", error)


class RenderedArchiveMiddleware:
    """Downloader middleware next to the spider: archives the rendered page that is extracted.

    It is a conversion record of the response.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive a rendered page."""
        archive = self.crawler.get_downloader_middleware(ArchiveMiddleware)
        if archive is None or RENDERED not in response.flags:
            return response
        if archive.config.keeps == "all" or entry_of(request) is not None:
            now = datetime.now(UTC)
            location = archive.trying(lambda: archive.keep_rendered(request, response, now))
            context_of(request).warc_location = str(location) if location else None
        return response


def about(crawler: Crawler) -> dict[str, Any]:
    """Return the fields of a WARC file's own description."""
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
