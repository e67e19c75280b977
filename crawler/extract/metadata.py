"""Metadata of a page: JSON-LD, Open Graph, microdata, Dublin Core and the like, as witnesses.

They confirm what the page shows, refine it or stand in for it; the stages decide. Names as Korean
outlets' pages write them; JSON-LD that is not well formed is left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

PUBLISHED = (
    "article:published_time", "article:published", "dd:published_time", "og:article:published_time",
    "og:regdate", "datepublished", "date", "pubdate", "publishdate", "publish-date", "regdate",
    "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "dcterms.created",
    "parsely-pub-date", "sailthru.date", "article.published", "published_time", "publication_date",
)  # fmt: skip
"""Names of ``<meta>`` (name, property, itemprop; lower case) that carry the publication time."""
MODIFIED = (
    "article:modified_time", "dd:modified_time", "og:updated_time", "datemodified", "last-modified",
    "lastmod", "dcterms.modified", "dc.date.modified", "article:updated_time", "modified_time",
)  # fmt: skip
AUTHORS = (
    "author", "article:author", "dd:author", "dable:author", "og:article:author", "dc.creator",
    "dcterms.creator", "parsely-author", "sailthru.author", "byl",
)  # fmt: skip
_TYPES = ("newsarticle", "article", "reportagenewsarticle", "blogposting", "opinionnewsarticle")


@dataclass(slots=True)
class Metadata:
    """Values as the page carries them, most trusted first, without repetition."""

    title: str | None = None
    """``og:title``, else JSON-LD's headline."""
    site_name: str | None = None
    og_type: str | None = None
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    body: str | None = None
    """JSON-LD's text of the article, with its line breaks."""
    has_article: bool = False
    """Whether JSON-LD or Open Graph calls the page an article."""


def read_metadata(page: Selector) -> Metadata:
    """Read a page's metadata; what is not there is None or empty."""
    named: dict[str, list[str]] = {}
    for node in page.xpath("//meta[@content]"):
        attributes = node.root.attrib
        value = " ".join(attributes["content"].split())
        for key in ("property", "name", "itemprop"):
            if value and (name := attributes.get(key)):
                named.setdefault(name.strip().lower(), []).append(value)
    articles = list(_articles(page))
    found = Metadata(
        title=_first(named, "og:title") or _text(articles, "headline"),
        site_name=_first(named, "og:site_name"),
        og_type=_first(named, "og:type"),
        section=_first(named, "article:section"),
        body=_body(articles),
        published=_values(articles, "datePublished") + _all(named, PUBLISHED),
        modified=_values(articles, "dateModified") + _all(named, MODIFIED),
        authors=list(_persons(articles)) + _all(named, AUTHORS),
        has_article=bool(articles),
    )
    for node in page.xpath("//*[@itemprop='datePublished' and not(self::meta)]"):
        found.published.append(node.root.get("datetime") or node.root.get("content") or "")
    found.published = list(dict.fromkeys(filter(None, found.published)))
    found.modified = list(dict.fromkeys(found.modified))
    found.authors = list(dict.fromkeys(found.authors))
    found.has_article |= (found.og_type or "").lower() in {"article", "news.article"}
    return found


def _articles(page: Selector) -> Iterator[dict[str, Any]]:
    """Yield JSON-LD's articles, however deep they stand."""
    for source in page.xpath("//script[@type='application/ld+json']/text()").getall():
        try:
            stack = [json.loads(source.strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        seen = 0
        while stack and seen < 1000:
            seen += 1
            value = stack.pop()
            if isinstance(value, list):
                stack += reversed(value)
            elif isinstance(value, dict):
                types = value.get("@type")
                names = types if isinstance(types, list) else [types]
                if any(str(name).lower() in _TYPES for name in names):
                    yield value
                stack += [inner for inner in value.values() if isinstance(inner, dict | list)]


def _first(named: dict[str, list[str]], name: str) -> str | None:
    return next(iter(named.get(name, ())), None)


def _all(named: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in named.get(name, ())]


def _values(articles: list[dict[str, Any]], key: str) -> list[str]:
    return [value for one in articles if isinstance(value := one.get(key), str) and value.strip()]


def _text(articles: list[dict[str, Any]], key: str) -> str | None:
    return next((" ".join(value.split()) for value in _values(articles, key)), None)


def _body(articles: list[dict[str, Any]]) -> str | None:
    body = next(iter(_values(articles, "articleBody")), None)
    return re.sub(r"<(?:br|/p)[^<>]{0,20}>", "\n", html.unescape(body)) if body else None


def _persons(articles: list[dict[str, Any]]) -> Iterator[str]:
    for article in articles:
        authors = article.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            if isinstance(author, dict) and author.get("@type") != "Organization":
                author = author.get("name")
            if isinstance(author, str) and author.strip():
                yield " ".join(author.split())
