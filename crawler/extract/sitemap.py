"""Sitemaps (sitemaps.org) as an outlet serves them: which addresses they name, and what of time.

Scrapy's own parser reads them. Pure functions; of what is none they raise NoSitemap.
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
"""Google's name for it, also where the page forgot to say which ``news:`` it means; films have a
publication_date, too."""
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
"""The beginnings of W3C's forms (NOTE-datetime); Python reads those from the day on, and others."""


class NoSitemap(Exception):
    """It is none, or broken from some place on; its text is a few words that say why."""


class Entry(NamedTuple):
    """What a sitemap names: an address, and the times that stand beside it."""

    url: str
    published: str | None
    """Of the article, as it stands there; from Google's news extension."""
    changed: datetime | None
    """The end of the ``lastmod``. It says when a page changed and never when it was published, but
    nothing is published after it was last changed."""


@dataclass(frozen=True, slots=True)
class Read:
    """A sitemap, read as far as it is asked for."""

    is_index: bool
    """Whether it names other sitemaps."""
    is_whole: bool
    """Whether it came to its end, or was cut on the way."""
    entries: Iterator[Entry]
    """Raises NoSitemap where it cannot be read on."""


def read_sitemap(body: bytes, url: str, most: int) -> Read:
    """A sitemap or an index of some, packed or not; ``most``: bytes unpacked, 0 for no bound.

    Raises NoSitemap.
    """
    body = _unpacked(body, most)
    if _WEB_PAGE.match(body):
        raise NoSitemap("it is a web page")
    try:
        sitemap = Sitemap(body)
    except (LxmlError, StopIteration):
        raise NoSitemap("it is no XML") from None
    if sitemap.type not in ("urlset", "sitemapindex"):
        raise NoSitemap(f"it is <{sitemap.type}>")
    is_whole = bool(_END.search(body, max(0, len(body) - 2000)))
    return Read(sitemap.type == "sitemapindex", is_whole, _entries(sitemap, url))


def _unpacked(body: bytes, most: int) -> bytes:
    """What is packed as a file; Scrapy unpacks what was packed for the way."""
    if not body.startswith(GZIP):
        return body
    try:
        return gunzip(body, max_size=most)
    except (OSError, EOFError, zlib.error):
        raise NoSitemap("it cannot be unpacked") from None
    except ValueError:  # Scrapy's own kind of it has no public name
        raise NoSitemap("it is larger than DOWNLOAD_MAXSIZE once unpacked") from None


def _entries(sitemap: Sitemap, url: str) -> Iterator[Entry]:
    found: dict[str, str] = {}
    sitemap.xmliter = _watched(sitemap.xmliter, found)
    try:
        for entry in sitemap:
            published = found.pop("published", None)
            # As in feeds, links may be escaped twice.
            address = re.sub(r"&(?:amp;)+", "&", entry["loc"])
            if address:
                yield Entry(_joined(url, address), published, _end_of(entry.get("lastmod", "")))
    except LxmlError:
        raise NoSitemap("it is no XML any more from some place on") from None


def _watched(events: Iterable[tuple[str, Any]], found: dict[str, str]) -> Iterator[Any]:
    """The parser's events, with a look at what Scrapy's reading leaves out: it sees an entry's
    children, and the date stands one deeper."""
    for event, element in events:
        is_read = event == "end" and isinstance(element.tag, str)
        if is_read and _PUBLISHED.fullmatch(element.tag) and element.text:
            found["published"] = element.text.strip()
        yield event, element


def _joined(base: str, address: str) -> str:
    """An address as a whole one; one that is broken stays as it stands."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _end_of(lastmod: str) -> datetime | None:
    """The end of what a ``lastmod`` may mean, or None where it says nothing.

    Without a zone it is read as UTC, where days end later than in Korea: rather read in vain than
    left out.
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
    """The sitemaps that a robots.txt names, each once."""
    found: list[str] = []
    for line in body.splitlines():  # one by one, since one may name what is no address
        with suppress(ValueError):
            found += sitemap_urls_from_robots(line, base_url=url)
    return list(dict.fromkeys(found))


def rows_of(
    entries: Iterable[Entry], family: Cms, place: Publisher, shown_at: str
) -> list[ListingEntry]:
    """The articles among the entries; a date of publication counts as one that a feed shows."""
    rows: dict[str, ListingEntry] = {}
    for entry in entries:
        if identity := place.identify(entry.url, family):
            row = ListingEntry(entry.url, identity[0], entry.published, None, "feed", shown_at)
            rows.setdefault(identity[0], row)
    return list(rows.values())
