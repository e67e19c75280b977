"""The machine translation that the breaknews type prints below its articles (since 2020-09-28)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.article import Translation
from pipelines.clean.lines import Line

_MARKER = re.compile(
    r"[<\[*※(]?.*(?:번역|옮긴|translat).*|\[?(?:영문 기사|English version).*", re.IGNORECASE
)
"""A line that may announce it; what follows it decides."""
_NOTE = re.compile(r"[<*※].*translat", re.IGNORECASE)
"""The announcement's own second line, in the other language."""
HANGUL_SHARE = 0.15
"""Letters that may be Hangul in a line of the translation: names, sums."""


def split_translation(lines: Sequence[Line]) -> tuple[list[Line], Translation | None]:
    """The lines without the translation tail, and the tail.

    The tail begins at a line that speaks of a translation and is followed by lines with
    almost no Hangul, to the next line that a rule knows. A column that only speaks of
    구글 번역 goes on in Korean and stays whole.
    """
    for start, line in enumerate(lines):
        if line.kind or not _MARKER.fullmatch(line.text):
            continue
        end = start + 1
        while end < len(lines) and not lines[end].kind and _is_foreign(lines[end].text):
            end += 1
        tail = [other.text for other in lines[start + 1 : end] if not _NOTE.match(other.text)]
        if tail and (end == len(lines) or lines[end].kind):
            return [*lines[:start], *lines[end:]], _translation(tail)
    return list(lines), None


def _is_foreign(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    hangul = sum("가" <= char <= "힣" for char in letters)
    return bool(letters) and hangul / len(letters) <= HANGUL_SHARE


def _translation(tail: list[str]) -> Translation:
    """Headline and body; a second short line without a full stop is the 부제 and goes along."""
    headline = tail[0] if len(tail) > 1 and not tail[0].rstrip("”\"'").endswith(".") else None
    body = tail[1:] if headline else tail
    return Translation(language="en", headline=headline, body="\n".join(body))
