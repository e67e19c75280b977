"""Dates inside a text: ``지난 2일``, ``15~17일``, ``내년 3월`` as calendar days. Precision first.

A day without a month is the nearest past one where the verb behind it is of the past, the nearest
coming one where it is of the future. Where the words leave two days possible there is no mention.
The words are data: words.toml. Dates in digits alone (``2024.9.11``) are not read here.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from crawler.article import MentionedDate
from crawler.mentions.resolve import WEEKDAYS, Days, Point, resolve
from crawler.mentions.tense import tense_behind
from crawler.mentions.words import (
    BEFORE_PLAIN,
    DAY_WORD,
    DAYS,
    DIRECTIONS,
    GLUED,
    LEAD,
    LEADS,
    LONGEST_LEAD,
    NEVER_BEFORE,
    NEVER_BEHIND,
    NEVER_BEHIND_MONTH,
    NEVER_BEHIND_PLAIN,
    WEEKS,
)

SENTENCE = 300
"""Characters in front of a date in which its sentence begins."""
BEFORE = 12
"""Characters in front of a date that hold the word before it."""

_TITLE = re.compile(r"[‘「『《〈<]\Z")
"""A date right behind one of these opens a title: ‘25일의 약속’."""
_PART = re.compile(r"[^\W_]\Z|[.,:%/]\Z")
"""A number glued to one of these is part of something else: 제15일, 주5일, 3.5일."""

_TO = r"\s?[~∼〜–—-]\s?"
_NUMBER = re.compile(rf"[0-9][0-9]{{0,3}}(?=\s?[년월일]|{_TO}\d|\s?[·,]\s?\d|\s?\()")
_POINT = re.compile(
    rf"(?:(?P<lead>{LEADS})\s?)?(?:(?P<y>(?:19|20)\d\d)\s?년\s?)?"
    rf"(?:(?P<m>\d\d?)\s?월\s?(?=\d\d?(?:\s?일|\s?\(|{_TO}\d|[·,]\s?\d)))?"
    r"(?P<n>\d\d?)(?!\d)(?:\s?(?P<unit>[일월]))?(?:\s?\((?P<w>[월화수목금토일])(?:요일)?\)"
    r"|\s(?P<w2>[월화수목금토일])요일)?"
)
_JOIN = re.compile(rf"(?P<to>{_TO})|(?P<till>(?:부터|에서)\s?)|(?P<list>\s?[·,]\s?)")
_TILL = re.compile(r"\s?까지")
_SENTENCE_ENDS = ("\n", ". ", "? ", "! ", ".” ", '." ')


class Written(NamedTuple):
    """A date where it stands in the text; ``behind``: where the text goes on after a weekday."""

    first: Point
    last: Point | None
    start: int
    end: int
    behind: int


def mentioned_dates(body: str, published: date) -> list[MentionedDate]:
    """The days that a text names, in its order, seen from its day of publication.

    ``start`` and ``end`` are character offsets in ``body``, ``from`` and ``to`` days
    (``2024-09-11``), both included. Takes time linear in the text.
    """
    found: list[tuple[int, int, Days]] = []
    read_to = 0
    for number in _NUMBER.finditer(body):
        if number.start() < read_to:
            continue
        written = _written(body, number.start())
        if written is None:
            continue
        read_to = written.end
        begin = _sentence_start(body, written.start)
        if _is_refused(body, written, begin):
            continue
        previous = found[-1][2] if found and found[-1][0] >= begin else None
        tense = partial(tense_behind, body, written.behind)
        if days := resolve(written.first, written.last, published, previous, tense):
            found.append((written.start, written.end, days))
    found += _day_words(body, published)
    return [_mention(body, *one) for one in sorted(found)]


def _mention(body: str, start: int, end: int, days: Days) -> MentionedDate:
    return {
        "text": body[start:end],
        "start": start,
        "end": end,
        "from": days.start.isoformat(),
        "to": days.end.isoformat(),
    }


def _written(body: str, position: int) -> Written | None:
    first = _POINT.match(body, position)
    if first is None:
        return None
    lead = LEAD.search(body[max(0, position - LONGEST_LEAD) : position])
    start = position - len(lead[0]) if lead else position
    last, end = _last(body, first)
    unit = first["unit"] or (last["unit"] if last else None)
    if unit is None or end < 0 or (last and last["unit"] != unit) or (unit == "월" and first["m"]):
        return None
    behind = last.end() if last and end <= last.end() else max(end, first.end())
    one = _point(first, unit, lead[1] if lead else "")
    return Written(one, _point(last, unit) if last else None, start, end, behind)


def _last(body: str, first: re.Match[str]) -> tuple[re.Match[str] | None, int]:
    """The other end of a range and where its text ends; without one, where ``first`` ends."""
    alone = first.end("unit") if first["unit"] else -1
    join = _JOIN.match(body, first.end())
    last = _POINT.match(body, join.end()) if join else None
    if join is None or last is None or last["unit"] is None:
        return None, alone
    if join.lastgroup == "to":
        return last, last.end("unit")
    if join.lastgroup == "till":
        till = _TILL.match(body, last.end())
        return (last, till.end()) if till and first["unit"] else (None, alone)
    neighbours = not first["unit"] and int(last["n"]) == int(first["n"]) + 1  # 15·16일
    return (last, last.end("unit")) if neighbours and not last["m"] else (None, alone)


def _point(match: re.Match[str], unit: str, lead: str = "") -> Point:
    number = int(match["n"])
    month = int(match["m"]) if match["m"] else number if unit == "월" else None
    year = int(match["y"]) if match["y"] else None
    day = number if unit == "일" else None
    return Point(lead or match["lead"] or "", year, month, day, match["w"] or match["w2"])


def _sentence_start(body: str, position: int) -> int:
    begin = max(0, position - SENTENCE)
    for end in _SENTENCE_ENDS:
        found = body.rfind(end, begin, position)
        if found >= 0:
            begin = found + len(end)
    return begin


def _is_refused(body: str, written: Written, begin: int) -> bool:
    """Whether the words around it make a date a length, a rhythm, an ordinal or too vague."""
    point, start, end = written.first, written.start, written.end
    before = body[max(begin, start - BEFORE) : start]
    if NEVER_BEFORE.search(before) or NEVER_BEHIND.match(body, end) or not GLUED.match(body, end):
        return True
    if _TITLE.search(before) or (not point.lead and _PART.search(before)):
        return True
    if point.day is None:
        return NEVER_BEHIND_MONTH.match(body, end) is not None
    if not point.is_plain:
        return False
    if written.last is None and NEVER_BEHIND_PLAIN.match(body, end):
        return True
    return not BEFORE_PLAIN.search(before) or _is_quoted(body[begin:start], "‘’「」『』《》<>")


def _is_quoted(before: str, signs: str) -> bool:
    """Whether a quotation is open at the end of a text, by pairs of signs."""
    return any(before.rfind(signs[i]) > before.rfind(signs[i + 1]) for i in range(0, len(signs), 2))


def _day_words(body: str, published: date) -> list[tuple[int, int, Days]]:
    """``어제``, ``다음 주 금요일``. In a quotation nobody knows when it was said."""
    found: list[tuple[int, int, Days]] = []
    if not any(word in body for word in ("요일", *DAYS)):  # five times as fast as the pattern
        return found
    for match in DAY_WORD.finditer(body):
        start = match.start()
        if start and body[start - 1].isalnum():
            continue
        before = body[_sentence_start(body, start) : start]
        if _is_quoted(before, "“”‘’「」『』《》") or before.count('"') % 2:
            continue
        day = _word_day(match, published)
        if day:
            found.append((start, match.end(), Days(day, day)))
    return found


def _word_day(match: re.Match[str], published: date) -> date | None:
    if match["day"]:
        return published + timedelta(days=DAYS[match["day"]])
    weekday, today = WEEKDAYS.index(match["weekday"]), published.weekday()
    if match["week"] in WEEKS:
        if today == 6 or (weekday == 6 and WEEKS[match["week"]] == 0):
            return None  # Sunday: the last day of this week, or the first of the next
        return published + timedelta(days=weekday - today + 7 * WEEKS[match["week"]])
    ahead = (weekday - today) % 7
    if not ahead:
        return None
    return published + timedelta(days=ahead if DIRECTIONS[match["week"]] > 0 else ahead - 7)
