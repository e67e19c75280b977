"""Model of a CMS: everything that its outlets share, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from parsel import Selector

from crawler.article import ErrorPage
from crawler.extract.selectors import ArticleSelectors, ListSelectors, Selectors, find_all
from crawler.outcomes.pages import PageOutcome
from crawler.urls import CmsUrls, Site, identify

Render: TypeAlias = Literal["list", "article", "auto"]
"""Pages that need a browser: all lists, all articles, or the pages that look empty (``auto``)."""


@dataclass(frozen=True, slots=True)
class ErrorMark:
    """Mark of a page that answers HTTP 200 and is not an article.

    ``kind``: gone, members, temporary, or not_article if the page does not say which. ``mark`` is a
    regular expression searched in the whole source of a page without an article. What looks gone
    is recorded as the article's end: a mark must be sure.
    """

    kind: PageOutcome
    mark: str
    whole: bool = False
    """True if the mark matches by missing parts: then it counts only for a complete page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cms:
    """A content management system: URLs, list pages, article pages, error pages."""

    name: str
    fingerprint: Selectors
    """Marks of this CMS on its pages; outlets change their CMS, so each page is checked."""

    addresses: CmsUrls
    """The forms of its article URLs, and of canonical URLs."""

    list_page: str
    """Path and query of page ``{page}`` of the list of all articles."""
    section_page: str
    """The same for ``{section}``."""
    first_page: int = 1
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Paths of sitemaps or sitemap indexes; ``/robots.txt`` for those that it names."""
    empty_list: Selectors = ()
    """Marks of a list page that is valid and has no rows."""

    rows: ListSelectors
    selectors: ArticleSelectors
    full_headline: str | None = None
    """If templates cut long headlines: the whole headline in ``<title>``, as group ``headline``."""
    error_marks: tuple[ErrorMark, ...] = ()

    render: Render | tuple[Render, ...] = ()
    """The pages that need a browser."""
    more: Selectors = ()
    """A button (더보기) under a rendered list that loads more rows. Such list pages have no URLs:
    page ``n`` is the rows that the ``n``-th click adds."""

    def identify(
        self, url: str, home: str, aliases: tuple[str, ...] = ()
    ) -> tuple[str, str | None] | None:
        """Return canonical URL and article id of an article's ``url``; None for other pages.

        ``home`` gives the outlet's main scheme and host, ``aliases`` the other hosts that serve the
        same articles.
        """
        site = Site(home, self.addresses, aliases)
        try:
            identity = identify(url, [site])
        except ValueError:  # links on a page may be anything
            return None
        return (identity.canonical_url, identity.article_id) if identity.site is site else None

    def error_page(self, source: str, *, whole: bool) -> ErrorPage | None:
        """Return the error page whose mark matches ``source``, or None.

        ``source`` is the HTML of the page; ``whole`` is True for a complete article page.
        """
        for error in self.error_marks:
            if (whole or not error.whole) and (match := re.search(error.mark, source)):
                return ErrorPage(error.kind, "nothing stands there" if error.whole else match[0])
        return None

    def matches(self, page: Selector) -> int:
        """Return the number of this CMS's marks on a page."""
        return sum(bool(find_all(page, (mark,))) for mark in self.fingerprint)
