"""Sitemaps of the papers: an index, a file a month, the oldest of them packed.

As sitemaps.org has them: every address with its ``lastmod``, a file's being its newest. What is
fresh carries its date of publication as well, in Google's news extension.
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
"""How old an article may be that Google's news sitemaps name."""

INDEX = "/sitemap.xml"
FILE = re.compile(r"/sitemap-(\d{4}-\d\d)\.xml(\.gz)?")
XML = "application/xml; charset=utf-8"


class Entry(NamedTuple):
    url: str
    changed: datetime
    post: Post
    is_fresh: bool


def sitemap(path: str, outlet: str, posts: list[Post], now: datetime) -> Reply | None:
    """What a path of a paper shows if it is a sitemap of it; None for other paths."""
    months = by_month(outlet, posts, now)
    if path == INDEX:
        return Reply(index(outlet, months).encode(), content_type=XML)
    if not (match := FILE.fullmatch(path)) or path not in names(list(months)):
        return None
    text = render("sitemap.xml", paper=outlet, entries=months[match[1]]).encode()
    if match[2]:
        return Reply(gzip.compress(text, mtime=0), content_type="application/x-gzip")
    return Reply(text, content_type=XML)


def by_month(outlet: str, posts: list[Post], now: datetime) -> dict[str, list[Entry]]:
    """What can be read, newest month first."""
    months: dict[str, list[Entry]] = {}
    for post in sorted(posts, key=lambda post: post.at, reverse=True):
        if post.readable:
            url = EVERY_ADDRESS[outlet].format(post.number)
            entry = Entry(url, post.modified or post.at, post, now - post.at < FRESH)
            months.setdefault(f"{post.at:%Y-%m}", []).append(entry)
    return months


def names(months: list[str]) -> list[str]:
    """The files' paths; the oldest month is no longer written to, and packed."""
    return [f"/sitemap-{month}.xml" + (".gz" if month == months[-1] else "") for month in months]


def index(outlet: str, months: dict[str, list[Entry]]) -> str:
    files = [
        (f"{home_of(outlet)}{name}", max(entry.changed for entry in entries))
        for name, entries in zip(names(list(months)), months.values(), strict=True)
    ]
    return render("sitemap_index.xml", files=files)


def in_robots(outlet: str, rules: bytes) -> bytes:
    """A robots.txt that names the paper's sitemap."""
    return rules + f"\nSitemap: {home_of(outlet)}{INDEX}\n".encode()


def home_of(outlet: str) -> str:
    split = urlsplit(EVERY_ADDRESS[outlet])
    return f"{split.scheme}://{split.netloc}"
