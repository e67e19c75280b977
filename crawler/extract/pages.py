"""Reads article pages, list pages and feeds into the raw half of the item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsel import Selector

from crawler.article import Article, DateCandidate, DateSource, ErrorPage
from crawler.extract.cms.model import Cms
from crawler.extract.images import absolute, base_of, with_addresses
from crawler.extract.selectors import PageParts, find_all, read_parts, text
from crawler.outcomes.pages import PageOutcome
from crawler.urls import identify

UPLOAD = re.compile(r"(?:thumb-)?\d{14}_")
"""CHEditor names uploads by their time; the name of a thumbnail begins with ``thumb-``."""

NO_ARTICLE = ErrorPage(PageOutcome.NOT_ARTICLE, "no article on the page")
"""The error page of a page that shows neither an article nor a known mark."""

LED_AWAY = ErrorPage(PageOutcome.LED_AWAY, "the address led away from the article")

_END = 2000
"""Characters at the end of a page in which ``</html>`` must stand; trackers may follow it."""


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """An article as a list page, a feed or a sitemap shows it."""

    url: str
    canonical_url: str
    date: str | None
    byline: str | None
    source: DateSource
    shown_at: str
    """UTC time at which the list or feed was fetched."""
    pinned: bool = False
    """True if the row stays on top regardless of its age."""
    stored: bool = False
    """True if the article is stored already and its page is a revisit."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """The outlet of a page: name, Korean name, home URL and other hosts.

    Without ``home`` the outlet is unknown, and the page is identified by its URL alone.
    """

    outlet: str
    display_name: str | None = None
    home: str | None = None
    aliases: tuple[str, ...] = ()

    def identify(self, url: str, cms: Cms) -> tuple[str, str | None] | None:
        """Return canonical URL and article id; None if it is no article of the outlet."""
        if self.home:
            return cms.identify(url, self.home, self.aliases)
        try:
            identity = identify(url)
        except ValueError:  # a saved page's own file
            return None
        return identity.canonical_url, identity.article_id


def read_rows(
    page: Selector, url: str, cms: Cms, publisher: Publisher, shown_at: str
) -> list[ListingEntry]:
    """Return the articles of a list page, top to bottom, each canonical URL once."""
    rows: dict[str, ListingEntry] = {}
    base = base_of(page, url)
    for row in find_all(page, cms.rows.row):
        for link in find_all(row, cms.rows.link):
            address = absolute(base, link.get().strip())
            if identity := publisher.identify(address, cms):
                date, byline = text(row, cms.rows.date), text(row, cms.rows.byline)
                pinned = bool(find_all(row, cms.rows.pinned))
                entry = ListingEntry(address, identity[0], date, byline, "list", shown_at, pinned)
                rows.setdefault(identity[0], entry)
                break
    return list(rows.values())


def read_feed(source: str, cms: Cms, publisher: Publisher, shown_at: str) -> list[ListingEntry]:
    """Return the articles of an RSS feed; links may be escaped twice. Other text has none."""
    feed = Selector(text=source, type="xml")
    feed.remove_namespaces()
    rows = []
    for item in feed.xpath("//item"):
        # Not html.unescape: it takes the &sect of «&section=» for a paragraph sign.
        address = re.sub(r"&(?:amp;)+", "&", item.xpath("string(link)").get("").strip())
        if identity := publisher.identify(address, cms):
            date = item.xpath("string(date|pubDate)").get("").strip() or None
            rows.append(ListingEntry(address, identity[0], date, None, "feed", shown_at))
    return rows


def is_whole(source: str) -> bool:
    """Return True if the page is complete, False if it was cut off in transfer."""
    return "</html" in source[-_END:].lower()


def read_article(
    page: Selector,
    url: str,
    cms: Cms,
    publisher: Publisher,
    *,
    fetched_at: str,
    whole: bool,
    row: ListingEntry | None = None,
) -> Article:
    """Read the article of a page; if there is none, the article says which error page it is.

    ``whole`` is the result of :func:`is_whole` for the page as it was fetched.
    """
    parts = read_parts(page, cms.selectors)
    identity = publisher.identify(url, cms)
    canonical_url, article_id = identity or (url, None)
    article = Article(
        url=url,
        canonical_url=canonical_url,
        outlet=publisher.outlet,
        article_id=article_id,
        outlet_name=publisher.display_name,
        fetched_at=fetched_at,
        headline_raw=_whole_headline(parts.headline, page, cms),
        byline_raw=parts.byline or (row.byline if row else None),
        article_section=re.sub(r"^(?:HOME|Home|홈)\s*>\s*", "", parts.section or "") or None,
        keywords_raw=parts.tags,
        images=with_addresses(page, url, parts.images),
        modified_raw=parts.modified,
        date_candidates=list(_date_candidates(parts, row)),
        blocks=parts.blocks,
        is_revisit=row is not None and row.stored,
    )
    if identity is None and publisher.home:
        known = cms.error_page(page.get(), whole=whole)
        is_closed = known is not None and known.kind is PageOutcome.MEMBERS
        article.error_page = known if is_closed else LED_AWAY
    elif not article.images and not any(
        block.kind in {"body", "caption"} for block in parts.blocks
    ):
        article.error_page = cms.error_page(page.get(), whole=whole) or NO_ARTICLE
    return article


def _date_candidates(parts: PageParts, row: ListingEntry | None) -> Iterator[DateCandidate]:
    """Yield dates of labels, structured data, the list's row, and the first image's file name."""
    yield from (DateCandidate(date, "label") for date in parts.dates)
    yield from (DateCandidate(date, "structured") for date in parts.structured_dates)
    names = [image["url"].rpartition("/")[2] for image in parts.images if image["url"]]
    uploads = [name for name in names if UPLOAD.match(name)]
    if row and row.date:
        yield DateCandidate(row.date, row.source, row.shown_at)
    yield from (DateCandidate(name.removeprefix("thumb-"), "image") for name in uploads[:1])


def _whole_headline(displayed: str | None, page: Selector, cms: Cms) -> str | None:
    """Return the headline in ``<title>`` if the template cuts it or prefixes a category."""
    title = text(page, ("title",))
    match = re.fullmatch(cms.full_headline, title) if cms.full_headline and title else None
    if match and (
        displayed is None or displayed.rpartition(" | ")[2].rstrip("…") in match["headline"]
    ):
        return match["headline"]
    return displayed
