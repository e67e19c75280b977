"""Reads sitemaps (sitemaps.org): the URLs that they name, with dates of publication and change.

Scrapy's parser does the reading. Pure functions; they raise SitemapError if the input is not a
sitemap.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin

from lxml.etree import LxmlError
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap, sitemap_urls_from_robots

from crawler.extract.cms.model import Cms
from crawler.extract.pages import ListingEntry, Publisher

_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?html\b", re.IGNORECASE
)
GZIP = b"\x1f\x8b\x08"
_END = re.compile(
    rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>|<(?:\w+:)?(?:urlset|sitemapindex)[^>]*/>"
)
_PUBLISHED = re.compile(r"(?:\{[^}]*sitemap-news[^}]*\}|news:)publication_date")
"""Google's element, also if the sitemap does not declare ``news:``; videos have a publication_date
as well."""
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
"""The start of W3C's date forms (NOTE-datetime); Python reads those with a day, and others."""


class SitemapError(Exception):
    """The input is not a sitemap, or is broken from some point on; the message says why."""


class SitemapEntry(NamedTuple):
    """A URL in a sitemap, with its dates."""

    url: str
    published: str | None
    """Date of the article as written, from Google's news extension."""
    changed: datetime | None
    """The end of the ``lastmod``: when a page changed, never when it was published; but nothing is
    published after its last change."""


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """A sitemap whose entries are read on demand."""

    is_index: bool
    """True if it names other sitemaps."""
    is_whole: bool
    """True if it is complete, False if it was cut off in transfer."""
    entries: Iterator[SitemapEntry]
    """Raises SitemapError at the point from which it cannot be read."""


def read_sitemap(body: bytes, url: str, most: int) -> ParsedSitemap:
    """Read a sitemap or a sitemap index, gzipped or not.

    ``most`` is the maximum size in bytes after unpacking, 0 for no limit. Raises SitemapError.
    """
    body = _unpacked(body, most)
    if _WEB_PAGE.match(body):
        raise SitemapError("it is a web page")
    try:
        sitemap = Sitemap(body)
    except (LxmlError, StopIteration):
        raise SitemapError("it is not XML") from None
    if sitemap.type not in ("urlset", "sitemapindex"):
        raise SitemapError(f"it is <{sitemap.type}>")
    is_whole = bool(_END.search(body, max(0, len(body) - 2000)))
    return ParsedSitemap(sitemap.type == "sitemapindex", is_whole, _entries(sitemap, url))


def _unpacked(body: bytes, most: int) -> bytes:
    """Unpack a gzip file; Scrapy has already undone a Content-Encoding."""
    if not body.startswith(GZIP):
        return body
    try:
        return gunzip(body, max_size=most)
    except (OSError, EOFError, zlib.error):
        raise SitemapError("it cannot be unpacked") from None
    except ValueError:  # Scrapy's own kind of it has no public name
        raise SitemapError("it is larger than DOWNLOAD_MAXSIZE once unpacked") from None


def _entries(sitemap: Sitemap, url: str) -> Iterator[SitemapEntry]:
    dates: dict[str, str] = {}
    sitemap.xmliter = _watched(sitemap.xmliter, dates)
    try:
        for entry in sitemap:
            published = dates.pop("published", None)
            # As in feeds, links may be escaped twice.
            address = re.sub(r"&(?:amp;)+", "&", entry["loc"])
            if address:
                yield SitemapEntry(
                    _joined(url, address), published, _end_of(entry.get("lastmod", ""))
                )
    except LxmlError:
        raise SitemapError("its XML is broken after some entries") from None


def _watched(events: Iterable[tuple[str, Any]], dates: dict[str, str]) -> Iterator[Any]:
    """Pass the parser's events on, and keep the date that Scrapy's reading leaves out.

    Scrapy sees the children of an entry; the date is one level deeper.
    """
    for event, element in events:
        is_read = event == "end" and isinstance(element.tag, str)
        if is_read and _PUBLISHED.fullmatch(element.tag) and element.text:
            dates["published"] = element.text.strip()
        yield event, element


def _joined(base: str, address: str) -> str:
    """Return an absolute URL; a malformed one stays unchanged."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _end_of(lastmod: str) -> datetime | None:
    """Return the end of the span that a ``lastmod`` may mean, or None if it has no date.

    Without a zone it is read as UTC, where days end later than in Korea: better an article too many
    than one too few.
    """
    try:
        if month := _MONTH.fullmatch(lastmod):
            year, number = int(month[1]), int(month[2] or 12)
            return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        if not _DAY.match(lastmod):
            return None
        moment = datetime.fromisoformat(lastmod)
        span = timedelta(days=1) if _DAY.fullmatch(lastmod) else timedelta(minutes=1)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) + span
    except (ValueError, OverflowError):
        return None


def named_in_robots(body: bytes, url: str) -> list[str]:
    """Return the sitemaps that a robots.txt names, each once."""
    urls: list[str] = []
    for line in body.splitlines():  # line by line: a malformed URL spoils only its own line
        with suppress(ValueError):
            urls += sitemap_urls_from_robots(line, base_url=url)
    return list(dict.fromkeys(urls))


def rows_of(
    entries: Iterable[SitemapEntry], cms: Cms, publisher: Publisher, shown_at: str
) -> list[ListingEntry]:
    """Return the articles among the entries; a date of publication counts as a feed's."""
    rows: dict[str, ListingEntry] = {}
    for entry in entries:
        if identity := publisher.identify(entry.url, cms):
            row = ListingEntry(entry.url, identity[0], entry.published, None, "feed", shown_at)
            rows.setdefault(identity[0], row)
    return list(rows.values())
