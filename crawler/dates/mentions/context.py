"""Sentence context in front of a date."""

from __future__ import annotations

MAX_SENTENCE_CHARS = 300
"""Maximum distance in characters from a date back to the start of its sentence."""
ENDS = ("\n", ". ", "? ", "! ", ".” ", '." ')


def sentence_start(body: str, position: int) -> int:
    """Return the offset at which the sentence of a position begins."""
    begin = max(0, position - MAX_SENTENCE_CHARS)
    for end in ENDS:
        offset = body.rfind(end, begin, position)
        if offset >= 0:
            begin = offset + len(end)
    return begin


def is_quoted(before: str, signs: str) -> bool:
    """Return True if a quotation is still open at the end of ``before``; ``signs`` holds pairs."""
    return any(before.rfind(signs[i]) > before.rfind(signs[i + 1]) for i in range(0, len(signs), 2))
