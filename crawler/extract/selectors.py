"""Where the parts of a page stand, as data, and how they are read.

Each field has a tuple of selectors, tried in order: the newest skin first, older skins
behind it. A redesign is a new first entry. CSS, or XPath where it begins with ``/`` or ``./``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parsel import Selector

from crawler.article import Block, BlockKind, Image
from crawler.extract.blocks import read_blocks

Selectors = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSelectors:
    """The parts of an article page."""

    headline: Selectors
    body: Selectors
    subtitle: Selectors = ()
    """부제: in the header or at the head of the body."""
    byline: Selectors = ()
    date: Selectors = ()
    modified: Selectors = ()
    structured_date: Selectors = ('meta[property="article:published_time"]::attr(content)',)
    caption: Selectors = ()
    """Inside the body."""
    section: Selectors = ()
    tags: Selectors = ()
    copyright: Selectors = ()
    """Where it stands outside the body."""
    outside: Selectors = ()
    """Boxes inside the body that are not the article: advertisements, tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSelectors:
    """The rows of a list page, and the parts of a row."""

    row: Selectors
    link: Selectors = ("a::attr(href)",)
    date: Selectors = ()
    byline: Selectors = ()
    pinned: Selectors = ()
    """Inside or on a row that is kept on top whatever its age; it says nothing of the page's."""


@dataclass(frozen=True, slots=True)
class FoundParts:
    """What stands on an article page. Texts as shown; blocks: 부제, body, captions, copyright."""

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
    """What the first selector that finds anything finds."""
    for selector in selectors:
        found = root.xpath(selector) if selector.startswith(("/", "./")) else root.css(selector)
        if found:
            return list(found)
    return []


def texts(root: Selector, selectors: Selectors) -> list[str]:
    """The texts of the first selector that finds a text, one string an element."""
    for selector in selectors:
        found = [text for one in find_all(root, (selector,)) if (text := _text(one))]
        if found:
            return found
    return []


def text(root: Selector, selectors: Selectors) -> str | None:
    """The first of :func:`texts`, or None."""
    return next(iter(texts(root, selectors)), None)


def _text(found: Selector) -> str:
    if isinstance(found.root, str):
        return found.root.strip()
    return " ".join(block.text for block in read_blocks(found.root, {}))


def find_parts(page: Selector, selectors: ArticleSelectors) -> FoundParts:
    """Read an article page; a part that does not stand there is None or empty."""
    body = find_body(page, selectors)
    for box in find_all(body, selectors.outside) if body else []:
        # Emptied, not dropped: lxml does not take back a tail with a control character.
        box.root.clear(keep_tail=True)
        box.root.tag = "span"
    blocks, images = _read_body(page, body, selectors)
    return FoundParts(
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
    """The element that holds the article: the first with any text or picture in it."""
    for selector in selectors.body:
        for body in find_all(page, (selector,)):
            if any(read_blocks(body.root, {})) or body.css("img"):
                return body
    return None


def _read_body(
    page: Selector, body: Selector | None, selectors: ArticleSelectors
) -> tuple[list[Block], list[Image]]:
    kinds: dict[object, BlockKind] = {}
    marked: tuple[tuple[BlockKind, Selectors], ...] = (
        ("caption", selectors.caption),
        ("subtitle", selectors.subtitle),
    )
    for kind, chosen in marked:
        kinds |= {one.root: kind for selector in chosen for one in find_all(page, (selector,))}
    inside = set(body.root.iter()) if body is not None else set()
    blocks = [
        block
        for root, kind in kinds.items()
        if kind == "subtitle" and root not in inside
        for block in read_blocks(root, {root: kind})
    ]
    if body is None:
        return blocks, []
    blocks += [
        block if block.kind else Block(block.text, "body")
        for block in read_blocks(body.root, kinds)
    ]
    blocks += [Block(notice, "copyright") for notice in texts(page, selectors.copyright)[:1]]
    captions = [root for root, kind in kinds.items() if kind == "caption" and root in inside]
    return blocks, _read_images(body, captions)


def _read_images(body: Selector, captions: Iterable[object]) -> list[Image]:
    """Pictures top to bottom; a caption belongs to the nearest picture above it without one."""
    captions = set(captions)
    images: list[Image] = []
    for node in body.root.iter():
        if node.tag == "img" and node.get("src"):
            images.append({"url": node.get("src"), "caption": None})
        elif node in captions:
            caption = " ".join(block.text for block in read_blocks(node, {}))
            if not caption:
                continue
            if images and images[-1]["caption"] is None:
                images[-1]["caption"] = caption
            else:
                images.append({"url": None, "caption": caption})
    return images
