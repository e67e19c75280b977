"""What kind of page an address asks for, told from the address itself alone."""

from __future__ import annotations

import re
from typing import Literal

from newsstand.sites import Ask

Kind = Literal["article", "list", "feed", "sitemap", "robots", "other"]

FORMS: tuple[tuple[Kind, str], ...] = (
    ("robots", r"/robots\.txt"),
    ("sitemap", r"/sitemap[\w-]*\.xml(?:\.gz)?"),
    ("feed", r"/bbs/rss\.php|/rss/rss_news\.php|/rss\.php|/rss_view\.php"),
    ("article", r"/\d+|/(?:article|news/view|newsView|news)/\d+"),
    ("article", r"/sub_read\.html|/news/newsview\.php|/news/amp\.html|/(?:news|m)/view\.php"),
    ("list", r"/bbs/board\.php|/sub(?:_view)?\.html|/newslist/|/news/(?:newsList|list)\.php|/news"),
)
"""Paths of all sites; the first that fits is it."""

PATHS = tuple((kind, re.compile(form)) for kind, form in FORMS)


def kind_of(ask: Ask) -> Kind:
    """The kind of page; a board's script shows an article where a number is asked for."""
    kind: Kind = next((kind for kind, form in PATHS if form.fullmatch(ask.path)), "other")
    return "article" if kind == "list" and "wr_id" in ask.query else kind


NUMBERS = ("wr_id", "uid", "ncode", "idx")
"""Parameters that tell an article's number where the path does not."""


def article_of(ask: Ask) -> str:
    """The number of the article that is asked for; empty where none is."""
    if match := re.search(r"/(\d+)\Z", ask.path):
        return match[1]
    return next((ask.query[name] for name in NUMBERS if name in ask.query), "")
