"""Type of the page that a URL names, from the URL alone."""

from __future__ import annotations

import re
from typing import Literal

from newsstand.sites import SiteRequest

Kind = Literal["article", "list", "feed", "sitemap", "robots", "other"]

FORMS: tuple[tuple[Kind, str], ...] = (
    ("robots", r"/robots\.txt"),
    ("sitemap", r"/sitemap[\w-]*\.xml(?:\.gz)?"),
    ("feed", r"/bbs/rss\.php|/rss/rss_news\.php|/rss\.php|/rss_view\.php"),
    ("article", r"/\d+|/(?:article|news/view|newsView|news)/\d+"),
    ("article", r"/sub_read\.html|/news/newsview\.php|/news/amp\.html|/(?:news|m)/view\.php"),
    ("list", r"/bbs/board\.php|/sub(?:_view)?\.html|/newslist/|/news/(?:newsList|list)\.php|/news"),
)
"""Paths of all sites; the first match counts."""

PATHS = tuple((kind, re.compile(form)) for kind, form in FORMS)


def kind_of(request: SiteRequest) -> Kind:
    """Return the type of page; a board's script shows an article if the query has a number."""
    kind: Kind = next((kind for kind, form in PATHS if form.fullmatch(request.path)), "other")
    return "article" if kind == "list" and "wr_id" in request.query else kind


NUMBERS = ("wr_id", "uid", "ncode", "idx")
"""Parameters that hold an article's number if the path does not."""


def article_of(request: SiteRequest) -> str:
    """Return the number of the requested article; empty for other pages."""
    if match := re.search(r"/(\d+)\Z", request.path):
        return match[1]
    return next((request.query[name] for name in NUMBERS if name in request.query), "")
