"""What stands in front of a date in its sentence."""

from __future__ import annotations

SENTENCE = 300
"""Characters in front of a date in which its sentence begins."""
ENDS = ("\n", ". ", "? ", "! ", ".” ", '." ')


def sentence_start(body: str, position: int) -> int:
    """Where the sentence begins that a position lies in."""
    begin = max(0, position - SENTENCE)
    for end in ENDS:
        found = body.rfind(end, begin, position)
        if found >= 0:
            begin = found + len(end)
    return begin


def is_quoted(before: str, signs: str) -> bool:
    """Whether a quotation is open at the end of a text, by pairs of signs."""
    return any(before.rfind(signs[i]) > before.rfind(signs[i + 1]) for i in range(0, len(signs), 2))
