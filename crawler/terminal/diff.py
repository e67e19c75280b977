"""Two versions of a text side by side: lines that stayed, went or came, and the words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

AROUND = 1
"""Lines shown unchanged above and below a change."""

MOST_WORDS = 3000
"""Longer lines are not compared word by word, which takes the square of their length."""

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its sign: stayed, went, came, or stands for ``skipped`` lines that stayed."""

    sign: Literal[" ", "-", "+", "…"]
    parts: tuple[tuple[str, bool], ...] = ()
    """The text in parts, each with whether it is what changed."""
    skipped: int = 0

    @property
    def text(self) -> str:
        return "".join(part for part, _ in self.parts)


def diff_texts(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """The lines of a readable diff; none where nothing changed."""
    opcodes = SequenceMatcher(None, old, new).get_opcodes()
    if all(tag == "equal" for tag, *_ in opcodes):
        return
    for number, (tag, from_, to, new_from, new_to) in enumerate(opcodes):
        if tag == "equal":
            yield from _stayed(old[from_:to], number == 0, number == len(opcodes) - 1)
        else:
            yield from _changed(old[from_:to], new[new_from:new_to])


def _stayed(lines: Sequence[str], is_head: bool, is_tail: bool) -> Iterator[Line]:
    above = 0 if is_head else AROUND
    below = 0 if is_tail else AROUND
    skipped = len(lines) - above - below
    if skipped < 2:  # a sign for one line would take as much room as the line
        above, skipped = len(lines), 0
    yield from (Line(" ", ((line, False),)) for line in lines[:above])
    if skipped:
        yield Line("…", skipped=skipped)
        yield from (Line(" ", ((line, False),)) for line in lines[above + skipped :])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """What went above what came, line by line where each has its counterpart."""
    for before, after in zip_longest(old, new):
        went, came = _words(before, after)
        if before is not None:
            yield Line("-", went)
        if after is not None:
            yield Line("+", came)


Parts = tuple[tuple[str, bool], ...]


def _words(before: str | None, after: str | None) -> tuple[Parts, Parts]:
    """Both lines in parts, marked where they differ; wholly where they have little in common."""
    if before is None or after is None:
        return ((before or "", True),), ((after or "", True),)
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return ((before, True),), ((after, True),)
    went: list[tuple[str, bool]] = []
    came: list[tuple[str, bool]] = []
    for tag, from_, to, new_from, new_to in SequenceMatcher(None, old, new, False).get_opcodes():
        for parts, words in ((went, old[from_:to]), (came, new[new_from:new_to])):
            if words:
                parts.append(("".join(words), tag != "equal"))
    return tuple(went), tuple(came)
