"""What stands around a hit, in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

AROUND = 60
"""Letters before and behind the first hit."""


def snippet(texts: Iterable[str | None], words: Sequence[str]) -> str:
    """What stands around the first of the words in the first of the texts that has one; else the
    beginning of the first text."""
    some = [text for text in texts if text] or [""]
    any_of = _any_of(words)
    found = next(filter(None, map(any_of.search, some)), None)
    text, (start, end) = (found.string, found.span()) if found else (some[0], (0, 0))
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    before, behind = "…" if first else "", "…" if last < len(text) else ""
    return before + " ".join(text[first:last].split()) + behind


def marked(text: str, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the words."""
    for number, part in enumerate(_any_of(words).split(text)):
        yield part, number % 2 == 1


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)
