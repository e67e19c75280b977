"""Lines of a page's element as a browser shows them, each with the evidence of its markup.

Breaks, hidden elements and white space follow the HTML standard's rendering section: elements
that the standard does not know are inline, ``<pre>`` keeps its line feeds, cells of a table row
share a line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.article import Block, BlockKind, BlockRole

SKIPPED = {
    "head", "script", "style", "noscript", "template", "iframe", "select", "button", "textarea",
    "object", "svg", "video", "audio", "canvas", "noframes", "datalist", "embed", "noembed",
    "amp-ad", "amp-auto-ads", "amp-sidebar", "amp-social-share", "amp-embed", "amp-iframe",
    "amp-list", "amp-consent", "amp-analytics",
}  # fmt: skip
"""Elements of which a browser shows no text of the page's own, or a control's."""
BREAKING = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
    "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search", "section",
    "summary", "table", "tbody", "tfoot", "thead", "tr", "ul", "xmp", "br", "optgroup", "option",
}  # fmt: skip
"""Elements that begin and end a line. All others, unknown ones among them, stand within a line."""
PREFORMATTED = {"pre", "listing", "xmp", "plaintext"}
HIDDEN_CLASSES = frozenset(
    {
        "blind", "sound_only", "sr-only", "screen_out", "screen-reader-text", "visually-hidden",
        "a11y-hidden", "ir_txt",
    }
)  # fmt: skip
"""Whole class names of text for screen readers: Gnuboard's, Bootstrap's, Korean portals'."""
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,5}(?:px|em)",
    re.I,
)
_NO_SIZE = re.compile(r"(?<![-\w])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.I)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.I)
_PRE_STYLE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_ESCAPED_TWICE = re.compile(
    r"&(?:[lr][ds]quo|quot|apos|amp|lt|gt|nbsp|middot|hellip|[mn]dash|#\d{2,6});"
)
"""Character references that a page shows as text, since its system escaped them twice."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
_CELL = "\x1f"
"""Between the cells of a row until the line is whole; no page holds this character."""
NAMES = 4096
"""Names and paths of elements that are kept, since pages repeat them."""
MAX_PATH = 2000
"""Characters of the path of elements around a line; broken pages nest thousands."""

BOXES = {
    "div", "ul", "ol", "dl", "section", "aside", "nav", "table", "form", "menu", "dir", "footer",
    "article",
}  # fmt: skip
BOX_LINKS = 2
BOX_SHARE = 0.3
"""Links in a box of links, and the share of its letters that they hold, both at least."""
SENTENCE = 40
"""Letters from which a text outside links makes its element a part of the article and not a box."""
_ENDS_SENTENCE = re.compile(r"[가-힣]다[.”\"’']*\s*$")
_WORD_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BOX_WORDS = frozenset(
    {
        "ad", "ads", "adv", "advert", "advertise", "advertisement", "adbox", "adwrap", "adsense",
        "banner", "sponsor", "sponsored", "related", "relation", "relations", "relate", "relnews",
        "recommend", "recommended", "sns", "share", "sharing", "sharedaddy", "newsletter",
        "subscribe", "subscription", "toolbar", "paging", "pagination", "breadcrumb",
        "relatedposts",
    }
)  # fmt: skip
"""Words in the names of elements that hold advertisements, tools or links, never an article."""
_BOX_TAGS = frozenset({"nav", "footer", "aside"})
MAX_FORM = 200
"""Letters of a form, or of the box around it, at most; some pages are one form altogether."""
_CONTROLS = frozenset({"text", "email", "tel", "search", "checkbox", "radio", "password", ""})
_SIGNS_ONLY = re.compile(
    r"[\W_]*(?:(?:관련|연관|이전|지난|추천|함께\s?(?:볼|보는|읽는))\s?(?:기사|뉴스|글|영상)"
    r"|바로\s?가기|더\s?보기|링크|출처)?[\W_\d]*"
)
"""What stands beside a link on its line and is no text of its own: «▶», «[관련기사]»."""


def is_hidden(node: HtmlElement) -> bool:
    """Return True if a browser does not show the element, as far as its own attributes say."""
    attributes = node.attrib
    if not attributes:
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if (style := attributes.get("style")) and (
        _HIDDEN_STYLE.search(style) or (_CLIPPED.search(style) and _NO_SIZE.search(style))
    ):
        return True
    return bool((names := attributes.get("class")) and not HIDDEN_CLASSES.isdisjoint(names.split()))


def link_boxes(root: HtmlElement, bodies: Collection[HtmlElement] = ()) -> set[HtmlElement]:
    """Return the elements below ``root`` that hold links to other pages, with or without a head.

    An element with a sentence outside its links, with an ``h1`` or with one of ``bodies`` (elements
    that may hold an article) is not among them; forms and elements that are boxes by name are.
    """
    letters: dict[HtmlElement, int] = {}
    controls: dict[HtmlElement, int] = {}
    linked: dict[HtmlElement, int] = {}
    links: dict[HtmlElement, int] = {}
    spoken: set[HtmlElement] = set()
    told: set[HtmlElement] = set()
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    inside_link: set[HtmlElement] = set()
    for node in nodes:
        parent = node.getparent()
        if (node.tag == "a" and node.get("href")) or (parent in inside_link and node is not root):
            inside_link.add(node)
    boxes: set[HtmlElement] = set()
    for node in reversed(nodes):
        own = len(node.text.strip()) if node.text and node.tag not in SKIPPED else 0
        letters[node] = letters.get(node, 0) + own
        if node in inside_link:
            linked[node] = letters[node]
            links[node] = 1 if node.tag == "a" else links.get(node, 0)
        elif own and _is_spoken(node.text):
            spoken.add(node)
            if not _is_appeal(node.text):
                told.add(node)
        if (own and node.tag == "h1") or node in bodies:
            spoken.add(node)
            told.add(node)
        if node.tag == "input" and node.get("type", "").lower() in _CONTROLS:
            controls[node] = 1
        if node.tag in BOXES and node is not root and node not in told:
            is_form = controls.get(node, 0) > 0 and letters[node] <= MAX_FORM
            is_list = (
                links.get(node, 0) >= BOX_LINKS and linked.get(node, 0) >= BOX_SHARE * letters[node]
            )
            if is_form or (node not in spoken and (is_list or is_box_by_name(node))):
                boxes.add(node)
        parent = node.getparent()
        if parent is None or node is root:
            continue
        tail = node.tail.strip() if node.tail else ""
        letters[parent] = letters.get(parent, 0) + letters[node] + len(tail)
        linked[parent] = linked.get(parent, 0) + linked.get(node, 0)
        links[parent] = links.get(parent, 0) + links.get(node, 0)
        if node in controls:
            controls[parent] = controls.get(parent, 0) + controls[node]
        has_tail = bool(tail) and parent not in inside_link and _is_spoken(tail)
        if node in spoken or has_tail:
            spoken.add(parent)
        if node in told or (has_tail and not _is_appeal(tail)):
            told.add(parent)
    return boxes


def words_of(node: HtmlElement) -> frozenset[str]:
    """Return the words in an element's class and id, in small letters: «photoBox» has two."""
    attributes = node.attrib
    return _words(attributes.get("class", ""), attributes.get("id", "")) if attributes else _NONE


_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=NAMES)
def _words(classes: str, identifier: str) -> frozenset[str]:
    names = f"{classes[:MAX_PATH]} {identifier[:MAX_PATH]}"
    return frozenset(word.lower() for word in _WORD_OF_NAME.findall(names))


def is_box_by_name(node: HtmlElement) -> bool:
    """Return True if tag, class or id say that an element holds advertisements, tools or links."""
    return node.tag in _BOX_TAGS or not _BOX_WORDS.isdisjoint(words_of(node))


def _is_spoken(text: str) -> bool:
    """Return True if a text outside of links reads like a sentence."""
    text = text.strip()
    return len(text) >= SENTENCE or (len(text) >= 12 and _ENDS_SENTENCE.search(text) is not None)


_APPEAL = re.compile(r"(?:니다|세요|시오|까요)[.!?]?$")


def _is_appeal(text: str) -> bool:
    """Return True if a text speaks to the reader, as beside a form's fields."""
    text = text.strip()
    return len(text) < MAX_FORM and _APPEAL.search(text) is not None


@dataclass(slots=True, frozen=True)
class _State:
    """What the elements around a text say of it."""

    kind: BlockKind
    inside: str
    node: HtmlElement
    """The innermost element around the text that breaks lines."""
    is_link: bool = False
    is_box: bool = False
    is_item: bool = False
    is_pre: bool = False
    is_row: bool = False
    """A row of a table of data: what stands in its cells is one line."""


@dataclass(slots=True)
class _Line:
    """The line being read."""

    parts: list[str]
    state: _State
    linked: int = 0
    plain: int = 0
    beside: str = ""
    """The first letters outside of links, as many as may be a link's sign."""

    def add(self, text: str, state: _State) -> None:
        if bare := len(text.strip()):
            if not self.linked and not self.plain:
                self.state = state
            if state.is_link:
                self.linked += bare
            else:
                self.plain += bare
                if len(self.beside) < 40:
                    self.beside += text
        self.parts.append(text)

    def block(self) -> Block | None:
        text = _collapse("".join(self.parts))
        if not text:
            return None
        state = self.state
        role: BlockRole = ""
        if state.is_box:
            role = "box"
        elif self.linked and (
            not self.plain or (self.plain < 40 and _SIGNS_ONLY.fullmatch(self.beside.strip()))
        ):
            role = "link"
        elif state.is_item:
            role = "item"
        return Block(text, state.kind, state.inside, role)


def read_blocks(
    root: HtmlElement,
    kinds: Mapping[HtmlElement, BlockKind],
    boxes: Collection[HtmlElement] = (),
) -> Iterator[Block]:
    """Yield the lines below ``root``, top to bottom, without empty ones.

    ``kinds`` names the elements whose markup says what they are; everything below takes over
    that kind. ``boxes``: see :func:`link_boxes`. Cells of a row share a line, parted by `` | ``.
    """
    for block, _ in read_lines(root, kinds, boxes):
        yield block


def read_lines(
    root: HtmlElement,
    kinds: Mapping[HtmlElement, BlockKind],
    boxes: Collection[HtmlElement] = (),
) -> Iterator[tuple[Block, HtmlElement]]:
    """Yield what :func:`read_blocks` yields, each with the innermost element that breaks lines."""
    start = _State(kinds.get(root, ""), mark(root), root, is_pre=_is_preformatted(root))
    line = _Line([], start)
    for text, state in _tokens(root, kinds, boxes, start):
        if text is None or state.kind != line.state.kind:
            if block := line.block():
                yield block, line.state.node
            line = _Line([], state)
        if text is not None:
            line.add(text, state)
    if block := line.block():
        yield block, line.state.node


_Token = tuple[str | None, _State]
"""A text, or None for a line break, and its state."""


def _tokens(
    root: HtmlElement,
    kinds: Mapping[HtmlElement, BlockKind],
    boxes: Collection[HtmlElement],
    start: _State,
) -> Iterator[_Token]:
    """Yield texts and line breaks in document order.

    Without recursion, since broken pages nest deeper than Python can. The stack holds what is still
    to be done: an element with its state, or a token.
    """
    stack: list[tuple[HtmlElement | None, str | None, _State]] = [(root, None, start)]
    while stack:
        node, text, state = stack.pop()
        if node is None:
            yield text, state
            continue
        todo: list[tuple[HtmlElement | None, str | None, _State]] = []
        if node.text:
            todo += _texts(node.text, state)
        for child in node:
            tag = child.tag
            if isinstance(tag, str) and tag not in SKIPPED and not is_hidden(child):
                todo += _child(child, tag, kinds, boxes, state)
            if child.tail:
                todo += _texts(child.tail, state)
        stack += reversed(todo)


def _texts(text: str, state: _State) -> list[tuple[None, str | None, _State]]:
    if not state.is_pre or "\n" not in text:
        return [(None, text, state)]
    tokens: list[tuple[None, str | None, _State]] = []
    for part in text.split("\n"):
        tokens += [(None, part, state), (None, None, state)]
    return tokens[:-1]


def _child(
    child: HtmlElement,
    tag: str,
    kinds: Mapping[HtmlElement, BlockKind],
    boxes: Collection[HtmlElement],
    state: _State,
) -> list[tuple[HtmlElement | None, str | None, _State]]:
    kind = kinds.get(child, state.kind)
    breaks = tag in BREAKING and not (state.is_row and tag != "tr")
    inside = state.inside
    if tag in BREAKING and len(inside) < MAX_PATH:
        inside = f"{inside} {mark(child)}"
    is_pre = state.is_pre or _is_preformatted(child)
    changes = (
        tag in {"a", "label", "td", "th", "rt"} or kind != state.kind or is_pre != state.is_pre
    )
    if not (breaks or changes or child in boxes):
        return [(child, None, state)]
    below = _State(
        kind,
        inside if breaks else state.inside,
        child if breaks else state.node,
        state.is_link or tag == "label" or (tag == "a" and child.get("href") is not None),
        state.is_box or child in boxes,
        state.is_item or tag == "li",
        is_pre,
        state.is_row or (tag == "tr" and _is_data_row(child)),
    )
    if tag == "rt" and not child.getparent().xpath("rp"):
        return [(None, "(", state), (child, None, below), (None, ")", state)]
    if tag in {"td", "th"} and child.getprevious() is not None:
        return [(None, _CELL, state), (child, None, below)]
    if breaks:
        return [(None, None, below), (child, None, below), (None, None, state)]
    return [(child, None, below)]


def _is_preformatted(node: HtmlElement) -> bool:
    if node.tag in PREFORMATTED:
        return True
    style = node.get("style")
    return style is not None and _PRE_STYLE.search(style) is not None


def _is_data_row(row: HtmlElement) -> bool:
    """Return True if a row's cells hold a line each: a table of data, not of layout."""
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    if len(cells) < 2:
        return False
    for cell in cells:
        lines = 0
        for node in cell.iter():
            if node.tag in {"br", "table", "img", "ul", "ol"}:
                return False
            lines += node.tag in {"p", "div"}
        if lines > 1:
            return False
    return True


def mark(node: HtmlElement) -> str:
    """Return an element's tag, classes and id: ``ul .weather #today``."""
    attributes = node.attrib
    if not attributes:
        return str(node.tag)
    return _mark(node.tag, attributes.get("class", ""), attributes.get("id", ""))


@lru_cache(maxsize=NAMES)
def _mark(tag: str, classes: str, identifier: str) -> str:
    marks = [tag, *(f".{name}" for name in classes.split())]
    return " ".join(marks + ([f"#{identifier}"] if identifier else []))


def _collapse(text: str) -> str:
    """Collapse white space as HTML shows it: runs become one space, but a no-break space stays.

    U+FFFD stands for a stray byte: noise on the line, never a letter.
    """
    if "&" in text:
        text = _ESCAPED_TWICE.sub(lambda match: html.unescape(match[0]), text)
    text = _SPACES.sub(" ", text.replace("\ufffd", ""))
    if _CELL in text:
        text = " | ".join(cell.strip() for cell in text.strip(f" {_CELL}").split(_CELL))
    text = text.strip(" \u00a0")
    return text.strip(" \u00a0|") or text
