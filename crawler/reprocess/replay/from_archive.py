"""Extracts an archived page as the crawl of its time would."""

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
from crawler.extract.parse import parse
from crawler.outcomes.pages import PageOutcome
from crawler.urls import host_of, read


@dataclass(slots=True)
class PageResult:
    """Article of a page, or the reason for its absence."""

    article: Article | None = None
    kind: str | None = None
    """Kind of a page without article: a page outcome, ``redirect``, ``no_cms``, or ``unreadable``
    if the file is damaged there."""
    reason: str = ""
    cut_at: int | None = None
    """Length of a truncated page; None for a complete one."""
    looks_like: str | None = None
    """CMS by which the page of a known outlet was read, if it is not the outlet's; ``""`` if the
    page looks like no CMS."""
    rules: Counter[str] = field(default_factory=Counter)
    """Lines that each cleaning rule matched."""


def may_be_article(url: str, outlet: type[OutletSpider] | None) -> bool:
    """Return True if a CMS has articles at such a URL."""
    if outlet:
        return any(cms.identify(url, outlet.home, outlet.aliases) for cms in CMSES)
    return any(_is_article(url, cms) for cms in CMSES)


def read_capture(capture: Capture, outlet: type[OutletSpider] | None) -> PageResult:
    """Extract the raw article of a page; ``outlet`` is the owner of its host, if known.

    A known outlet's page is read by the outlet's CMS, unless it looks like another one: outlets
    change their CMS. The page of an unknown host must look like a CMS.
    """
    response, url = capture.response, capture.entry.url
    listing = _listing_entry(capture)
    if not 200 <= response.status < 300:
        return _no_page(capture, outlet, listing)
    if not isinstance(response, TextResponse):
        return PageResult(kind="broken", reason="the response is not text")
    source = parse(response.text)
    cms, looks_like = _cms(source, outlet)
    publisher = publisher_of(outlet) if outlet else Publisher(host_of(url))
    if cms is None or not (listing or outlet or _is_article(url, cms)):
        return PageResult(kind="no_cms", reason="the page looks like no known CMS")
    whole = capture.is_whole and is_whole(response.text)
    article = read_article(
        source,
        url,
        cms,
        publisher,
        fetched_at=capture.entry.fetched_at,
        whole=whole,
        row=listing,
    )
    result = _result_of(article, response.text, whole=whole)
    if result.article and result.article.error_page in (None, NO_ARTICLE):  # an error page is bare
        result.looks_like = looks_like
    return result


def _result_of(article: Article, text: str, *, whole: bool) -> PageResult:
    """Classify the page as :meth:`crawler.crawl.spider.OutletSpider.parse_article` does."""
    error = article.error_page
    if error and error.kind is PageOutcome.TEMPORARY:
        return PageResult(kind=error.kind, reason=error.text)
    if failure := failure_of(article, text, whole=whole):
        return PageResult(kind=failure.kind, reason=failure.sentence)
    return PageResult(article, cut_at=None if whole else len(text))


def _cms(page: Selector, outlet: type[OutletSpider] | None) -> tuple[Cms | None, str | None]:
    """Return the CMS to read a page by, and the one it looks like if that is not the outlet's."""
    if outlet is None:
        return cms_of(page), None
    if outlet.cms.matches(page):
        return outlet.cms, None
    other = cms_of(page)
    return other or outlet.cms, other.name if other else ""


def _is_article(url: str, cms: Cms) -> bool:
    """Return True if the CMS has articles at such a URL."""
    try:
        return cms.identify(url, read(url).origin) is not None
    except ValueError:
        return False


def _listing_entry(capture: Capture) -> ListingEntry | None:
    try:
        # it may be new to this store
        return replace(ListingEntry(**capture.listing), stored=False) if capture.listing else None
    except TypeError:  # metadata of another tool
        return None


def _no_page(
    capture: Capture, outlet: type[OutletSpider] | None, listing: ListingEntry | None
) -> PageResult:
    """Return the result of a response without page; a gone article goes to the stages."""
    response = capture.response
    if 300 <= response.status < 400:
        return PageResult(kind="redirect", reason=f"HTTP {response.status}")
    kind, reason = _kind_of(response)
    url = listing.canonical_url if listing else _canonical(capture.entry.url, outlet)
    if kind != "gone" or url is None:
        return PageResult(kind=kind, reason=reason)
    article = Article(
        url=capture.entry.url,
        canonical_url=url,
        outlet=outlet.name if outlet else host_of(capture.entry.url),
        fetched_at=capture.entry.fetched_at,
        error_page=ErrorPage(PageOutcome.GONE, f"HTTP {response.status}"),
    )
    return PageResult(article)


def _kind_of(response: Response) -> FetchFailure:
    return classify_error(HttpError(response))


def _canonical(url: str, outlet: type[OutletSpider] | None) -> str | None:
    """Return the canonical URL, or None if it needs the page."""
    match = outlet.cms.identify(url, outlet.home, outlet.aliases) if outlet else None
    return match[0] if match else None
