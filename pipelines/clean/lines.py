"""A page's blocks as lines whose kind is known where a rule knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.article import Block, BlockKind
from pipelines.clean.rules import RuleBook

_BULLET = re.compile(r"^\s*[•·ㆍ∙]\s+")
_SENTENCE_END = re.compile(r"[가-힣A-Za-z0-9%)\]]['’\"”」』)\]]*\.['’\"”」』)\]]*$")
LONG = 70
"""Characters from which a line is prose even without a full stop; headlines are shorter."""
SHORT = 12
"""Characters under which a line is no sentence: «끝.»"""


@dataclass(slots=True)
class Line:
    """One line: its text without bullet and outer space, and what it is."""

    text: str
    markup: BlockKind
    """What the page's own markup says."""
    kind: str = ""
    """What a rule says; empty: nothing that a rule knows, so it may be the article's."""
    rule: str = ""
    edge: bool = False
    """Dropped only above the first and below the last sentence."""

    @property
    def is_prose(self) -> bool:
        """Whether the line is a sentence of an article, as far as its shape tells."""
        if self.kind or self.markup in {"caption", "subtitle"}:
            return False
        return len(self.text) >= LONG or (
            len(self.text) >= SHORT and _SENTENCE_END.search(self.text) is not None
        )


def read_lines(blocks: Iterable[Block], book: RuleBook) -> list[Line]:
    """Lines in page order. What a trim cuts off a line stands beside it as a line of its kind."""
    lines = []
    for block in blocks:
        text = " ".join(_BULLET.sub("", block.text).split())
        if not text:
            continue
        rest, cut = book.trim(text)
        line = Line(rest, block.kind)
        if block.kind in {"caption", "copyright"}:
            line.kind = block.kind
        elif rule := book.rule_for(rest):
            line.kind, line.rule, line.edge = rule.kind, rule.name, rule.edge
        for rule, piece in cut:
            before = text.startswith(piece)
            lines.append(Line(piece, "", rule.kind, rule.name) if before else line)
            line = line if before else Line(piece, "", rule.kind, rule.name)
        lines.append(line)
    return lines
