"""Splits a page element into the lines that a reader sees, each with its kind by the markup."""

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
"""Classes for screen readers only: Gnuboard's, and the one that most other CMSs use."""
_BREAK = object()


def read_blocks(root: HtmlElement, kinds: Mapping[HtmlElement, BlockKind]) -> Iterator[Block]:
    """Yield the lines below ``root``, top to bottom, without empty ones.

    ``kinds`` names the elements whose markup says what they are; everything below them has that
    kind. Cells of a table row share a line, separated by `` | ``.
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
"""The kind of a text, and the elements around it."""


_Token = tuple[object, _Place]
"""A text or a line break, with its place."""
_Tokens = Iterator["_Token | _Tokens"]
"""Tokens, with a nested iterator for each child element."""
MAX_PATH_CHARS = 2000
"""Maximum length of the path of elements around a text; broken pages nest thousands of them."""


def _flatten(tokens: _Tokens) -> Iterator[_Token]:
    """Yield tokens in document order, without recursion: broken pages nest too deep for it."""
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
    """Yield the text and the line breaks of an element."""
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
    if len(place[1]) < MAX_PATH_CHARS:
        place = (place[0], f"{place[1]} {_mark(child)}")
    yield _BREAK, place
    yield _tokens(child, kinds, place)
    yield _BREAK, place


def _mark(node: HtmlElement) -> str:
    """Return an element's tag, classes and id: ``ul .weather #today``."""
    marks = [node.tag, *(f".{name}" for name in node.get("class", "").split())]
    return " ".join(marks + ([f"#{node.get('id')}"] if node.get("id") else []))


def _collapse(text: str) -> str:
    """Return white space as HTML shows it: runs become one space, no-break spaces stay.

    U+FFFD is dropped: it stands for a stray byte, never for a letter.
    """
    text = re.sub(r"[ \t\r\n\f]+", " ", text.replace("\ufffd", "")).strip(" \u00a0|")
    return text if text.strip() else ""
