"""A page's element as the lines that a reader sees, each with what the markup says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from crawler.article import Block, BlockKind

SKIPPED = {
    "head", "script", "style", "noscript", "template", "iframe", "select", "button", "textarea",
    "object", "svg",
}  # fmt: skip
INLINE = {
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "label",
    "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "td", "th", "time",
    "tt", "u", "wbr",
}  # fmt: skip
HIDDEN = re.compile(r"\bsound_only\b|\bblind\b")
"""Classes for screen readers only: Gnuboard's, and the one that most other systems use."""
_BREAK = object()


def read_blocks(root: HtmlElement, kinds: Mapping[HtmlElement, BlockKind]) -> Iterator[Block]:
    """The lines below ``root``, top to bottom; empty ones are left out.

    ``kinds`` names the elements whose markup says what they are; everything below takes
    over that kind. Cells of a table row share a line, parted by `` | ``.
    """
    line: list[str] = []
    now: _Place = ("", "")
    whole = _flatten(_tokens(root, kinds, (kinds.get(root, ""), _mark(root))))
    for token, place in [*whole, (_BREAK, now)]:
        if token is _BREAK or place[0] != now[0]:
            if text := _collapse("".join(line)):
                yield Block(text, *now)
            line.clear()
        if isinstance(token, str):
            now = place if token.strip() or not line else now
            line.append(token)
        else:
            now = place


_Place = tuple[BlockKind, str]
"""What the markup says a text is, and the elements around it."""


_Token = tuple[object, _Place]
"""A text or a line break, and its place."""
_Tokens = Iterator["_Token | _Tokens"]
"""Tokens, and where an element stands, those inside it."""
DEEP = 2000
"""Characters of the elements around a text; broken pages nest thousands, which say no more."""


def _flatten(tokens: _Tokens) -> Iterator[_Token]:
    """In document order. Without recursion, since broken pages nest deeper than Python can."""
    stack = [tokens]
    while stack:
        for token in stack[-1]:
            if not isinstance(token, tuple):
                stack.append(token)
                break
            yield token
        else:
            stack.pop()


def _tokens(node: HtmlElement, kinds: Mapping[HtmlElement, BlockKind], place: _Place) -> _Tokens:
    """The text and the line breaks of an element."""
    if node.text:
        yield node.text, place
    for child in node:
        if isinstance(child.tag, str):
            yield _child_tokens(child, kinds, (kinds.get(child, place[0]), place[1]))
        if child.tail:
            yield child.tail, place


def _child_tokens(
    child: HtmlElement, kinds: Mapping[HtmlElement, BlockKind], place: _Place
) -> _Tokens:
    if child.tag in SKIPPED or HIDDEN.search(child.get("class", "")):
        return
    if child.tag in {"td", "th"} and child.getprevious() is not None:
        yield " | ", place
    if child.tag in INLINE:
        yield _tokens(child, kinds, place)
        return
    if len(place[1]) < DEEP:
        place = (place[0], f"{place[1]} {_mark(child)}")
    yield _BREAK, place
    yield _tokens(child, kinds, place)
    yield _BREAK, place


def _mark(node: HtmlElement) -> str:
    """An element's tag, classes and id: ``ul .weather #today``."""
    marks = [node.tag, *(f".{name}" for name in node.get("class", "").split())]
    return " ".join(marks + ([f"#{node.get('id')}"] if node.get("id") else []))


def _collapse(text: str) -> str:
    """White space as HTML shows it: runs become one, but a no-break space stays.

    U+FFFD stands for a stray byte: noise on the line, never a letter.
    """
    text = re.sub(r"[ \t\r\n\f]+", " ", text.replace("\ufffd", "")).strip(" \u00a0|")
    return text if text.strip() else ""
