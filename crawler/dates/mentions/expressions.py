"""Finds date expressions: a day, a month, or a range, with the words right before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crawler.dates.mentions.resolve import Point
from crawler.dates.mentions.vocabulary import LEAD, LEADS, LONGEST_LEAD

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


class DateExpression(NamedTuple):
    """A date expression in the text; ``behind`` is the offset after its weekday."""

    first: Point
    last: Point | None
    start: int
    end: int
    behind: int


def date_expressions(body: str) -> Iterator[DateExpression]:
    """Yield all date expressions of a text, in text order, without overlaps."""
    read_to = 0
    for number in _NUMBER.finditer(body):
        if number.start() >= read_to and (written := _written(body, number.start())):
            read_to = written.end
            yield written


def _written(body: str, position: int) -> DateExpression | None:
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
    begin = _point(first, unit, lead[1] if lead else "")
    return DateExpression(begin, _point(last, unit) if last else None, start, end, behind)


def _last(body: str, first: re.Match[str]) -> tuple[re.Match[str] | None, int]:
    """Return the other end of a range and the offset where it ends, or None and ``first``'s end."""
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
