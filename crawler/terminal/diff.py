"""Diff of two versions of a text: lines kept, removed and added, with the changed words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

CONTEXT_LINES = 1
"""Unchanged lines displayed above and below a change."""

MAX_WORDS = 3000
"""Longer lines are not compared word by word, which takes quadratic time."""

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its sign: kept, removed, added, or a placeholder of ``skipped`` kept lines."""

    sign: Literal[" ", "-", "+", "…"]
    parts: tuple[tuple[str, bool], ...] = ()
    """The text in parts, each with True if it changed."""
    skipped: int = 0

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(part for part, _ in self.parts)


def diff_texts(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of a readable diff; nothing if the texts are equal."""
    opcodes = SequenceMatcher(None, old, new).get_opcodes()
    if all(tag == "equal" for tag, *_ in opcodes):
        return
    for number, (tag, from_, to, new_from, new_to) in enumerate(opcodes):
        if tag == "equal":
            yield from _kept(old[from_:to], number == 0, number == len(opcodes) - 1)
        else:
            yield from _changed(old[from_:to], new[new_from:new_to])


def _kept(lines: Sequence[str], is_head: bool, is_tail: bool) -> Iterator[Line]:
    above = 0 if is_head else CONTEXT_LINES
    below = 0 if is_tail else CONTEXT_LINES
    skipped = len(lines) - above - below
    if skipped < 2:  # a placeholder for one line would take as much room as the line
        above, skipped = len(lines), 0
    yield from (Line(" ", ((line, False),)) for line in lines[:above])
    if skipped:
        yield Line("…", skipped=skipped)
        yield from (Line(" ", ((line, False),)) for line in lines[above + skipped :])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Yield removed above added lines, paired line by line."""
    for before, after in zip_longest(old, new):
        removed, added = _words(before, after)
        if before is not None:
            yield Line("-", removed)
        if after is not None:
            yield Line("+", added)


Parts = tuple[tuple[str, bool], ...]


def _words(before: str | None, after: str | None) -> tuple[Parts, Parts]:
    """Return both lines in parts, with the different words marked; whole if a line is too long."""
    if before is None or after is None:
        return ((before or "", True),), ((after or "", True),)
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        return ((before, True),), ((after, True),)
    removed: list[tuple[str, bool]] = []
    added: list[tuple[str, bool]] = []
    for tag, from_, to, new_from, new_to in SequenceMatcher(None, old, new, False).get_opcodes():
        for parts, words in ((removed, old[from_:to]), (added, new[new_from:new_to])):
            if words:
                parts.append(("".join(words), tag != "equal"))
    return tuple(removed), tuple(added)
