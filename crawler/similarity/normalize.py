"""Normalizes a text for comparison: its letters, with every figure masked and read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SHINGLE = 5
"""Letters per shingle. Korean attaches particles to words, so words are no unit to compare."""

FIGURE = "0"
"""Placeholder of a figure in the letters, whatever its value."""

AROUND = 4
"""Letters on each side of a figure that identify it in another copy."""

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMBER = re.compile(
    rf"{_DIGITS}"
    # 1천945억, 6억 2천만, 1만 9400
    rf"(?:[십백천]+(?:{_DIGITS})?|[십백천]*[만억조]+(?:\s?{_DIGITS})?)*"
    r"(?:(?<=[만억조])\s?원)?"  # 1945억 원, 1945억
    r"(?:\s?여(?=\s?[가-힣]))?"  # 150여 명, 150명
)
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)|([십백천만억조])")
_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_ONES = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_TENS = {"열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80,
         "아흔": 90}  # fmt: skip
_WORDED = re.compile(  # 열두 번째, 마흔두 농가; not 한 명, which nobody compares
    rf"(?<![가-힣])({'|'.join(_TENS)})({'|'.join(_ONES)})?"
    r"(?=\s?(?:[명곳개살대가회번건쪽]|농가|마리|그루|나라|노선|종류|여\s?[명곳]|만\s?원))"
)
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text: its value, and the letters before and after it."""

    value: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters and numbers of a text without separators; each figure is one ``FIGURE``."""

    text: str
    figures: tuple[Figure, ...]


def read_letters(text: str) -> Letters:
    """Return the letters of a text (NFKC, one case) and its figures, in text order."""
    values: list[str] = []

    def mask(match: re.Match[str]) -> str:
        values.append(_value(match[0]))
        return FIGURE

    plain = _WORDED.sub(_in_digits, unicodedata.normalize("NFKC", text))
    masked = _APART.sub("", _NUMBER.sub(mask, plain).casefold())
    figures = []
    index = -1
    for value in values:
        index = masked.find(FIGURE, index + 1)
        before, after = (
            masked[max(0, index - AROUND) : index],
            masked[index + 1 : index + 1 + AROUND],
        )
        figures.append(Figure(value, before, after))
    return Letters(masked, tuple(figures))


def shingles(letters: str, size: int = SHINGLE) -> frozenset[str]:
    """Return every run of ``size`` letters; the whole text if it is shorter."""
    runs = [letters[start : start + size] for start in range(len(letters) - size + 1)]
    return frozenset(runs or filter(None, [letters]))


def _in_digits(match: re.Match[str]) -> str:
    return str(_TENS[match[1]] + _ONES.get(match[2] or "", 0))


def _value(number: str) -> str:
    """Return the value of a figure in one spelling, for 1945억, 1천945억 and 1,945억원 alike."""
    if number.isdigit():
        return number
    total = section = 0.0
    digits: float | None = None
    for plain, unit in _PART.findall(number):
        if plain:
            digits = float(plain.replace(",", ""))
        elif unit in _SMALL:
            section += (1 if digits is None else digits) * _SMALL[unit]
            digits = None
        else:
            total += (section + (digits or 0) or 1) * _LARGE[unit]
            section, digits = 0.0, None
    return f"{total + section + (digits or 0):.15g}"
