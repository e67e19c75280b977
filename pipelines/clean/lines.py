"""A page's blocks as lines: clean characters, and a kind where a rule knows one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.article import Block, BlockKind
from pipelines.clean.rules import Rule, RuleBook

_BULLET = re.compile(r"^[•∙]\s+")
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc\ufffd]"
)
"""Control and zero-width characters, and the marks of what could not be read."""
_SENTENCE_END = re.compile(r"[가-힣A-Za-z0-9%)\]]['’\"”」』)\]]*\.['’\"”」』)\]]*$")
_TOLD = re.compile(r"[^▲△▶▷◀▼◎■●#<\[(※*].{12,}(?<!모습)[^니]다\.")
"""A sentence told in 했다: no rule is asked, since only an article tells so, and captions («…의
모습이다.»)."""
LONG = 70
"""Characters from which a line is prose even without a full stop; headlines are shorter."""
_TOLD_ON = re.compile(r"[가-힣]다\. ?\S")
"""Where one sentence ends another may follow that does not: a question, a measure."""
SHORT = 12
"""Characters under which a line is no sentence: «끝.»"""


@dataclass(slots=True)
class Line:
    """One line: its clean text, what it is, and what becomes of it."""

    text: str
    markup: BlockKind = ""
    """What the page's own markup says."""
    kind: str = ""
    """What a rule says; empty: nothing that a rule knows, so it may be the article's."""
    rule: str = ""
    where: str = "anywhere"
    """Where that holds; elsewhere the line is the article's."""
    fate: str = ""
    """The field of the item that it goes to, or ``dropped``."""
    because: str = ""
    """Why, where no rule says it."""

    @property
    def is_prose(self) -> bool:
        """Whether the line is a sentence of an article, as far as its shape tells."""
        if self.kind or self.markup in {"caption", "subtitle"}:
            return False
        return len(self.text) >= LONG or (
            len(self.text) >= SHORT
            and (_SENTENCE_END.search(self.text) or _TOLD_ON.search(self.text)) is not None
        )


def tidy(text: str) -> str:
    """NFC, no invisible characters, every white space a single space; quotes as written."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def read_lines(blocks: Iterable[Block], book: RuleBook, outlet: str = "") -> list[Line]:
    """Lines in page order. What a trim cuts off a line stands beside it as a line of its kind."""
    lines: list[Line] = []
    for block in blocks:
        text = _BULLET.sub("", tidy(block.text))
        if not text:
            continue
        if block.inside and (rule := book.rule_for_place(block.inside)):
            lines.append(Line(text, block.kind, rule.kind, rule.name))
        else:
            lines += _read(text, block.kind, book, outlet)
    if _is_formal(lines):
        for line in lines:
            if line.where == "plain":
                line.kind = line.rule = ""
    _read_boxes(lines, {rule.name: rule for rule in book.lines if rule.more})
    return lines


def _is_formal(lines: Sequence[Line]) -> bool:
    """Whether a page is told in 합니다: speeches, letters, announcements."""
    calls = [line.text for line in lines if line.where == "plain"]
    told = [line.text for line in lines if line.is_prose] or calls
    formal = sum(text.rstrip(".!?").endswith(("니다", "요")) for text in told)
    return bool(told) and 2 * formal >= len(told)


def _read(text: str, markup: BlockKind, book: RuleBook, outlet: str) -> list[Line]:
    rest, cut = book.trim(text, outlet)
    line = Line(rest, markup)
    if markup in {"caption", "copyright"}:
        line.kind = markup
    elif not _TOLD.fullmatch(rest) and (rule := book.rule_for(rest, outlet)):
        line.kind, line.rule, line.where = rule.kind, rule.name, rule.where
    lines = [line]
    for rule, piece in cut:
        lines.insert(
            0 if text.startswith(piece) else len(lines), Line(piece, "", rule.kind, rule.name)
        )
    return lines


def _read_boxes(lines: Sequence[Line], boxes: dict[str, Rule]) -> None:
    """The lines below a box's first line that belong to it."""
    for start, first in enumerate(lines):
        box = boxes.get(first.rule)
        if box is None or box.more is None:
            continue
        for place in range(start + 1, min(start + 1 + box.most, len(lines))):
            line, below = lines[place], lines[place + 1 : place + 2]
            if below and below[0].kind in {"date", "byline"}:
                break  # what stands above date and reporter is a headline
            if line.kind not in {"", "nav", "share", box.kind} or not box.more.fullmatch(line.text):
                break
            line.kind, line.rule, line.where = box.kind, box.name, box.where
