"""Splits a page's blocks into lines: normalized characters, and a kind if a rule matches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.article import Block, BlockKind, BlockRole
from pipelines.clean.rules import Rule, RuleBook

_BULLET = re.compile(r"^[•∙]\s+")
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc\ufffd]"
    r"|(?<![\u0600-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
"""Control and zero-width characters, and replacement characters."""
_TAGS = re.compile(r"(?:#[^#]{1,30})+")
"""Links to keywords; a space inside one is no end of it, since each is a link."""
_SENTENCE_END = re.compile(r"[가-힣A-Za-z0-9%)\]]['’\"”」』)\]]*\.['’\"”」』)\]]*$")
_PLAIN_SENTENCE = re.compile(r"[^▲△▶▷◀▼◎■●↑↓#<\[(※*].{12,}(?<!모습)[^니]다\.")
"""A sentence in 했다 style: no rule is tried, since only articles and captions («…의 모습이다.»)
use it."""
MIN_PROSE_CHARS = 70
"""Characters from which a line is prose even without a full stop; headlines are shorter."""
_SENTENCE_INSIDE = re.compile(r"[가-힣]다\. ?\S")
"""A sentence end inside the line: the rest may be a question or a measure."""
MIN_SENTENCE_CHARS = 12
"""Characters below which a line is no sentence: «끝.»"""


FAR_ABOVE = 30
FAR_BELOW = 20
"""Lines around a located body beyond which links and boxes are another article's, or the site's."""


@dataclass(slots=True)
class Line:
    """One line: its clean text, its kind, and its destination."""

    text: str
    markup: BlockKind = ""
    """The kind by the page's own markup."""
    kind: str = ""
    """The kind by a rule; empty: no rule matches, so the line may belong to the article."""
    rule: str = ""
    where: str = "anywhere"
    """Where the kind holds; elsewhere the line belongs to the article."""
    destination: str = ""
    """The field of the item that it goes to, or ``dropped``."""
    reason: str = ""
    """The reason, if no rule gives it."""
    role: BlockRole = ""
    """The markup's evidence: a link, a box of links, a list's item."""

    @property
    def is_prose(self) -> bool:
        """True if the line has the shape of an article's sentence."""
        if self.kind or self.markup in {"caption", "subtitle"}:
            return False
        return len(self.text) >= MIN_PROSE_CHARS or (
            len(self.text) >= MIN_SENTENCE_CHARS
            and (_SENTENCE_END.search(self.text) or _SENTENCE_INSIDE.search(self.text)) is not None
        )


def tidy(text: str) -> str:
    """Return NFC text without invisible characters, with single spaces; quotes as written."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def read_lines(blocks: Iterable[Block], book: RuleBook, outlet: str = "") -> list[Line]:
    """Return the lines in page order.

    A piece that a trim rule cuts off becomes a line of its own beside the rest.
    """
    lines: list[Line] = []
    blocks = list(blocks)
    body = [number for number, block in enumerate(blocks) if block.kind == "body"]
    near = range(body[0] - FAR_ABOVE, body[-1] + FAR_BELOW) if body else range(len(blocks))
    for number, block in enumerate(blocks):
        text = _BULLET.sub("", tidy(block.text))
        if not text:
            continue
        if block.role in {"box", "link"} and number not in near:
            lines.append(Line(text, block.kind, role=block.role))
        elif block.inside and (rule := book.rule_for_place(block.inside)):
            lines.append(Line(text, block.kind, rule.kind, rule.name, role=block.role))
        else:
            lines += _read(text, block, book, outlet)
    if _is_formal(lines):
        for line in lines:
            if line.where == "plain":
                line.kind = line.rule = ""
    _read_boxes(lines, {rule.name: rule for rule in book.lines if rule.more})
    return lines


def _is_formal(lines: Sequence[Line]) -> bool:
    """Return True if a page is written in 합니다 style: speeches, letters, announcements."""
    calls = [line.text for line in lines if line.where == "plain"]
    prose = [line.text for line in lines if line.is_prose] or calls
    formal = sum(text.rstrip(".!?").endswith(("니다", "요")) for text in prose)
    return bool(prose) and 2 * formal >= len(prose)


def _read(text: str, block: Block, book: RuleBook, outlet: str) -> list[Line]:
    markup = block.kind
    # A name below a picture is its photographer's.
    rest, cut = (text, []) if markup == "caption" else book.trim(text, outlet)
    line = Line(rest, markup, role=block.role)
    if markup in {"caption", "copyright"} and not (
        block.role == "link" and book.rule_for(rest, outlet)
    ):
        line.kind = markup
    elif not _PLAIN_SENTENCE.fullmatch(rest) and (
        rule := book.rule_for(rest, outlet, in_body=markup == "body" and not block.role)
    ):
        line.kind, line.rule, line.where = rule.kind, rule.name, rule.where
    if block.role in {"box", "link"} and _TAGS.fullmatch(rest):
        line.kind, line.rule, line.where = "tags", "linked_hashtags", "anywhere"
    lines = [line]
    for rule, piece in cut:
        lines.insert(
            0 if text.startswith(piece) else len(lines), Line(piece, "", rule.kind, rule.name)
        )
    return lines


def _read_boxes(lines: Sequence[Line], boxes: dict[str, Rule]) -> None:
    """Give the lines below a box's first line the kind of the box."""
    for start, first in enumerate(lines):
        box = boxes.get(first.rule)
        if box is None or box.more is None:
            continue
        for index in range(start + 1, min(start + 1 + box.most, len(lines))):
            line, below = lines[index], lines[index + 1 : index + 2]
            if below and below[0].kind in {"date", "byline"}:
                break  # a line above date and reporter is a headline
            if line.kind not in {"", "nav", "share", box.kind} or not box.more.fullmatch(line.text):
                break
            line.kind, line.rule, line.where = box.kind, box.name, box.where
