"""Reader of pages of an unknown CMS: from the whole page to the item's first half."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from parsel import Selector

from crawler.article import Article, Block, BlockKind, DateCandidate, ErrorPage
from crawler.extract.blocks import link_boxes, read_lines
from crawler.extract.container import (
    PageLine,
    continuation,
    find_container,
    lines_of,
    repeated_rows,
    weigh,
)
from crawler.extract.headline import find_headline, letters, site_names
from crawler.extract.images import read_images, with_addresses
from crawler.extract.metadata import Metadata, read_metadata
from crawler.extract.pages import NO_ARTICLE
from crawler.extract.selectors import text
from crawler.outcomes.pages import PageOutcome

NOT_FOUND = ErrorPage(PageOutcome.NOT_ARTICLE, "the page says that it does not exist")
LOGIN = ErrorPage(PageOutcome.MEMBERS, "the page asks for a log-in")
LIST = ErrorPage(PageOutcome.NOT_ARTICLE, "the page is a list of articles")
FRONT_PAGE = ErrorPage(PageOutcome.NOT_ARTICLE, "the page is a front page")
LIST_SHARE = 0.6
"""Share of the sentences of a page that stand in rows of a list, from which the page is a list."""
FEW = 600
"""Letters of a page outside links under which an error's words speak of the whole page."""
_FRONT = re.compile(r"/?(?:(?:index|main|home|default)\.\w{2,5})?", re.I)
_NOT_FOUND = re.compile(
    r"(?:페이지|기사|게시물|글|뉴스|문서|자료)(?:을|를|가|이|는|은)?\s*"
    r"(?:찾을 수 (?:없|가 없)|존재하지 않|삭제)"
    r"|삭제된 (?:기사|글|게시물|페이지)|없는 (?:기사|페이지|게시물|글)|주소가 (?:잘못|바뀌|변경)"
    r"|404 not found"
    r"|page (?:was |is )?not (?:be )?found",
    re.I,
)
"""What a page says of a page that is not there."""
_LOGIN = re.compile(r"로그인|회원|구독|권한|log ?in|sign ?in", re.I)


@dataclass(frozen=True, slots=True)
class GenericPage:
    """What a page of an unknown CMS shows."""

    lines: list[PageLine]
    meta: Metadata
    headline: str | None
    body: HtmlElement | None
    error: ErrorPage | None
    """The reason why the page holds no article; None if it does."""


def read_generic(source: Selector, article: Article, names: tuple[str | None, ...]) -> GenericPage:
    """Fill the first half of an article from a page of an unknown CMS.

    ``names``: names of the outlet that are known. The lines of the body become blocks of kind
    ``body``, the others have none; where no body is found, all lines are left to the stages.
    """
    root = source.root
    body_element = root.find("body") if root.tag == "html" else None
    top = body_element if body_element is not None else root
    meta = read_metadata(source)
    boxes = link_boxes(top)
    kinds: dict[HtmlElement, BlockKind] = dict.fromkeys(top.iter("figcaption"), "caption")
    raw = list(read_lines(top, kinds, boxes))
    unweighed = [PageLine(block, node) for block, node in raw]
    known = site_names(source, meta, names)
    headline, shown_at = find_headline(source, unweighed, meta, known)
    lines = weigh(raw, shown_at or 0)
    container = find_container(top, lines)
    article.headline_raw = headline
    article.date_candidates = [DateCandidate(shown, "structured") for shown in meta.published]
    article.modified_raw = next(iter(meta.modified), None)
    article.author_candidates = meta.authors
    blocks = [line.block for line in lines]
    if container is not None:
        holders = [container, *continuation(container)]
        start, end = lines_of(lines, holders)
        blocks[start:end] = [
            block if block.kind else Block(block.text, "body", "", block.role)
            for block in blocks[start:end]
        ]
        article.date_candidates += _times(top, container, boxes)
        article.images = with_addresses(source, article.url, read_images(container, boxes))
    article.blocks = blocks
    error = _no_article(source, article.url, lines, container, meta, headline, known, top)
    return GenericPage(lines, meta, headline, container, error)


def _times(
    top: HtmlElement, container: HtmlElement, boxes: set[HtmlElement]
) -> list[DateCandidate]:
    """Return the moment of the first ``<time datetime>`` above the container's text."""
    for node in top.iter():
        if node is container:
            return []
        if node.tag == "time" and node.get("datetime") and boxes.isdisjoint(node.iterancestors()):
            return [DateCandidate(node.get("datetime"), "structured")]
    return []


def _no_article(
    page: Selector,
    url: str,
    lines: list[PageLine],
    container: HtmlElement | None,
    meta: Metadata,
    headline: str | None,
    names: list[str],
    top: HtmlElement,
) -> ErrorPage | None:
    """Return why a page holds no article, by evidence of the whole page; None if it may hold one."""
    plain = " ".join(
        line.block.text for line in lines if line.block.role == "" and line.weight >= 0
    )
    title = text(page, ("title",)) or ""
    if len(plain) < FEW and _NOT_FOUND.search(plain) and not meta.has_article:
        return NOT_FOUND
    if page.css('input[type="password"]') and _LOGIN.search(plain + title) and len(plain) < FEW:
        return LOGIN
    if container is None:
        return None if meta.has_article else NO_ARTICLE
    if repeated_rows(lines, top) >= LIST_SHARE:
        return LIST
    path = urlsplit(url).path
    if _FRONT.fullmatch(path) and not urlsplit(url).query and url.startswith("http"):
        is_site = headline is None or letters(headline) in {letters(name) for name in names}
        if is_site or not meta.has_article:
            return FRONT_PAGE
    return None
