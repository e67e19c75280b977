"""Tables of vocabulary.toml, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
MONTHS: dict[str, int] = WORDS["months"]
YEARS: dict[str, int] = WORDS["years"]
DIRECTIONS: dict[str, int] = WORDS["directions"]
SAME: dict[str, str] = WORDS["same"]
DAYS: dict[str, int] = WORDS["days"]
WEEKS: dict[str, int] = WORDS["weeks"]

FINALS = {"ㄴ": 4, "ㄹ": 8, "ㅂ": 17, "ㅆ": 20}
"""Index of a final consonant among the 28 of a composed syllable (Unicode, chapter 3.12)."""
OTHERS = "있겠입"
"""Syllables with the same finals that mark no tense: 있다, 입니다; 겠 has a pattern of its own."""


def one_of(patterns: Iterable[str]) -> str:
    """Return the alternation of patterns, with ``<ㅆ>`` expanded to syllables."""
    return re.sub("<(.)>", _syllables, "|".join(f"(?:{pattern})" for pattern in patterns))


def _syllables(named: re.Match[str]) -> str:
    codes = range(0xAC00 + FINALS[named[1]], 0xD7A4, 28)
    return "[" + "".join(chr(code) for code in codes if chr(code) not in OTHERS) + "]"


def words_of(*tables: Iterable[str]) -> str:
    """Return the alternation of the tables' words, longest first."""
    return "|".join(sorted((word for table in tables for word in table), key=len, reverse=True))


LEADS = words_of(MONTHS, YEARS, DIRECTIONS, SAME)
LEAD = re.compile(rf"(?<![가-힣])({LEADS})\s?\Z")
LONGEST_LEAD = max(map(len, LEADS.split("|"))) + 2

DAY_WORD = re.compile(
    rf"(?P<day>{words_of(DAYS)})(?!{one_of(WORDS['refused']['behind_word'])})"
    rf"|(?P<week>{words_of(WEEKS, DIRECTIONS)})\s?(?P<weekday>[월화수목금토일])요일"
)

GLUED = re.compile(rf"(?:{one_of(WORDS['glued']['particles'])})?(?![가-힣A-Za-z\d])")
NEVER_BEFORE = re.compile(rf"(?:{one_of(WORDS['refused']['before'])})\s?\Z")
NEVER_BEHIND = re.compile(one_of(WORDS["refused"]["behind"]))
NEVER_BEHIND_PLAIN = re.compile(one_of(WORDS["refused"]["behind_plain"]))
NEVER_BEHIND_MONTH = re.compile(one_of(WORDS["refused"]["behind_month"]))
BEFORE_PLAIN = re.compile(rf"(?:{one_of(WORDS['plain']['before'])})\s?\Z|\A\s*\Z")
