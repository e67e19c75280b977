"""Container of an article on a page of an unknown CMS: the element that holds its body.

Every line of the page weighs as much as it says: sentences for the element that holds them, links
and furniture against it. The container is the element of the greatest sum, the innermost one of
equals; names that mark a body (``itemprop=articleBody``, ids and classes) outweigh a greater sum.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.article import Block

STRONG = re.compile(
    r"article[-_]?(?:view)?[-_]?(?:body|contents?|cont|txt|text|main_body)|articlebody|articebody"
    r"|news[-_]?(?:body|contents?|txt|text)(?!s?list)|(?:view|read|detail|post|story|entry)"
    r"[-_]?(?:body|contents?|conts?|txt|text|con)\b|dic_area|newsct_article|harmonyContainer"
    r"|bo_v_con|fr-view|cont_?view|artcl?_?(?:body|txt|cont)|body_?text|gisa_?(?:body|cont|txt)",
    re.I,
)
"""Ids and classes that name a body and nothing else; :data:`_NOT_MARKED` are look-alikes."""
_NOT_MARKED = re.compile(
    r"list|relat|reply|comment|footer|header|head\b|menu|nav|side|rank|photo_?list|tit(?:le)?\b"
    r"|summary|sub_?tit|info|share|sns|util|copyright|banner|recommend|more|btn|tag|date|byline",
    re.I,
)
_FURNITURE = re.compile(
    r"(?:^|\s)(?:nav|aside|footer|[.#](?:gnb|lnb|snb|nav|menu|util|skip|breadcrumb|location|quick"
    r"|sitemap|login|search|footer|ft|bottom|weather|ticker|sns|share|related?|relation|ranking|rank"
    r"|most|popular|best|banner|ads?|advert|adbox|reply|comments?|newsletter|recommend|copyright"
    r"|aside|side|right|sub_?news|hot_?issue|photo_?news|headline_?list|other_?news)"
    r"(?:[_-]?(?:wrap|area|box|list|menu|info|news|article|view|bar|section|cont|con|layer))*)(?=\s|$)",
    re.I,
)
"""Elements around a line that hold no article, by what HTML5 and most Korean sites call them."""
_SENTENCE = re.compile(
    r"[가-힣A-Za-z0-9%)\]]['’\"”」』)\]]*[.?!…]['’\"”」』)\]]*$|[가-힣]다\. ?\S|[.?!][”’\"']$"
)
_FORMAL = re.compile(r"(?:니다|니까|세요|시오|해요|어요|아요|에요|예요)[.!?]*$")
"""How a site speaks to its readers; an article tells in 했다 style."""
LONG = 70
SHORT = 12
"""Letters from which a line is a sentence without a full stop, and under which it is none."""
MARK_SHARE = 0.25
"""Share of the greatest sum from which an element whose name marks a body is the container."""


@dataclass(slots=True)
class PageLine:
    """A line of the page: its block, the element that holds it, and what it weighs."""

    block: Block
    node: HtmlElement
    weight: float = 0.0
    is_sentence: bool = False


def is_sentence(text: str) -> bool:
    """Return True if a line reads like a sentence of prose by its shape."""
    return len(text) >= LONG or (len(text) >= SHORT and _SENTENCE.search(text) is not None)


def is_furniture(inside: str) -> bool:
    """Return True if the elements around a line name a menu, a footer or a box."""
    return _FURNITURE.search(inside) is not None


def weigh(blocks: Iterable[tuple[Block, HtmlElement]], first: int) -> list[PageLine]:
    """Weigh the lines of a page; sentences above line ``first`` (its headline) count nothing."""
    lines = [PageLine(block, node) for block, node in blocks]
    is_formal = _is_formal(lines)
    for number, line in enumerate(lines):
        block = line.block
        length = len(block.text)
        if block.role in {"box", "link"}:
            line.weight = -length - 5.0
        elif is_furniture(block.inside):
            line.weight = -float(length)
        elif is_sentence(block.text):
            line.is_sentence = True
            is_appeal = not is_formal and _FORMAL.search(block.text) is not None
            line.weight = 0.0 if number < first or is_appeal else float(length)
        elif block.role == "item":
            line.weight = -0.3 * length
    return lines


def _is_formal(lines: Iterable[PageLine]) -> bool:
    """Return True if most sentences of a page are in 합니다 style: a speech, a letter, a notice."""
    told = [0, 0]
    for line in lines:
        if line.block.role == "" and is_sentence(line.block.text):
            told[_FORMAL.search(line.block.text) is not None] += len(line.block.text)
    return told[1] > told[0]


def find_container(root: HtmlElement, lines: Sequence[PageLine]) -> HtmlElement | None:
    """Find the element that holds the article; None where no line is a sentence."""
    sums: dict[HtmlElement, float] = {}
    spoken: dict[HtmlElement, float] = {}
    for line in lines:
        if not line.weight:
            continue
        node: HtmlElement | None = line.node
        while node is not None:
            sums[node] = sums.get(node, 0.0) + line.weight
            if line.weight > 0:
                spoken[node] = spoken.get(node, 0.0) + line.weight
            if node is root:
                break
            node = node.getparent()
    if not spoken:
        return None
    # Document order: of equals the last found is the innermost.
    nodes = [node for node in root.iter() if node in spoken]
    best = max(nodes, key=lambda node: (sums[node], _depth(node, root)))
    best = _widen(best, root, sums)
    marked = [node for node in nodes if _is_marked(node)]
    if not marked:
        return best
    chosen = max(marked, key=lambda node: (sums[node], _depth(node, root)))
    enough = sums[chosen] >= MARK_SHARE * sums[best] and spoken[chosen] > 0
    return chosen if enough else best


def _widen(best: HtmlElement, root: HtmlElement, sums: dict[HtmlElement, float]) -> HtmlElement:
    """Leave a lone paragraph for the element that holds its neighbours too."""
    while best is not root and best.tag in {
        "p",
        "span",
        "li",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
    }:
        parent = best.getparent()
        if parent is None or parent is root:
            break
        best = parent
    return best


def _depth(node: HtmlElement, root: HtmlElement) -> int:
    depth = 0
    while node is not root and (parent := node.getparent()) is not None:
        node, depth = parent, depth + 1
    return depth


def _is_marked(node: HtmlElement) -> bool:
    """Return True if an element's name says that it is the body of an article."""
    if node.tag in {"body", "html", "a", "span", "p", "li", "h1", "h2", "h3", "header", "footer"}:
        return False
    if "articlebody" in (node.get("itemprop") or "").lower().split():
        return True
    names = [*(node.get("class") or "").split(), node.get("id") or ""]
    return any(STRONG.search(name) and not _NOT_MARKED.search(name) for name in names if name)


def continuation(body: HtmlElement) -> list[HtmlElement]:
    """Return the paragraphs that follow a body which a stray end tag closed too early.

    A body that ends with a paragraph goes on in paragraphs that follow it at once, as long as they
    are sentences told as an article tells them.
    """
    last = next((child for child in reversed(body) if isinstance(child.tag, str)), None)
    if last is None or last.tag != "p" or (body.tail or "").strip():
        return []
    following: list[HtmlElement] = []
    for sibling in body.itersiblings():
        text = " ".join(sibling.text_content().split()) if sibling.tag == "p" else ""
        if not text or not _TOLD.search(text) or (sibling.tail or "").strip():
            break
        following.append(sibling)
    return following


_TOLD = re.compile(r"[^니]다[.”\"’']+$")


def repeated_rows(lines: Sequence[PageLine], root: HtmlElement) -> float:
    """Return the share of a page's sentences that stand in rows of a list, each with its own link.

    A row is an element with at least two siblings of its tag and class, all of which hold a link
    with a text of six letters or more.
    """
    seen: dict[HtmlElement, bool] = {}
    total = rows = 0
    for line in lines:
        if not line.is_sentence or line.weight <= 0:
            continue
        total += len(line.block.text)
        if _row_of(line.node, root, seen):
            rows += len(line.block.text)
    return rows / total if total else 0.0


def _row_of(node: HtmlElement, root: HtmlElement, seen: dict[HtmlElement, bool]) -> bool:
    path = []
    while node is not root and node is not None:
        if node in seen:
            return seen[node]
        path.append(node)
        if node.tag in {"li", "div", "article", "dl", "tr", "section", "dd"} and _is_row(node):
            for passed in path:
                seen[passed] = True
            return True
        node = node.getparent()
    for passed in path:
        seen[passed] = False
    return False


def _is_row(node: HtmlElement) -> bool:
    parent = node.getparent()
    if parent is None:
        return False
    signature = (node.tag, node.get("class"))
    alike = [one for one in parent if (one.tag, one.get("class")) == signature]
    if len(alike) < 3:
        return False
    linked = sum(_has_link(one) for one in alike)
    return _has_link(node) and linked >= 3 and 4 * linked >= 3 * len(alike)


def _has_link(node: HtmlElement) -> bool:
    return any(len(" ".join(a.itertext()).strip()) >= 6 for a in node.iter("a") if a.get("href"))


def lines_of(lines: Sequence[PageLine], container: Collection[HtmlElement]) -> tuple[int, int]:
    """Return the first and the last line (as a half-open range) that the elements hold."""
    inside = set(container)

    def holds(node: HtmlElement | None) -> bool:
        while node is not None:
            if node in inside:
                return True
            node = node.getparent()
        return False

    places = [number for number, line in enumerate(lines) if holds(line.node)]
    return (places[0], places[-1] + 1) if places else (0, 0)
