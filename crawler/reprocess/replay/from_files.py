"""Saved pages: ``.html`` files, and JSON Lines with ``url`` and ``html``, or ``url`` and ``text``.

``text`` is a whole page as lines of text; ``fetched_at`` may be given. The page of a family is
read as a crawl reads it; of any other page every line goes to the stages, which need no markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from parsel import Selector

from crawler.article import Article, Block, DateCandidate
from crawler.crawl.spider import OutletSpider, publisher_of, site_of
from crawler.dates.utc import format_utc
from crawler.encoding import charset_of
from crawler.extract.blocks import read_blocks
from crawler.extract.cms import cms_of
from crawler.extract.pages import NO_ARTICLE, Publisher, is_whole, read_article
from crawler.extract.selectors import text, texts
from crawler.urls import host_of, identify, read

HTML = {".html", ".htm"}
JSON_LINES = {".jsonl", ".jl", ".ndjson", ".json"}

_ADDRESS = ('link[rel="canonical"]::attr(href)', 'meta[property="og:url"]::attr(content)')
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""JSON can spell half a character; no parser takes it."""

_HEADLINE = ('meta[property="og:title"]::attr(content)', "h1", "title")
_STRUCTURED = ('meta[property="article:published_time"]::attr(content)',)


class BadInput(Exception):
    """An input that is no page; its text is one sentence with file and line."""


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page: its address, and its source as HTML or as lines of text."""

    url: str
    fetched_at: str
    html: str | None = None
    text: str | None = None


def read_pages(file: Path, now: datetime, refuse: Callable[[BadInput], None]) -> Iterator[Page]:
    """The pages of a file; each part of it that is none goes to ``refuse``."""
    try:
        if file.suffix.lower() in HTML:
            yield _read_html(file)
        elif file.suffix.lower() in JSON_LINES:
            yield from _read_records(file, now, refuse)
        else:
            refuse(BadInput(f"{file}: neither {' nor '.join(sorted(HTML | JSON_LINES))}"))
    except OSError as error:
        refuse(BadInput(f"{file}: {error.strerror or error}"))


def _read_records(file: Path, now: datetime, refuse: Callable[[BadInput], None]) -> Iterator[Page]:
    number = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _read_record(line, now)
            except BadInput as error:
                refuse(BadInput(f"{file}, line {number}: {error}"))
    if not number:
        refuse(BadInput(f"{file}: the file is empty"))


def _read_html(file: Path) -> Page:
    body = file.read_bytes()
    source = body.decode(charset_of(body) or "utf-8", "replace")
    address = text(Selector(text=source or "<html/>"), _ADDRESS)
    saved = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if not address or not _is_address(address):
        address = file.absolute().as_uri()
    return Page(address, format_utc(saved), html=source)


def _read_record(line: bytes, now: datetime) -> Page:
    try:
        record = json.loads(line)
    except ValueError:
        raise BadInput("this is no JSON") from None
    if not isinstance(record, dict):
        raise BadInput("this is no JSON object with url and html or text")
    given = {name: record.get(name) for name in ("url", "html", "text", "fetched_at")}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise BadInput(f"{name} is no text")
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
    return Page(given["url"], _fetched(given["fetched_at"], now), given["html"], given["text"])


def _is_address(url: str) -> bool:
    try:
        read(url)
    except ValueError:
        return False
    return True


def _fetched(value: str | None, now: datetime) -> str:
    if value is None:
        return format_utc(now)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(f"fetched_at {value!r} is no ISO 8601 time") from None
    return format_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def read_saved(page: Page, outlet: type[OutletSpider] | None) -> Article:
    """The item's first half, from a page of a known outlet, of a known family, or of neither."""
    place = publisher_of(outlet) if outlet else Publisher(host_of(page.url) or "unknown")
    if page.html is not None:
        source = Selector(text=page.html or "<html/>")
        family = cms_of(source) or (outlet.cms if outlet else None)
        if family:
            article = read_article(
                source,
                page.url,
                family,
                place,
                fetched_at=page.fetched_at,
                whole=is_whole(page.html),
            )
            if outlet or article.error_page != NO_ARTICLE:
                return article
        return _whole_page(source, page, place, outlet)
    article = _bare(page, place, outlet)
    article.blocks = [Block(line) for line in (page.text or "").splitlines() if line.strip()]
    return article


def _whole_page(
    source: Selector, page: Page, place: Publisher, outlet: type[OutletSpider] | None
) -> Article:
    article = _bare(page, place, outlet)
    article.headline_raw = text(source, _HEADLINE)
    article.date_candidates = [
        DateCandidate(shown, "structured") for shown in texts(source, _STRUCTURED)
    ]
    article.blocks = list(read_blocks(source.root, {}))
    return article


def _bare(page: Page, place: Publisher, outlet: type[OutletSpider] | None) -> Article:
    canonical_url, article_id = page.url, None
    if not page.url.startswith("file:"):
        known = identify(page.url, [site_of(outlet)] if outlet else ())
        canonical_url, article_id = known.canonical_url, known.article_id
    return Article(
        url=page.url,
        canonical_url=canonical_url,
        article_id=article_id,
        outlet=place.outlet,
        outlet_name=place.display_name,
        fetched_at=page.fetched_at,
    )
