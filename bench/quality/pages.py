"""The newsstand's pages with the result of a perfect reader, generated in this process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from crawler.dates.utc import format_utc
from crawler.encoding import charset_of
from crawler.extract.blocks import read_blocks
from newsstand.content import KST, Post
from newsstand.gold import ADDRESS, GoldArticle, records
from newsstand.server_state import NewsstandState
from newsstand.sites import WEATHER, SiteRequest

SEED, NOW, ARTICLES = 7, datetime(2026, 3, 11, 15, 0, tzinfo=KST), 51
"""One fixed edition of about 300 pages, for the scoreboard and the floors."""

_SKIES, _STATIONS = ("|".join(map(re.escape, WEATHER[name])) for name in ("skies", "stations"))
LINE_KINDS = (
    ("weather", re.compile(rf".*℃|기상청 제공|(?:{_SKIES})?(?:{_STATIONS})")),
    ("copyright", re.compile(r".*(?:무단\s?전재|저작권자|ⓒ).*")),
    ("caption", re.compile(r"▲.*|.*\.(?i:jpe?g)|.*의 모습이다\.")),
    ("translation", re.compile(r"[^가-힣]{24,}")),
    ("date or byline", re.compile(r".*(?:\d{2}[-./]\d{2}|기자).*")),
)
"""Kinds of newsstand lines that are not the article's; the first match counts."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its gold. Texts are lines as displayed; dates as in docs/article.md."""

    url: str
    html: str
    fetched_at: str
    """UTC, ``2026-03-11T06:00:00Z``."""
    body: tuple[str, ...]
    published: str | None
    """To the precision of the page itself; None if it shows no date."""
    boilerplate: tuple[tuple[str, str], ...]
    """Each other line of the page, and its kind."""
    optional: tuple[str, ...] = ()
    """Lines that may be in the body or not."""
    text: str | None = None
    """The page as lines, if it was saved so; ``html`` then holds these lines as paragraphs."""


def newsstand_pages() -> list[Page]:
    """Return every article page of one edition; the same in every run."""
    stand = NewsstandState(SEED, NOW, ARTICLES)
    posts = {
        ADDRESS[outlet].format(post.number): post
        for outlet, printed in stand.posts.items()
        for post in printed
    }
    lists = {outlet: [p.story.headline for p in printed] for outlet, printed in stand.posts.items()}
    return [
        _page(stand, record, posts[record["canonical_url"]], lists[record["outlet"]])
        for record in records(stand.posts)
    ]


def _page(stand: NewsstandState, record: GoldArticle, post: Post, headlines: list[str]) -> Page:
    address = urlsplit(record["canonical_url"])
    request = SiteRequest(
        address.netloc, address.path or "/", dict(parse_qsl(address.query)), "bench"
    )
    for _ in range(2):  # some boards answer first with a database error
        body = stand.answer(request).body
    html = body.decode(charset_of(body) or "utf-8", "replace")
    return Page(
        url=record["canonical_url"],
        html=html,
        fetched_at=format_utc(NOW),
        body=tuple(record["body"].split("\n")),
        published=record["date_published"] if post.dated else None,
        boilerplate=tuple(_boilerplate(html, post, headlines)),
    )


def _boilerplate(html: str, post: Post, headlines: Iterable[str]) -> Iterator[tuple[str, str]]:
    own = tuple(" ".join(line.split()) for line in post.story.paragraphs)
    others = [headline for headline in headlines if headline != post.story.headline]
    for block in read_blocks(Selector(text=html).root, {}):
        line = " ".join(block.text.split())
        if not line.endswith(own):  # a lead may precede the first
            yield line, _kind(line, post, others)


def _kind(line: str, post: Post, others: Iterable[str]) -> str:
    if line.endswith(post.story.headline):
        return "headline"
    if line.lstrip("- ") in post.story.subtitles:
        return "subtitle"
    if any(other in line for other in others):
        return "other articles"
    return next(
        (kind for kind, shape in LINE_KINDS if shape.fullmatch(line)), "share and navigation"
    )
