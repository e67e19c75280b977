"""Snippet of a text around a search hit, in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

CONTEXT_CHARS = 60
"""Letters before and after the first hit."""


def snippet(texts: Iterable[str | None], words: Sequence[str]) -> str:
    """Return the surroundings of the first hit, in the first text that has one.

    Without a hit it is the beginning of the first text.
    """
    present = [text for text in texts if text] or [""]
    hit = next(filter(None, map(_any_of(words).search, present)), None)
    text, (start, end) = (hit.string, hit.span()) if hit else (present[0], (0, 0))
    first, last = max(0, start - CONTEXT_CHARS), min(len(text), end + CONTEXT_CHARS)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    return before + " ".join(text[first:last].split()) + after


def marked(text: str, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the text in parts, each with True if it is one of the words."""
    for number, part in enumerate(_any_of(words).split(text)):
        yield part, number % 2 == 1


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)
