"""Machine translations that some outlets print below their articles.

Outlets of the breaknews CMS do so since 2020-09-28; the wording of the marker differs by host and
year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crawler.article import Translation
from pipelines.clean.lines import Line

_ANNOUNCES = re.compile(
    r"번역|옮긴|영문|영어|영역|일문|중문|translat|English|日本語|中文", re.IGNORECASE
)
_SET_APART = re.compile(r"[<\[【(*※#=▶■◇-].*|.{1,40}(?<![.다])")
"""An announcement is in brackets, follows a sign, or is not a sentence."""
_NOTE = re.compile(
    r"^[<*※(\[].*translat|^.{0,60}machine.translat|^.{0,30}(?:翻译|翻譯|翻訳)", re.IGNORECASE
)
"""An announcement in the other language itself."""
_LEAD = re.compile(r"\[Reporter [^\]]+\]")
_HANGUL = re.compile("[가-힣]")
_LETTER = re.compile(r"[^\W\d_]")
HANGUL_SHARE = 0.15
"""Maximum share of Hangul among the letters of a translated line: names, sums."""
UNMARKED = 3
"""Minimum lines of a translation without an announcement: headline and sentences."""


def mark_translation(lines: Sequence[Line]) -> Translation | None:
    """Mark the lines of a translation at the end of the page, and return it, or None.

    The translation is a run of lines with almost no Hangul, up to the next line that matches a
    rule. It follows a line that announces it; without one it must begin with a headline and
    continue in sentences. A column that only mentions 구글 번역 continues in Korean and stays
    whole, as does an article with lines of English in it.
    """
    for start, end in _runs(lines):
        if not any(line.is_prose and not _is_foreign(line.text) for line in lines[:start]):
            continue  # a page in another language altogether
        announced = start > 0 and _announces(lines[start - 1])
        noted = _NOTE.search(lines[start].text) is not None
        tail = [line for line in lines[start:end] if not _NOTE.search(line.text)]
        if tail and (announced or noted or _reads_as_translation(tail)):
            for line in lines[start - announced : end]:
                line.kind = line.destination = "translation"
                line.reason = "foreign lines at the end"
            return _translation([line.text for line in tail])
    return None


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield the runs of foreign lines that end at a line with a kind, or with the page."""
    start = None
    for i, line in enumerate([*lines, Line("", kind="end")]):
        if not line.kind and _is_foreign(line.text):
            start = i if start is None else start
        elif start is not None:
            if line.kind:
                yield start, i
            start = None


def _announces(line: Line) -> bool:
    is_appeal = line.kind in {"ad", "summary", "nav"}  # the page speaks to the reader
    apart = is_appeal or (not line.kind and _SET_APART.fullmatch(line.text))
    return bool(apart and _ANNOUNCES.search(line.text))


def _is_foreign(text: str) -> bool:
    hangul = len(_HANGUL.findall(text))
    if hangul > HANGUL_SHARE * len(text):
        return False
    letters = len(_LETTER.findall(text))
    return letters >= 3 and hangul <= HANGUL_SHARE * letters


def _reads_as_translation(tail: Sequence[Line]) -> bool:
    sentences = [line for line in tail[1:] if line.text.rstrip("”\"'’").endswith((".", "。"))]
    return (
        len(tail) >= UNMARKED
        and not tail[0].text.endswith((".", "。", "”", '"'))
        and len(sentences) >= len(tail) - 2
    )


def _translation(tail: list[str]) -> Translation:
    """Return headline and body of a translation.

    A short second line without a full stop, the 부제, stays in the body.
    """
    headline = tail[0] if len(tail) > 1 and not _LEAD.match(tail[0]) else None
    if headline and headline.rstrip("”\"'").endswith((".", "。")):
        headline = None
    body = tail[1:] if headline else tail
    return Translation(language=_language("".join(body)), headline=headline, body="\n".join(body))


_ALPHABETS = {
    "ja": r"[\u3040-\u30ff]",
    "vi": r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]",
    "ru": r"[\u0400-\u04ff]",
    "th": r"[\u0e00-\u0e7f]",
}
"""Letters that occur in only one of the possible languages."""


def _language(text: str) -> str:
    """Return the language by its letters; ``zh`` for Han, ``en`` for Latin letters only."""
    for language, letters in _ALPHABETS.items():
        if re.search(letters, text):
            return language
    return "zh" if len(re.findall(r"[\u4e00-\u9fff]", text)) > len(text) / 3 else "en"
