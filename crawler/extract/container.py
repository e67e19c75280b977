"""Container of an article on a page of an unknown CMS: the element that holds its body.

Every line of the page weighs as much as it says: sentences for the element that holds them, links
and furniture against it. The container is the element of the greatest sum, the innermost one of
equals; names that mark a body (``itemprop=articleBody``, ids and classes) outweigh a greater sum.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.article import Block
from crawler.extract.blocks import BREAKING, MAX_PATH, NAMES, mark

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
_HEAD = re.compile(
    r".{0,30}(?:입력|등록|승인|수정|송고|작성|발행)\S{0,4}\s?[:：]?\s?(?:19|20)\d\d\s?[.\-/년]"
)
"""A line with date and reporter: long, and no sentence."""
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
    is_row: bool = False
    """A sentence in a row of a list of articles."""
    is_talk: bool = False
    """In a section of readers' comments."""

    @property
    def is_furniture(self) -> bool:
        """True if the line's place says that it is furniture."""
        return self.is_row or self.is_talk or is_furniture(self.block.inside)


def is_sentence(text: str) -> bool:
    """Return True if a line reads like a sentence of prose by its shape."""
    if len(text) >= LONG:
        return _HEAD.match(text) is None or _SENTENCE.search(text) is not None
    return len(text) >= SHORT and _SENTENCE.search(text) is not None


@lru_cache(maxsize=NAMES)
def is_furniture(inside: str) -> bool:
    """Return True if the elements around a line name a menu, a footer or a box."""
    return _FURNITURE.search(inside) is not None


def weigh(
    blocks: Iterable[tuple[Block, HtmlElement]], first: int, root: HtmlElement
) -> list[PageLine]:
    """Weigh the lines of a page; sentences above line ``first`` (its headline) count nothing."""
    lines = [PageLine(block, node) for block, node in blocks]
    is_formal = _is_formal(lines)
    for line in lines:
        line.is_sentence = line.block.role not in {"box", "link"} and is_sentence(line.block.text)
    _mark_rows(lines, root)
    headline = lines[first].node if first < len(lines) else None
    for number in _comment_sections(lines, headline):
        lines[number].is_talk = True
    for number, line in enumerate(lines):
        block = line.block
        length = len(block.text)
        if block.role in {"box", "link"}:
            line.weight = -length - 5.0
        elif line.is_furniture:
            line.weight = -float(length)
        elif line.is_sentence:
            is_appeal = not is_formal and _FORMAL.search(block.text) is not None
            line.weight = 0.0 if number < first or is_appeal else float(length)
        elif block.role == "item":
            line.weight = -0.3 * length
    return lines


_COMMENT_HEAD = re.compile(
    r"(?:(?:전체|총|독자|네티즌|뉴스)\s?)?(?:댓글|의견|한줄평|comments?)\s?[(\[]?\s?\d*\s?[)\]]?(?:개|건)?"
    r"|\d+\s?(?:개의\s)?(?:댓글|comments?)",
    re.I,
)
_SECTIONS = {"div", "section", "article", "aside", "form", "table", "dl", "details"}


def _comment_sections(lines: Sequence[PageLine], headline: HtmlElement | None) -> set[int]:
    """Return the numbers of the lines in sections that a count of comments heads."""
    above = set(headline.iterancestors()) if headline is not None else set()
    sections = set()
    firsts: dict[HtmlElement, PageLine] = {}
    is_told = False
    for line in lines:
        node: HtmlElement | None = line.node
        while node is not None and node not in firsts:
            firsts[node] = line
            node = node.getparent()
        is_told = is_told or (line.is_sentence and not line.is_row)
        if is_told and len(line.block.text) < 20 and _COMMENT_HEAD.fullmatch(line.block.text):
            node = line.node
            while node is not None and (node.tag not in _SECTIONS or len(node) < 2):
                node = node.getparent()
            if node is not None and node not in above and firsts[node] is line:
                sections.add(node)
    if not sections:
        return set()
    seen: dict[HtmlElement, bool] = {}
    return {number for number, line in enumerate(lines) if is_within(line.node, sections, seen)}


def is_within(
    node: HtmlElement | None, holders: Collection[HtmlElement], seen: dict[HtmlElement, bool]
) -> bool:
    """Return True if an element is one of ``holders`` or stands below one; ``seen`` is a memory."""
    path = []
    is_inside = False
    while node is not None:
        if node in seen:
            is_inside = seen[node]
            break
        path.append(node)
        if node in holders:
            is_inside = True
            break
        node = node.getparent()
    for passed in path:
        seen[passed] = is_inside
    return is_inside


def _is_formal(lines: Iterable[PageLine]) -> bool:
    """Return True if most sentences of a page are in 합니다 style: a speech, a letter, a notice."""
    told = [0, 0]
    for line in lines:
        if line.block.role == "" and is_sentence(line.block.text):
            told[_FORMAL.search(line.block.text) is not None] += len(line.block.text)
    return told[1] > told[0]


def find_container(root: HtmlElement, lines: Sequence[PageLine]) -> HtmlElement | None:
    """Find the element that holds the article; None if nothing on the page reads like one."""
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
        return _without_sentences(root, lines)
    # Document order: of equals the last found is the innermost.
    nodes = [node for node in root.iter() if node in spoken]
    best = max(nodes, key=lambda node: (sums[node], _depth(node, root)))
    best = _widen(best, root, sums)
    marked = [node for node in nodes if is_marked(node)]
    if not marked:
        return best
    chosen = max(marked, key=lambda node: (sums[node], _depth(node, root)))
    enough = sums[chosen] >= MARK_SHARE * sums[best] and spoken[chosen] > 0
    return chosen if enough else best


MIN_PLAIN = 15
"""Letters of a body without a sentence, at least: lists of names, a poem."""


def _without_sentences(root: HtmlElement, lines: Sequence[PageLine]) -> HtmlElement | None:
    """Find a body of lists or pictures: its name must mark it, and it must hold no links."""
    plain: dict[HtmlElement, int] = {}
    for line in lines:
        is_text = line.block.role in {"", "item"} and not is_furniture(line.block.inside)
        letters = len(line.block.text) if is_text and not line.is_row else -len(line.block.text)
        node: HtmlElement | None = line.node
        while node is not None and node is not root:
            plain[node] = plain.get(node, 0) + letters
            node = node.getparent()
    marked = [
        node
        for node in root.iter()
        if isinstance(node.tag, str)
        and is_marked(node)
        and (plain.get(node, 0) >= MIN_PLAIN or (plain.get(node, 0) >= 0 and _has_picture(node)))
    ]
    return max(marked, key=lambda node: plain.get(node, 0), default=None)


def _has_picture(node: HtmlElement) -> bool:
    """Return True if an element holds a picture that is no link to another page."""
    return any(
        picture.getparent() is not None and picture.getparent().tag != "a"
        for picture in node.iter("img", "amp-img")
    )


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


def is_marked(node: HtmlElement) -> bool:
    """Return True if an element's name says that it is the body of an article."""
    if node.tag in {"body", "html", "a", "span", "p", "li", "h1", "h2", "h3", "header", "footer"}:
        return False
    if "articlebody" in (node.get("itemprop") or "").lower().split():
        return True
    attributes = node.attrib
    return bool(attributes) and _names_body(attributes.get("class", ""), attributes.get("id", ""))


@lru_cache(maxsize=NAMES)
def _names_body(classes: str, identifier: str) -> bool:
    names = [*classes[:MAX_PATH].split(), identifier[:MAX_PATH]]
    return any(STRONG.search(name) and not _NOT_MARKED.search(name) for name in names if name)


def parts_of(container: HtmlElement, lines: Sequence[PageLine]) -> list[HtmlElement]:
    """Return the siblings of a container that hold more of its article: of its tag and class.

    A page that stands in one element with its menus has no better container than a part.
    """
    if container.get("id") or is_marked(container):
        return []
    signature = (container.tag, container.get("class"))
    alike = {
        node
        for node in (container.getparent() if container.getparent() is not None else ())
        if node is not container
        and not node.get("id")
        and (node.tag, node.get("class")) == signature
    }
    if not alike:
        return []
    sums = dict.fromkeys(alike, 0.0)
    seen: dict[HtmlElement, HtmlElement | None] = {}
    for line in lines:
        path, node = [], line.node
        while node is not None and node not in alike and node not in seen:
            path.append(node)
            node = node.getparent()
        part = node if node is None or node in alike else seen[node]
        seen.update(dict.fromkeys(path, part))
        if part is not None:
            sums[part] += line.weight
    return [node for node in alike if sums[node] > 0]


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


def repeated_rows(lines: Sequence[PageLine]) -> float:
    """Return the share of a page's sentences that stand in rows of a list."""
    spoken = [line for line in lines if line.is_sentence and not is_furniture(line.block.inside)]
    total = sum(len(line.block.text) for line in spoken)
    return sum(len(line.block.text) for line in spoken if line.is_row) / total if total else 0.0


def _mark_rows(lines: Sequence[PageLine], root: HtmlElement) -> None:
    """Mark the lines in rows of lists of articles, each with a link of its own.

    A row is an element with siblings of its tag and class, at least two and nearly all of which
    hold a link with a text of six letters or more; one sibling is enough if each begins with it.
    """
    if not any(line.is_sentence for line in lines):
        return
    firsts: dict[HtmlElement, Block] = {}
    for line in lines:
        node = line.node
        while node is not None and node not in firsts:
            firsts[node] = line.block
            node = node.getparent()
    rows = _Rows(root, firsts)
    for line in lines:
        if line.is_sentence:
            line.is_row = rows.holds(line.node)


_ROWS = {"li", "div", "article", "dl", "tr", "section", "dd"}
LINK_LETTERS = 6
"""Letters of a link that may name another article, at least."""


class _Rows:
    """The rows of the lists of a page, each looked at once."""

    def __init__(self, root: HtmlElement, firsts: dict[HtmlElement, Block]) -> None:
        self.root, self.firsts = root, firsts
        self.linked = _linked(root)
        self.groups: dict[HtmlElement, dict[tuple[str, str | None], bool]] = {}
        self.seen: dict[HtmlElement, bool] = {}

    def holds(self, node: HtmlElement | None) -> bool:
        """Return True if an element is a row or stands in one."""
        path = []
        is_row = False
        while node is not self.root and node is not None:
            if node in self.seen:
                is_row = self.seen[node]
                break
            path.append(node)
            if node in self.linked and node.tag in _ROWS and self._is_row(node):
                is_row = True
                break
            node = node.getparent()
        for passed in path:
            self.seen[passed] = is_row
        return is_row

    def _is_row(self, node: HtmlElement) -> bool:
        parent = node.getparent()
        if parent is None:
            return False
        if parent not in self.groups:
            alike: dict[tuple[str, str | None], list[HtmlElement]] = {}
            for child in parent:
                if isinstance(child.tag, str):
                    alike.setdefault((child.tag, child.get("class")), []).append(child)
            self.groups[parent] = {kind: self._are_rows(nodes) for kind, nodes in alike.items()}
        return self.groups[parent][node.tag, node.get("class")]

    def _are_rows(self, alike: list[HtmlElement]) -> bool:
        linked = sum(node in self.linked for node in alike)
        if len(alike) <= FEW_ROWS and _is_dominated(alike):
            return False  # the parts of a page, one of which holds nearly all of it
        if len(alike) == 2:
            firsts = [self.firsts.get(node) for node in alike]
            return linked == 2 and all(
                block is not None and block.role in {"link", "box"} for block in firsts
            )
        return linked >= 3 and 4 * linked >= 3 * len(alike)


FEW_ROWS = 4
DOMINANT = 0.6
"""Share of the letters of a few elements alike from which one of them is no row of a list."""


def _is_dominated(alike: list[HtmlElement]) -> bool:
    sizes = [sum(len(text.strip()) for text in node.itertext()) for node in alike]
    return max(sizes) > DOMINANT * sum(sizes)


def _linked(root: HtmlElement) -> set[HtmlElement]:
    """Return the elements that hold a link with a text of some letters."""
    linked: set[HtmlElement] = set()
    for link in root.iter("a"):
        letters = 0
        for shown in link.itertext() if link.get("href") else ():
            letters += len(shown.strip())
            if letters >= LINK_LETTERS:
                node: HtmlElement | None = link
                while node is not None and node not in linked:
                    linked.add(node)
                    node = node.getparent()
                break
    return linked


def path_of(container: HtmlElement, root: HtmlElement) -> str:
    """Return the path of elements down to a container, as the lines below it begin theirs."""
    above = [container]
    while above[-1] is not root and (parent := above[-1].getparent()) is not None:
        above.append(parent)
    return " ".join(mark(node) for node in reversed(above) if node.tag in BREAKING)


def lines_of(
    lines: Sequence[PageLine], container: Collection[HtmlElement], root: HtmlElement
) -> tuple[int, int]:
    """Return the first and the last line (as a half-open range) that the elements hold.

    An empty range stands where a body without text would begin.
    """
    inside = set(container)
    seen: dict[HtmlElement, bool] = {}
    places = [number for number, line in enumerate(lines) if is_within(line.node, inside, seen)]
    if places:
        return places[0], places[-1] + 1
    order = {node: number for number, node in enumerate(root.iter())}
    first = min((order[node] for node in inside if node in order), default=0)
    start = next((n for n, line in enumerate(lines) if order[line.node] > first), len(lines))
    return start, start
