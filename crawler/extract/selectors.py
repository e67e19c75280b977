"""Selectors of the parts of a page, and functions that read the parts.

Each field has a tuple of selectors, tried in order: the newest template first, older ones after it.
After a redesign a new first entry is added. CSS, or XPath if it begins with ``/`` or ``./``.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement
from parsel import Selector

from crawler.article import Block, BlockKind, Image
from crawler.extract.blocks import link_boxes, read_blocks
from crawler.extract.container import continuation
from crawler.extract.images import read_images

Selectors = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSelectors:
    """Selectors of the parts of an article page."""

    headline: Selectors
    body: Selectors
    subtitle: Selectors = ()
    """부제: in the header or at the top of the body."""
    byline: Selectors = ()
    date: Selectors = ()
    modified: Selectors = ()
    structured_date: Selectors = ('meta[property="article:published_time"]::attr(content)',)
    caption: Selectors = ()
    """Inside the body."""
    section: Selectors = ()
    tags: Selectors = ()
    copyright: Selectors = ()
    """A notice outside the body."""
    outside: Selectors = ()
    """Furniture inside the body: advertisements, tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSelectors:
    """Selectors of the rows of a list page, and of the parts of a row."""

    row: Selectors
    link: Selectors = ("a::attr(href)",)
    date: Selectors = ()
    byline: Selectors = ()
    pinned: Selectors = ()
    """Inside or on a row that stays on top regardless of its age and of the page's."""


@dataclass(frozen=True, slots=True)
class PageParts:
    """The parts of an article page. Texts as displayed; blocks: 부제, body, captions, copyright."""

    headline: str | None
    byline: str | None
    dates: list[str]
    structured_dates: list[str]
    modified: str | None
    section: str | None
    tags: str | None
    blocks: list[Block]
    images: list[Image]


def find_all(root: Selector, selectors: Selectors) -> list[Selector]:
    """Return the matches of the first selector that has any."""
    for selector in selectors:
        matches = root.xpath(selector) if selector.startswith(("/", "./")) else root.css(selector)
        if matches:
            return list(matches)
    return []


def texts(root: Selector, selectors: Selectors) -> list[str]:
    """Return the texts of the first selector that has any, one string per element."""
    for selector in selectors:
        matches = [text for node in find_all(root, (selector,)) if (text := _text(node))]
        if matches:
            return matches
    return []


def text(root: Selector, selectors: Selectors) -> str | None:
    """Return the first of :func:`texts`, or None."""
    return next(iter(texts(root, selectors)), None)


def _text(node: Selector) -> str:
    if isinstance(node.root, str):
        return node.root.strip()
    return " ".join(block.text for block in read_blocks(node.root, {}))


def read_parts(page: Selector, selectors: ArticleSelectors) -> PageParts:
    """Read an article page; parts that are not found are None or empty."""
    body = find_body(page, selectors)
    for box in find_all(body, selectors.outside) if body else []:
        # Emptied, not removed: lxml does not accept a tail with a control character again.
        box.root.clear(keep_tail=True)
        box.root.tag = "span"
    blocks, images = _read_body(page, body, selectors)
    return PageParts(
        headline=text(page, selectors.headline),
        byline=text(page, selectors.byline),
        dates=texts(page, selectors.date),
        structured_dates=texts(page, selectors.structured_date),
        modified=text(page, selectors.modified),
        section=text(page, selectors.section),
        tags=text(page, selectors.tags),
        blocks=blocks,
        images=images,
    )


def find_body(page: Selector, selectors: ArticleSelectors) -> Selector | None:
    """Return the element of the article: the first one that holds any text or image."""
    for selector in selectors.body:
        for body in find_all(page, (selector,)):
            if any(read_blocks(body.root, {})) or body.css("img"):
                return body
    return None


def _read_body(
    page: Selector, body: Selector | None, selectors: ArticleSelectors
) -> tuple[list[Block], list[Image]]:
    kinds: dict[HtmlElement, BlockKind] = {}
    marked: tuple[tuple[BlockKind, Selectors], ...] = (
        ("caption", selectors.caption),
        ("subtitle", selectors.subtitle),
    )
    if body is not None:
        kinds |= dict.fromkeys(body.root.iter("figcaption"), "caption")
    for kind, chosen in marked:
        kinds |= {node.root: kind for selector in chosen for node in find_all(page, (selector,))}
    inside = set(body.root.iter()) if body is not None else set()
    blocks = [
        block
        for root, kind in kinds.items()
        if kind == "subtitle" and root not in inside
        for block in read_blocks(root, {root: kind})
    ]
    if body is None:
        return blocks, []
    boxes = link_boxes(body.root)
    for holder in (body.root, *continuation(body.root)):
        blocks += [
            block if block.kind else Block(block.text, "body", "", block.role)
            for block in read_blocks(holder, kinds, boxes)
        ]
    blocks += [Block(notice, "copyright") for notice in texts(page, selectors.copyright)[:1]]
    captions = {root for root, kind in kinds.items() if kind == "caption" and root in inside}
    return blocks, read_images(body.root, boxes, captions)
