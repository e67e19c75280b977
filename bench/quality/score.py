"""Scores of extraction results against gold, and their sums over many pages.

Texts are compared in NFKC without white space, list bullets and a byline at the start.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.quality.our_extractor import Extraction
from bench.quality.pages import Page

WORDS = 4
"""Words per shingle: the measure of the public article-extraction benchmark."""
MIN_INNER_LINE = 8
"""Minimum length of a boilerplate line that is searched inside longer lines too."""
_ROLE = r"(?:선임|수습|시민|객원|인턴|전문|대)?기자"
_LEAD = re.compile(
    rf"^\s*(?:-\s*\S{{2,5}}\s*{_ROLE}\s*/\s*)?"
    rf"(?:[\[【(〔](?:[^\[\]【】()〔〕]|\([^()]{{1,20}}\)){{1,60}}[\]】)〕]\s*"
    rf"(?:(?:\S{{2,5}}\s*(?:{_ROLE}\s*){{1,2}}|취재팀|온라인팀)\s*=\s*)?"
    rf"|\S{{2,20}}\s*=?\s*\S{{2,4}}\s*(?:{_ROLE}\s*){{1,2}}[=|]\s*)"
)
"""``[매체=홍길동 기자]`` and similar leads: tools may keep or remove them."""
_BULLET = re.compile(r"^[-•·*]\s+")


@dataclass(slots=True)
class Score:
    """Sums over the pages that one tool read."""

    pages: int = 0
    f1: float = 0.0
    exact: int = 0
    lost_lines: int = 0
    leaks: Counter[str] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    """right, wrong, none: see `judge_date`."""
    seconds: float = 0.0

    def add(self, page: Page, reading: Extraction, seconds: float) -> None:
        """Add a page's result."""
        self.pages += 1
        self.seconds += seconds
        self.dates[judge_date(page.published, reading.date)] += 1
        optional = {_letters(line) for line in page.optional}
        gold = [line for line in page.body if _letters(line) not in optional]
        lines = (reading.body or "").split("\n")
        got = [line for line in lines if _letters(line) and _letters(line) not in optional]
        self.f1 += f1(_joined(gold), _joined(got))
        self.exact += _joined(gold) == _joined(got)
        self.lost_lines += len(lost(gold, got))
        self.leaks += leaks(page.boilerplate, gold, got)


def f1(gold: str, got: str) -> float:
    """Return 2 × common shingles / (shingles of both texts), 0 to 1."""
    a, b = _shingles(gold), _shingles(got)
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


def lost(gold: Sequence[str], got: Sequence[str]) -> list[str]:
    """Return the gold lines that the text lacks."""
    text = _letters(" ".join(got))
    return [line for line in gold if _letters(_without_lead(line)) not in text]


def leaks(
    boilerplate: Iterable[tuple[str, str]], gold: Sequence[str], got: Sequence[str]
) -> Counter[str]:
    """Return the number of boilerplate lines in the text, by kind, each line once."""
    own, text = _letters(" ".join(gold)), _letters(" ".join(got))
    lines = {_letters(line) for line in got}
    leaked: Counter[str] = Counter()
    for line, kind in dict(boilerplate).items():
        letters = _letters(line)
        inside = letters in lines or (len(letters) >= MIN_INNER_LINE and letters in text)
        leaked[kind] += bool(letters) and letters not in own and inside
    return +leaked


def judge_date(gold: str | None, got: str | None) -> str:
    """Return «right», «wrong» or «none».

    Right means equal to the precision that the tool gives, or correctly none. A time of day is
    wrong if the page shows only the day.
    """
    if got is None:
        return "none" if gold else "right"
    if gold is None or len(got) > len(gold) == len("2024-09-11"):
        return "wrong"
    return "right" if gold[:16].startswith(got[:16]) else "wrong"


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = text.split()
    starts = range(max(1, len(words) - WORDS + 1)) if words else ()
    return Counter(tuple(words[i : i + WORDS]) for i in starts)


def _joined(lines: Iterable[str]) -> str:
    return _without_lead(" ".join(_tidy(line) for line in lines))


def _without_lead(text: str) -> str:
    return _LEAD.sub("", _tidy(text), count=1).strip()


def _tidy(text: str) -> str:
    return _BULLET.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))


def _letters(text: str) -> str:
    return re.sub(r"\s", "", _tidy(text))
