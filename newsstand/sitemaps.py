"""Sitemaps of the outlets: an index, one file per month, the oldest of them gzipped.

As sitemaps.org specifies: every URL has its ``lastmod``, a file that of its newest URL. Fresh
articles carry their date of publication as well, in Google's news extension.
"""

from __future__ import annotations

import gzip
import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from newsstand.content import Post
from newsstand.gold import EVERY_ADDRESS
from newsstand.sites import Reply, render

FRESH = timedelta(days=2)
"""Maximum age of articles in Google's news sitemaps."""

INDEX = "/sitemap.xml"
FILE = re.compile(r"/sitemap-(\d{4}-\d\d)\.xml(\.gz)?")
XML = "application/xml; charset=utf-8"


class SitemapEntry(NamedTuple):
    """A URL of a sitemap, with its post."""

    url: str
    changed: datetime
    post: Post
    is_fresh: bool


def sitemap(path: str, outlet: str, posts: list[Post], now: datetime) -> Reply | None:
    """Return the sitemap at a path of an outlet; None for other paths."""
    months = by_month(outlet, posts, now)
    if path == INDEX:
        return Reply(index(outlet, months).encode(), content_type=XML)
    if not (match := FILE.fullmatch(path)) or path not in names(list(months)):
        return None
    text = render("sitemap.xml", outlet=outlet, entries=months[match[1]]).encode()
    if match[2]:
        return Reply(gzip.compress(text, mtime=0), content_type="application/x-gzip")
    return Reply(text, content_type=XML)


def by_month(outlet: str, posts: list[Post], now: datetime) -> dict[str, list[SitemapEntry]]:
    """Return the readable posts, newest month first."""
    months: dict[str, list[SitemapEntry]] = {}
    for post in sorted(posts, key=lambda post: post.at, reverse=True):
        if post.readable:
            url = EVERY_ADDRESS[outlet].format(post.number)
            entry = SitemapEntry(url, post.modified or post.at, post, now - post.at < FRESH)
            months.setdefault(f"{post.at:%Y-%m}", []).append(entry)
    return months


def names(months: list[str]) -> list[str]:
    """Return the files' paths; the oldest month is complete, and gzipped."""
    return [f"/sitemap-{month}.xml" + (".gz" if month == months[-1] else "") for month in months]


def index(outlet: str, months: dict[str, list[SitemapEntry]]) -> str:
    """Return the sitemap index."""
    files = [
        (f"{home_of(outlet)}{name}", max(entry.changed for entry in entries))
        for name, entries in zip(names(list(months)), months.values(), strict=True)
    ]
    return render("sitemap_index.xml", files=files)


def in_robots(outlet: str, rules: bytes) -> bytes:
    """Return a robots.txt that names the outlet's sitemap."""
    return rules + f"\nSitemap: {home_of(outlet)}{INDEX}\n".encode()


def home_of(outlet: str) -> str:
    """Return the home URL of an outlet."""
    split = urlsplit(EVERY_ADDRESS[outlet])
    return f"{split.scheme}://{split.netloc}"
