"""What the outlets of one content-management system share, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from parsel import Selector

from crawler.extract.selectors import ArticleSelectors, ListSelectors, Selectors, find_all
from crawler.urls import CmsUrls, Site, identify

Render: TypeAlias = Literal["list", "article", "auto"]
"""Pages that are nothing until scripts ran: all lists, all articles, or those that look like it."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A page that answers HTTP 200 and is no article.

    ``gone`` like 404, ``forbidden`` like 403, ``retry`` like 503, ``error`` where it does not
    say which; ``mark`` is a regular expression searched in the whole source of a page on which no
    article stands. What looks ``gone`` is noted as the article's end: a mark must be sure.
    """

    kind: Literal["gone", "forbidden", "retry", "error"]
    mark: str
    whole: bool = False
    """Whether it is one by what is missing on it: then only if the page came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cms:
    """A content-management system: addresses, list pages, article pages, error pages."""

    name: str
    fingerprint: Selectors
    """Marks of this family's pages; outlets change their system, so pages are asked."""

    addresses: CmsUrls
    """Which addresses are articles, and how the one that an article is known by is written."""

    list_page: str
    """Path and query of page ``{page}`` of the list of all articles."""
    section_page: str
    """The same for one ``{section}``."""
    first_page: int = 1
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Paths of sitemaps or of indexes of some; ``/robots.txt`` for those that it names."""
    empty_list: Selectors = ()
    """Marks of a list page that is well and holds no rows."""

    rows: ListSelectors
    selectors: ArticleSelectors
    full_headline: str | None = None
    """Where skins cut long headlines: the whole one in ``<title>``, as group ``headline``."""
    soft_errors: tuple[ErrorPage, ...] = ()

    render: Render | tuple[Render, ...] = ()
    """Which pages need a browser."""
    more: Selectors = ()
    """A button (더보기) under a rendered list that lets it show more rows. Its pages have no
    addresses then: page ``n`` is what the ``n``-th click adds."""

    def identify(
        self, url: str, home: str, aliases: tuple[str, ...] = ()
    ) -> tuple[str, str | None] | None:
        """Canonical address and article id of an article's ``url``; None for other pages.

        ``home`` gives the scheme and host that the outlet is known by, ``aliases`` the other
        hosts that serve the same articles.
        """
        site = Site(home, self.addresses, aliases)
        try:
            found = identify(url, [site])
        except ValueError:  # links on a page may be anything
            return None
        return (found.canonical_url, found.article_id) if found.site is site else None

    def soft_error(self, source: str, *, whole: bool) -> str | None:
        """``kind: words`` of the error page whose mark stands in ``source``, the page's HTML.

        ``whole``: whether it is an article's page and came to its end.
        """
        for error in self.soft_errors:
            if (whole or not error.whole) and (match := re.search(error.mark, source)):
                return f"{error.kind}: {'nothing stands there' if error.whole else match[0]}"
        return None

    def matches(self, page: Selector) -> int:
        """How many marks of this family stand on a page."""
        return sum(bool(find_all(page, (mark,))) for mark in self.fingerprint)
