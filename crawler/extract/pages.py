"""From a page to the item's first half: what the page says, as it says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from parsel import Selector

from crawler.article import Article, DateSource, ShownDate
from crawler.extract.cms.model import Cms
from crawler.extract.selectors import FoundParts, find_all, find_parts, text
from crawler.urls import identify

UPLOAD = re.compile(r"(?:thumb-)?\d{14}_")
"""CHEditor names uploads by their time; a thumbnail's name begins with ``thumb-``."""

NO_ARTICLE = "no article on the page"

_END = 2000
"""Characters at the end of a page in which ``</html>`` stands; trackers may follow it."""


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """An article as a list page or a feed shows it."""

    url: str
    canonical_url: str
    date: str | None
    byline: str | None
    source: DateSource
    shown_at: str
    """UTC; when the list or feed was fetched."""
    pinned: bool = False
    stored: bool = False
    """Whether the article is stored and its page only looked at again."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who prints the page: the outlet's name, its Korean name, its home address and other hosts.

    Without a home the outlet is not known, and the page's address alone says what it is.
    """

    outlet: str
    paper: str | None = None
    home: str | None = None
    aliases: tuple[str, ...] = ()

    def identify(self, url: str, family: Cms) -> tuple[str, str | None] | None:
        """Canonical address and article id; None for what is no article of the known outlet."""
        if self.home:
            return family.identify(url, self.home, self.aliases)
        try:
            identity = identify(url)
        except ValueError:  # a saved page's own file
            return None
        return identity.canonical_url, identity.article_id


def read_rows(
    page: Selector, url: str, family: Cms, place: Publisher, shown_at: str
) -> list[ListingEntry]:
    """The articles of a list page, top to bottom, each address once."""
    rows: dict[str, ListingEntry] = {}
    for row in find_all(page, family.rows.row):
        for link in find_all(row, family.rows.link):
            address = _absolute(url, link.get().strip())
            if identity := place.identify(address, family):
                date, byline = text(row, family.rows.date), text(row, family.rows.byline)
                pinned = bool(find_all(row, family.rows.pinned))
                shown = ListingEntry(address, identity[0], date, byline, "list", shown_at, pinned)
                rows.setdefault(identity[0], shown)
                break
    return list(rows.values())


def read_feed(source: str, family: Cms, place: Publisher, shown_at: str) -> list[ListingEntry]:
    """The articles of an RSS feed; links may be escaped twice. No feed, no rows."""
    feed = Selector(text=source, type="xml")
    feed.remove_namespaces()
    rows = []
    for item in feed.xpath("//item"):
        # Not html.unescape: it takes the &sect of «&section=» for a paragraph sign.
        address = re.sub(r"&(?:amp;)+", "&", item.xpath("string(link)").get("").strip())
        if identity := place.identify(address, family):
            date = item.xpath("string(date|pubDate)").get("").strip() or None
            rows.append(ListingEntry(address, identity[0], date, None, "feed", shown_at))
    return rows


def is_whole(source: str) -> bool:
    """Whether a page came to its end, or was cut on the way."""
    return "</html" in source[-_END:].lower()


def read_article(
    page: Selector,
    url: str,
    family: Cms,
    place: Publisher,
    *,
    fetched_at: str,
    whole: bool,
    row: ListingEntry | None = None,
) -> Article:
    """The article on a page of a known family; ``soft_error`` says why there is none.

    ``whole``: see :func:`is_whole`, which has to be asked of the page as it came.
    """
    parts = find_parts(page, family.selectors)
    identity = place.identify(url, family)
    canonical_url, article_id = identity or (url, None)
    article = Article(
        url=url,
        canonical_url=canonical_url,
        outlet=place.outlet,
        article_id=article_id,
        paper=place.paper,
        fetched_at=fetched_at,
        headline_raw=_whole_headline(parts.headline, page, family),
        byline_raw=parts.byline or (row.byline if row else None),
        article_section=re.sub(r"^(?:HOME|Home|홈)\s*>\s*", "", parts.section or "") or None,
        tags_raw=parts.tags,
        images=[{**i, "url": _absolute(url, i["url"]) if i["url"] else None} for i in parts.images],
        modified_raw=parts.modified,
        shown_dates=list(_shown_dates(parts, row)),
        blocks=parts.blocks,
        is_revisit=row is not None and row.stored,
    )
    if identity is None and place.home:
        article.soft_error = "forbidden: the address led away from the article"
    elif not any(block.kind in {"body", "caption"} for block in parts.blocks):
        article.soft_error = family.soft_error(page.get(), whole=whole) or NO_ARTICLE
    return article


def _absolute(page: str, link: str) -> str:
    """A link as a whole address; one that is broken stays as it stands."""
    try:
        return urljoin(page, link)
    except ValueError:
        return link


def _shown_dates(parts: FoundParts, row: ListingEntry | None) -> Iterator[ShownDate]:
    """Labels, structured data, the list's row, and the upload time in the first picture's name."""
    yield from (ShownDate(shown, "label") for shown in parts.dates)
    yield from (ShownDate(shown, "structured") for shown in parts.structured_dates)
    names = [image["url"].rpartition("/")[2] for image in parts.images if image["url"]]
    uploads = [name for name in names if UPLOAD.match(name)]
    if row and row.date:
        yield ShownDate(row.date, row.source, row.shown_at)
    yield from (ShownDate(name.removeprefix("thumb-"), "image") for name in uploads[:1])


def _whole_headline(shown: str | None, page: Selector, family: Cms) -> str | None:
    """The headline as ``<title>`` has it, where the skin cuts it or puts a category before it."""
    title = text(page, ("title",))
    match = re.fullmatch(family.full_headline, title) if family.full_headline and title else None
    if match and (shown is None or shown.rpartition(" | ")[2].rstrip("…") in match["headline"]):
        return match["headline"]
    return shown
