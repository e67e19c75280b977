"""A page of an archive, read as a crawl would have read it when it came."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from parsel import Selector
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.archive.captures.model import Capture
from crawler.article import Article, ErrorPage
from crawler.crawl.failures import FetchFailure, classify_error
from crawler.crawl.spider import OutletSpider, failure_of, publisher_of
from crawler.extract.cms import CMSES, cms_of
from crawler.extract.cms.model import Cms
from crawler.extract.pages import NO_ARTICLE, ListingEntry, Publisher, is_whole, read_article
from crawler.outcomes.pages import PageOutcome
from crawler.urls import host_of, read


@dataclass(slots=True)
class Read:
    """What became of a page: an article, or its end that is none."""

    article: Article | None = None
    kind: str | None = None
    """Why there is no article, in a word: a kind of ``crawler/crawl/failures.py``, ``redirect``,
    ``no_family``; ``unreadable`` where the file is damaged there."""
    why: str = ""
    cut_at: int | None = None
    """Length of a page that was cut on its way; None for one that came to its end."""
    looks_like: str | None = None
    """The family that the page of a known outlet is read by, where that is not the outlet's;
    ``""`` where the page looks like none."""
    rules: Counter[str] = field(default_factory=Counter)
    """Firings of each cleaning rule."""


def may_be_article(url: str, outlet: type[OutletSpider] | None) -> bool:
    """Whether any family has articles at such an address."""
    if outlet:
        return any(family.identify(url, outlet.home, outlet.aliases) for family in CMSES)
    return any(_is_article(url, family) for family in CMSES)


def read_capture(capture: Capture, outlet: type[OutletSpider] | None) -> Read:
    """The first half of an article, or why there is none. ``outlet``: whose host it is, if known.

    A known outlet's page is read by its own family, unless it shows nothing of that and looks like
    another: outlets change their system. The page of an unknown host needs to look like one.
    """
    response, url = capture.response, capture.entry.url
    row = _row(capture)
    if not 200 <= response.status < 300:
        return _no_page(capture, outlet, row)
    if not isinstance(response, TextResponse):
        return Read(kind="broken", why="no text")
    family, looks_like = _family(response.selector, outlet)
    place = publisher_of(outlet) if outlet else Publisher(host_of(url))
    if family is None or not (row or outlet or _is_article(url, family)):
        return Read(kind="no_family", why="it looks like no family that is known")
    whole = capture.is_whole and is_whole(response.text)
    article = read_article(
        response.selector,
        url,
        family,
        place,
        fetched_at=capture.entry.fetched_at,
        whole=whole,
        row=row,
    )
    read = _judged(article, response.text, whole=whole)
    if read.article and read.article.error_page in (None, NO_ARTICLE):  # an error page is bare
        read.looks_like = looks_like
    return read


def _judged(article: Article, text: str, *, whole: bool) -> Read:
    """As :meth:`crawler.crawl.spider.OutletSpider.parse_article` judges what came."""
    error = article.error_page
    if error and error.kind is PageOutcome.TEMPORARY:
        return Read(kind=error.kind, why=error.text)
    if failure := failure_of(article, text, whole=whole):
        return Read(kind=failure.kind, why=failure.sentence)
    return Read(article, cut_at=None if whole else len(text))


def _family(page: Selector, outlet: type[OutletSpider] | None) -> tuple[Cms | None, str | None]:
    """The family to read a page by, and which it looks like where that is not the outlet's."""
    if outlet is None:
        return cms_of(page), None
    if outlet.cms.matches(page):
        return outlet.cms, None
    other = cms_of(page)
    return other or outlet.cms, other.name if other else ""


def _is_article(url: str, family: Cms) -> bool:
    """Whether the family has articles at such an address, if its host runs the family."""
    try:
        return family.identify(url, read(url).origin) is not None
    except ValueError:
        return False


def _row(capture: Capture) -> ListingEntry | None:
    try:
        # to this store it may be new
        return replace(ListingEntry(**capture.listing), stored=False) if capture.listing else None
    except TypeError:  # the metadata of another tool
        return None


def _no_page(capture: Capture, outlet: type[OutletSpider] | None, row: ListingEntry | None) -> Read:
    """The end of an answer that is no page; one that is gone goes to the stages."""
    response = capture.response
    if 300 <= response.status < 400:
        return Read(kind="redirect", why=f"HTTP {response.status}")
    kind, why = _kind_of(response)
    url = row.canonical_url if row else _canonical(capture.entry.url, outlet)
    if kind != "gone" or url is None:
        return Read(kind=kind, why=why)
    article = Article(
        url=capture.entry.url,
        canonical_url=url,
        outlet=outlet.name if outlet else host_of(capture.entry.url),
        fetched_at=capture.entry.fetched_at,
        error_page=ErrorPage(PageOutcome.GONE, f"HTTP {response.status}"),
    )
    return Read(article)


def _kind_of(response: Response) -> FetchFailure:
    return classify_error(HttpError(response))


def _canonical(url: str, outlet: type[OutletSpider] | None) -> str | None:
    """The address that an article is known by; None where that cannot be told without its page."""
    found = outlet.cms.identify(url, outlet.home, outlet.aliases) if outlet else None
    return found[0] if found else None
