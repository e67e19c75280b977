"""Typed context of a request: what page it is for, and what components learned about the page.

It travels in ``request.meta`` under one key, so that redirects and retries keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import Request
from scrapy.http import Response

from crawler.extract.pages import ListingEntry

META_KEY = "page_context"

RETRY_TIMES = "retry_times"
"""The only key of Scrapy's in ``meta`` that a retry keeps."""


@dataclass(slots=True, kw_only=True)
class PageContext:
    """Context of any request: robots.txt, feeds, sitemaps, what a rendered page loads."""

    fetched_at: str | None = None
    """UTC; when the page came, if it is archived."""
    warc_location: str | None = None
    """Where the page lies in the archive, below the archive's folder."""
    warc_record_id: str | None = None


@dataclass(slots=True, kw_only=True)
class ArticleContext(PageContext):
    """Context of a request for an article's page."""

    entry: ListingEntry
    cut_at: int | None = None
    """Length of the page in characters when it last came without its end."""


@dataclass(slots=True, kw_only=True)
class ListContext(PageContext):
    """Context of a request for a list page."""

    section: str
    number: int
    """From 0."""
    previous: tuple[str, ...] = ()
    """Canonical URLs on the page before."""


def context_of(request: Request) -> PageContext:
    """Return the context of a request, a new one if it has none."""
    context = request.meta.setdefault(META_KEY, PageContext())
    assert isinstance(context, PageContext)
    return context


def entry_of(request: Request) -> ListingEntry | None:
    """Return the listing of the article that a request is for; None for other requests."""
    context = request.meta.get(META_KEY)
    return context.entry if isinstance(context, ArticleContext) else None


def article_of(response: Response) -> ArticleContext:
    """Return the context of an article's page."""
    context = response.meta[META_KEY]
    assert isinstance(context, ArticleContext)
    return context


def list_of(response: Response) -> ListContext:
    """Return the context of a list page."""
    context = response.meta[META_KEY]
    assert isinstance(context, ListContext)
    return context
