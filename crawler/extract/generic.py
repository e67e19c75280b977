"""Reader of pages of an unknown CMS: from the whole page to the item's first half."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from parsel import Selector

from crawler.article import Article, Block, BlockKind, DateCandidate, ErrorPage
from crawler.extract.blocks import link_boxes, read_lines
from crawler.extract.captions import find_captions, is_called_subtitle
from crawler.extract.container import (
    SHORT,
    PageLine,
    continuation,
    find_container,
    is_furniture,
    is_marked,
    lines_of,
    parts_of,
    path_of,
    repeated_rows,
    weigh,
)
from crawler.extract.headline import HEADINGS, find_headline, letters, site_names, title_of
from crawler.extract.images import read_images, with_addresses
from crawler.extract.metadata import Metadata, read_metadata
from crawler.extract.pages import NO_ARTICLE
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
    nodes = list(top.iter())  # kept, or lxml makes each element again for every reader
    bodies = {node for node in nodes if isinstance(node.tag, str) and is_marked(node)}
    boxes = link_boxes(top, bodies)
    captions = find_captions(top, bodies, boxes)
    kinds: dict[HtmlElement, BlockKind] = dict.fromkeys(captions, "caption")
    kinds |= {
        node: "subtitle" for node in top.iter("strong", "b", "em") if _is_lead_in(node, bodies)
    }
    raw = list(read_lines(top, kinds, boxes))
    unweighed = [PageLine(block, node) for block, node in raw]
    known = site_names(source, meta, names)
    headline, shown_at = find_headline(source, unweighed, meta, known)
    lines = weigh(raw, shown_at or 0, top)
    container = find_container(top, lines)
    article.headline_raw = headline
    article.date_candidates = [DateCandidate(shown, "structured") for shown in meta.published]
    article.modified_raw = next(iter(meta.modified), None)
    article.author_candidates = meta.authors
    blocks = [
        Block(line.block.text, line.block.kind, line.block.inside, "box")
        if line.is_row or line.is_talk
        else line.block
        for line in lines
    ]
    start = end = len(blocks)
    if container is not None:
        holders = [container, *continuation(container), *parts_of(container, lines)]
        start, end = lines_of(lines, holders, top)
        _mark_subtitles(lines, blocks, shown_at, start, end)
        path = path_of(container, top)
        signatures = {_signature(line) for line in lines[start:end] if line.weight > 0}
        for number in range(start, end):
            blocks[number] = _body_block(lines[number], blocks[number], path, signatures)
        article.date_candidates += _times(top, container, boxes)
        article.images = with_addresses(
            source, article.url, read_images(container, boxes, captions)
        )
    written = sum(len(line.block.text) for line in lines[start:end] if line.weight > 0)
    if meta.body and len(meta.body) > MUCH_MORE * max(written, MIN_WRITTEN):
        head = [] if container is None else blocks[max(0, (shown_at or 0)) : start]
        blocks = [*head, *(Block(text, "body") for text in meta.body.split("\n") if text.strip())]
    elif container is not None and start == end:  # a picture alone: no other article's text
        blocks = [
            line.block
            for line in lines[shown_at or 0 : end + MOST_BELOW]
            if not line.is_sentence and line.block.role not in {"box", "link"}
        ]
    article.blocks = blocks
    page = GenericPage(lines, meta, headline, container, None)
    error = _no_article(source, article.url, page, known, shown_at, (start, end))
    return replace(page, error=error)


def _is_lead_in(node: HtmlElement, bodies: set[HtmlElement]) -> bool:
    """Return True if an inline element is the 부제 that a body begins with."""
    return node.getparent() in bodies and is_called_subtitle(node, in_body=True)


def _signature(line: PageLine) -> tuple[str, str | None]:
    return line.node.tag, line.node.get("class")


def _body_block(
    line: PageLine, block: Block, path: str, signatures: set[tuple[str, str | None]]
) -> Block:
    """Return a line of the container as a block of the body, with the evidence of its element.

    ``path``: the elements around the container. ``signatures``: tags and classes of the elements
    that hold the article's sentences; see ``apart`` in :data:`crawler.article.BlockRole`.
    """
    below = block.inside.removeprefix(path)
    role = block.role
    if line.is_row or line.is_talk or (not line.is_sentence and is_furniture(below)):
        role = "box"
    elif not role and line.node.tag not in _TABLES and _signature(line) not in signatures:
        role = "apart"
    return Block(block.text, block.kind or "body", "", role)


_TABLES = {"td", "th", "tr", "li", "dd", "dt", "h2", "h3", "h4", "h5", "h6"}
MUCH_MORE = 3
MIN_WRITTEN = 40
"""Metadata's own text of an article is read if it is so many times longer than what the page shows,
letters: such pages are written by scripts."""


def _mark_subtitles(
    lines: list[PageLine], blocks: list[Block], shown_at: int | None, start: int, end: int
) -> None:
    """Mark the 부제: elements called so above the article's first sentence, or its lone heading."""
    is_named = {
        number
        for number in range(shown_at or 0, end)
        if not lines[number].block.role
        and not lines[number].block.kind
        and any(
            is_called_subtitle(node, in_body=number >= start)
            for node in (lines[number].node, lines[number].node.getparent())
            if node is not None
        )
    }
    spoken = (
        number
        for number in range(start, end)
        if lines[number].weight > 0 and number not in is_named
    )
    first = next(spoken, end)
    later = {_signature(line) for line in lines[first:end]}
    for number in range(shown_at or 0, first):
        line = lines[number]
        is_heading = (
            number >= start and line.node.tag in HEADINGS[1:] and _signature(line) not in later
        )
        is_subtitle = number in is_named or (is_heading and not line.block.role)
        is_headline = number == shown_at or line.block.text == lines[shown_at or 0].block.text
        if is_subtitle and not is_headline and not line.block.kind:
            blocks[number] = Block(line.block.text, "subtitle", "", "")


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
    source: Selector,
    url: str,
    page: GenericPage,
    names: list[str],
    shown_at: int | None,
    span: tuple[int, int],
) -> ErrorPage | None:
    """Return why a page holds no article, by evidence of the whole; None if it may hold one."""
    lines, meta = page.lines, page.meta
    texts = [line.block.text for line in lines if line.block.role == "" and not line.is_furniture]
    plain = " ".join(texts)
    title = title_of(source)
    has_head = meta.has_article or _has_head(lines, shown_at, span)
    if len(plain) < FEW and not has_head and any(map(_says_not_found, [*texts, title])):
        return NOT_FOUND
    if (
        source.css('input[type="password"]')
        and len(plain) < FEW
        and _LOGIN.search(plain + title)
        and not any(line.weight >= SHORT and not _LOGIN.search(line.block.text) for line in lines)
    ):
        return LOGIN
    if repeated_rows(lines) >= LIST_SHARE and (page.body is None or not has_head):
        return LIST
    if page.body is None:
        return None if meta.has_article or meta.body else NO_ARTICLE
    path = urlsplit(url).path
    if _FRONT.fullmatch(path) and not urlsplit(url).query and url.startswith("http"):
        known = {letters(name) for name in names}
        if page.headline is None or letters(page.headline) in known or not meta.has_article:
            return FRONT_PAGE
    if not has_head and not meta.published and _speaks_to_readers(lines, span):
        return NO_ARTICLE
    return None


def _says_not_found(shown: str) -> bool:
    """Return True if a line says that the page is missing; an article's sentence may quote it."""
    return _NOT_FOUND.search(shown) is not None and _TOLD.search(shown) is None


_TOLD = re.compile(r"[^니]다[.”\"’']*$")
_DATED = re.compile(
    r"\d{4}\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]|\d{2}[.\-/]\d{2}[.\-/]\d{2}|\d{1,2}(?:분|시간) 전"
)
_SIGNED = re.compile(
    r"기자(?:$|[\s)\]|·/])|특파원|논설위원|@|(?:기자명|글쓴이|작성자|등록일|입력|승인|\bby\b)", re.I
)
HEAD_LINES = 15
"""Lines above a body, and MOST_BELOW of them below it, in which date or reporter stand."""
MOST_BELOW = 4
MAX_HEAD = 120
"""Characters of such a line, at most."""


def _has_head(lines: list[PageLine], shown_at: int | None, span: tuple[int, int]) -> bool:
    """Return True if a date or a reporter's name stands at the head or the foot of the body."""
    start, end = span
    above = range(max(shown_at or 0, start - HEAD_LINES), start)
    inside = {*range(start, min(start + 2, end)), *range(max(end - 2, start), end)}
    below = range(end, min(end + MOST_BELOW, len(lines)))
    return (
        any(_is_head(lines[number], _SIGNED if shown_at is None else _DATED) for number in above)
        or any(_is_head(lines[number], _DAY_FIRST) for number in inside)
        or any(_is_head(lines[number], _SIGNED) for number in below)
    )


_SITE_CLOCK = re.compile(r"\W*(?:UPDATED?|최종\s?편집|현재|오늘)", re.I)
_DAY_FIRST = re.compile(r"^\W*\d{4}\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}(?!.*~)")


def _is_head(line: PageLine, dated: re.Pattern[str]) -> bool:
    shown = line.block.text
    if line.is_sentence or line.is_furniture or line.block.role == "box" or len(shown) > MAX_HEAD:
        return False
    is_head = dated.search(shown) or _SIGNED.search(shown)
    return is_head is not None and _SITE_CLOCK.match(shown) is None


def _speaks_to_readers(lines: list[PageLine], span: tuple[int, int]) -> bool:
    """Return True if a body is in 합니다 style throughout, or holds no Korean."""
    texts = [line.block.text for line in lines[span[0] : span[1]] if line.is_sentence]
    is_told = any(_TOLD.search(shown) for shown in texts if re.search("[가-힣]", shown))
    return bool(texts) and not is_told
