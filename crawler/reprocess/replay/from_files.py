"""Reads saved pages: ``.html`` files, and JSON Lines with ``url`` and ``html`` or ``text``.

``text`` is a whole page as lines of text; ``fetched_at`` is optional. The page of a known CMS is
extracted as a crawl does it; of any other page every line goes to the stages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from parsel import Selector

from crawler.article import Article, Block
from crawler.crawl.spider import OutletSpider, publisher_of, site_of
from crawler.dates.utc import format_utc
from crawler.encoding import charset_of
from crawler.extract.cms import cms_of
from crawler.extract.generic import read_generic
from crawler.extract.pages import NO_ARTICLE, Publisher, is_whole, read_article
from crawler.extract.parse import parse
from crawler.extract.selectors import text
from crawler.urls import host_of, identify, read

HTML = {".html", ".htm"}
JSON_LINES = {".jsonl", ".jl", ".ndjson", ".json"}

_ADDRESS = ('link[rel="canonical"]::attr(href)', 'meta[property="og:url"]::attr(content)')
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character, which JSON can hold and no parser accepts."""


class BadInput(Exception):
    """Input that is not a page; the text is one sentence with file and line."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """Saved page: its URL, and its source as HTML or as lines of text."""

    url: str
    fetched_at: str
    html: str | None = None
    text: str | None = None
    is_fetch_time_known: bool = True
    """False for an HTML file, whose time is that of its last copy, and for a record without one."""


def read_pages(
    file: Path, now: datetime, reject: Callable[[BadInput], None]
) -> Iterator[SavedPage]:
    """Yield the pages of a file; each part that is not a page goes to ``reject``."""
    try:
        if file.suffix.lower() in HTML:
            yield _read_html(file)
        elif file.suffix.lower() in JSON_LINES:
            yield from _read_json_lines(file, now, reject)
        else:
            reject(
                BadInput(
                    f"{file}: the extension must be one of {', '.join(sorted(HTML | JSON_LINES))}"
                )
            )
    except OSError as error:
        reject(BadInput(f"{file}: {error.strerror or error}"))


def _read_json_lines(
    file: Path, now: datetime, reject: Callable[[BadInput], None]
) -> Iterator[SavedPage]:
    number = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _read_line(line, now)
            except BadInput as error:
                reject(BadInput(f"{file}, line {number}: {error}"))
    if not number:
        reject(BadInput(f"{file}: the file is empty"))


def _read_html(file: Path) -> SavedPage:
    body = file.read_bytes()
    source = body.decode(charset_of(body) or "utf-8", "replace")
    address = text(Selector(text=source or "<html/>"), _ADDRESS)
    saved = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if not address or not _is_web_address(address):
        address = file.absolute().as_uri()
    return SavedPage(address, format_utc(saved), html=source, is_fetch_time_known=False)


def _read_line(line: bytes, now: datetime) -> SavedPage:
    try:
        record = json.loads(line)
    except ValueError:
        raise BadInput("the line must be JSON") from None
    if not isinstance(record, dict):
        raise BadInput("the line must be a JSON object with url and html or text")
    given = {name: record.get(name) for name in ("url", "html", "text", "fetched_at")}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise BadInput(f"{name} must be a text")
        given[name] = _LONE_SURROGATE.sub("\ufffd", value) if value else value
    if not given["url"]:
        raise BadInput("url is missing")
    if not given["url"].startswith("file:"):
        try:
            read(given["url"])
        except ValueError as error:
            raise BadInput(f"url {error}") from None
    if given["html"] is None and given["text"] is None:
        raise BadInput("html or text is missing")
    return SavedPage(
        given["url"],
        _fetched_at(given["fetched_at"], now),
        given["html"],
        given["text"],
        is_fetch_time_known=given["fetched_at"] is not None,
    )


def _is_web_address(url: str) -> bool:
    try:
        read(url)
    except ValueError:
        return False
    return True


def _fetched_at(value: str | None, now: datetime) -> str:
    if value is None:
        return format_utc(now)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(f"fetched_at must be an ISO 8601 time, not {value!r}") from None
    return format_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def extract_saved(page: SavedPage, outlet: type[OutletSpider] | None) -> Article:
    """Return the raw article of a page, whose outlet and CMS may be unknown."""
    article = _extract(page, outlet)
    article.is_fetch_time_known = page.is_fetch_time_known
    return article


def _extract(page: SavedPage, outlet: type[OutletSpider] | None) -> Article:
    publisher = publisher_of(outlet) if outlet else Publisher(host_of(page.url) or "unknown")
    if page.html is not None:
        source = parse(page.html)
        cms = cms_of(source) or (outlet.cms if outlet else None)
        if cms:
            article = read_article(
                source,
                page.url,
                cms,
                publisher,
                fetched_at=page.fetched_at,
                whole=is_whole(page.html),
            )
            if outlet or article.error_page != NO_ARTICLE:
                return article
        return _unknown_page(source, page, publisher, outlet)
    article = _empty_article(page, publisher, outlet)
    article.blocks = [Block(line) for line in (page.text or "").splitlines() if line.strip()]
    return article


def _unknown_page(
    source: Selector, page: SavedPage, publisher: Publisher, outlet: type[OutletSpider] | None
) -> Article:
    article = _empty_article(page, publisher, outlet)
    article.error_page = read_generic(source, article, (publisher.display_name,)).error
    return article


def _empty_article(
    page: SavedPage, publisher: Publisher, outlet: type[OutletSpider] | None
) -> Article:
    canonical_url, article_id = page.url, None
    if not page.url.startswith("file:"):
        known = identify(page.url, [site_of(outlet)] if outlet else ())
        canonical_url, article_id = known.canonical_url, known.article_id
    return Article(
        url=page.url,
        canonical_url=canonical_url,
        article_id=article_id,
        outlet=publisher.outlet,
        outlet_name=publisher.display_name,
        fetched_at=page.fetched_at,
    )
