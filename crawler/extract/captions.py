"""Captions and 부제 of a page of an unknown CMS, by the names and the shape of their elements.

A caption stands in a small box with one picture: a ``figure``, a box whose name speaks of pictures,
a table with the picture in its first row, or an element near a picture that is called a caption.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml.html import HtmlElement

from crawler.extract.blocks import words_of

_PICTURES = frozenset(
    {"photo", "photos", "img", "image", "images", "pic", "picture", "figure", "gallery"}
)
_CAPTIONS = frozenset({"caption", "captions", "cap", "imgcap", "photocap", "figcaption", "desc"})
_SUBTITLES = frozenset(
    {
        "subtitle",
        "subtit",
        "subhead",
        "subheading",
        "subheadline",
        "midtitle",
        "subtitles",
        "precis",
        "deck",
        "standfirst",
    }
)
_SUB = frozenset({"sub", "mid"})
_TITLES = frozenset({"tit", "title", "titles", "head", "heading", "headline", "subject"})
_SUMMARIES = frozenset({"summary", "summury"})
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:$|[?&#])|^[#.]|^javascript:", re.I)
"""Where the link of an article's own picture leads: to the picture, or nowhere."""
MAX_CAPTION = 250
"""Letters of the box around a picture and its caption, at most."""
MAX_PICTURES = 3
MAX_NODES = 60
"""Elements of such a box, at most."""
MAX_CLIMB = 5
"""Elements around a picture in which its caption is looked for."""


def find_captions(
    top: HtmlElement, bodies: Collection[HtmlElement], boxes: Collection[HtmlElement]
) -> set[HtmlElement]:
    """Return the elements that hold captions, none of which is or holds one of ``bodies``.

    Pictures in boxes of links, and those that lead to another page, have none.
    """
    captions = set(top.iter("figcaption"))
    for picture in top.iter("img", "amp-img"):
        box = picture.getparent()
        if box is not None and box.tag == "a" and not _PICTURE_FILE.search(box.get("href") or "."):
            continue
        for _ in range(MAX_CLIMB):
            is_out = box is None or box is top or box in bodies or box in boxes
            if is_out or not _is_small(box):
                break
            if box.tag == "figure":
                if next(box.iter("figcaption"), None) is None:
                    captions.add(box)
                break
            if box.tag == "table" and _is_picture_table(box):
                captions.add(box)
                break
            named = [node for node in box.iter() if _is_called_caption(node)]
            if named:
                captions.update(named)
                break
            if _is_centered(box) and (box.text_content() or "").strip():
                captions.add(box)
                break
            if not _PICTURES.isdisjoint(words_of(box)) and (box.text_content() or "").strip():
                captions.add(box)
                break
            box = box.getparent()
    return captions


def _is_small(box: HtmlElement) -> bool:
    """Return True if an element holds few pictures and little text."""
    letters = pictures = 0
    for number, node in enumerate(box.iter()):
        if number > MAX_NODES:
            return False
        if not isinstance(node.tag, str) or node.tag in {"script", "style"}:
            continue
        if node.tag in {"h1", "h2"}:
            return False
        pictures += node.tag in {"img", "amp-img"}
        letters += len((node.text or "").strip())
        if node is not box:
            letters += len((node.tail or "").strip())
    return letters <= MAX_CAPTION and 1 <= pictures <= MAX_PICTURES


_CENTERED = re.compile(r"text-align\s*:\s*center", re.I)


def _is_centered(box: HtmlElement) -> bool:
    """Return True if an element centres a picture and what stands with it: no text does that."""
    is_block = box.tag in {"p", "div", "center", "td", "figure"}
    aligned = (box.get("align") or "").lower() == "center" or box.tag == "center"
    return is_block and (aligned or _CENTERED.search(box.get("style") or "") is not None)


def _is_picture_table(table: HtmlElement) -> bool:
    """Return True if a table has rows of one cell, the first of which holds only the picture."""
    rows = list(table.iter("tr"))
    if len(rows) < 2 or any(len(row) != 1 for row in rows):
        return False
    return next(rows[0].iter("img"), None) is not None and not rows[0].text_content().strip()


def _is_called_caption(node: HtmlElement) -> bool:
    return isinstance(node.tag, str) and not _CAPTIONS.isdisjoint(words_of(node))


def is_called_subtitle(node: HtmlElement, *, in_body: bool) -> bool:
    """Return True if an element is called a 부제; a summary is one at the top of a body only."""
    words = words_of(node)
    if not _SUBTITLES.isdisjoint(words):
        return True
    if not _SUB.isdisjoint(words) and not _TITLES.isdisjoint(words):
        return True
    return in_body and not _SUMMARIES.isdisjoint(words)
