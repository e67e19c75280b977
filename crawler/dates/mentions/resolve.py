"""Resolves a date expression to calendar days, seen from the day of publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from crawler.dates.mentions.tense import Tense
from crawler.dates.mentions.vocabulary import DIRECTIONS, MONTHS, SAME, YEARS

DAY = timedelta(days=1)
JUST_NOW = timedelta(days=3)
"""The day of a «12일 밝혔다» is at most this old."""
LONG_AGO = timedelta(days=14)
"""No outlet reports a statement for the first time if it is this old."""
LONGEST, LONGEST_PLAIN = timedelta(days=366), timedelta(days=32)
"""A range with a month in front and one without are shorter."""
NEAR = timedelta(days=90)
"""A month and day without a verb is the nearest one, if it is at most this far away."""
FAR = timedelta(days=365) - NEAR
"""A tense alone moves no date further than this: the other year's date is near then."""
WEEKDAYS = "월화수목금토일"


class Days(NamedTuple):
    """The first and the last day, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Point:
    """One end of a date expression; ``day`` is None for a whole month."""

    lead: str
    year: int | None
    month: int | None
    day: int | None
    weekday: str | None

    @property
    def is_plain(self) -> bool:
        """True for ``18일`` without month or leading word."""
        return not self.lead and self.month is None


def resolve(
    first: Point,
    last: Point | None,
    published: date,
    previous: Days | None,
    tense: Callable[[], Tense],
) -> Days | None:
    """Return the days from ``first`` to ``last``, or None if more than one reading is possible.

    ``previous`` is the date in front of it in its sentence; ``tense`` is called only if needed.
    """
    starts = [days for place in _places(first, published, previous) if (days := _on(first, *place))]
    if first.year or first.lead in MONTHS or first.lead in YEARS or first.lead in SAME:
        start = starts[0] if starts else None
        resolved = _to(start, first, last, published) if start else None
    elif first.lead:
        start = _strictly(DIRECTIONS[first.lead], starts, published)
        resolved = _to(start, first, last, published) if start else None
    elif first.day is None:
        resolved = None
    else:
        choices = [days for start in starts if (days := _to(start, first, last, published))]
        resolved = _by_tense(first, choices, published, tense())
        if resolved and previous and _clashes(resolved, previous, choices, published):
            resolved = None
    if resolved and first.weekday and WEEKDAYS[resolved.start.weekday()] != first.weekday:
        return None
    return resolved


def _places(point: Point, published: date, previous: Days | None) -> Iterator[tuple[int, int]]:
    """Yield the years and months that a point may lie in, earliest first."""
    if point.year:
        if point.month:
            yield point.year, point.month
    elif point.lead in MONTHS:
        if point.month is None:
            yield _shifted(published, MONTHS[point.lead])
    elif point.lead in YEARS:
        if point.month:
            yield published.year + YEARS[point.lead], point.month
    elif point.lead in SAME:
        if previous and SAME[point.lead] == "month" and point.month is None:
            yield previous.end.year, previous.end.month
        elif previous and SAME[point.lead] == "year" and point.month:
            yield previous.end.year, point.month
    elif point.month:
        for year in (published.year - 1, published.year, published.year + 1):
            yield year, point.month
    else:
        reach = 1 if (point.day or 0) < 29 else 2  # of two neighbouring months one has 31 days
        for months in range(-reach, reach + 1):
            yield _shifted(published, months)


def _shifted(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def _to(start: Days, first: Point, last: Point | None, published: date) -> Days | None:
    """Return the days up to the range's end; None if it lies before the start or too far."""
    if last is None:
        return start
    if last.lead in DIRECTIONS:
        ends = [days for place in _places(last, published, start) if (days := _on(last, *place))]
        end = _strictly(DIRECTIONS[last.lead], ends, published)
    else:
        end = next(_ends(last, start, published), None)
    longest = LONGEST if first.month or first.lead else LONGEST_PLAIN
    if end is None or end.end <= start.start:
        return None
    if not last.year and end.end - start.start >= longest:
        return None
    return Days(start.start, end.end)


def _ends(last: Point, start: Days, published: date) -> Iterator[Days]:
    """Yield the possible ends of a range; missing parts are taken from the start, or the next."""
    year, month = start.start.year, start.start.month
    if last.year or last.lead:
        places = list(_places(last, published, start))
    elif last.month:
        places = [(year, last.month), (year + 1, last.month)]
    else:
        places = [(year, month), _shifted(start.start, 1)]
    for place in places:
        if (end := _on(last, *place)) and end.end > start.start:
            yield end


def _on(point: Point, year: int, month: int) -> Days | None:
    """Return the day, or all days of a month; None if the calendar has no such day."""
    try:
        if point.day:
            day = date(year, month, point.day)
            return Days(day, day)
        return Days(date(year, month, 1), date(*_shifted(date(year, month, 1), 1), 1) - DAY)
    except ValueError:
        return None


def _strictly(direction: int, choices: list[Days], published: date) -> Days | None:
    if any(days.start <= published <= days.end for days in choices):
        return None  # 지난 18일, published on an 18th
    if direction < 0:
        return max((days for days in choices if days.end < published), default=None)
    return min((days for days in choices if days.start > published), default=None)


def _by_tense(point: Point, choices: list[Days], published: date, tense: Tense) -> Days | None:
    past = max((days for days in choices if days.end <= published), default=None)
    coming = min((days for days in choices if days.start >= published), default=None)
    if tense.direction == 0:
        return _unaided(point, [days for days in (past, coming) if days], published)
    ago = published - past.end if past else FAR
    if tense.direction < 0 and tense.sure:
        return past if ago < FAR else None
    if not tense.sure and ago <= JUST_NOW:
        return past
    if tense.direction < 0 or (not tense.sure and ago < LONG_AGO):
        return None
    if coming is None or coming.start - published > FAR:
        return None
    goes_on = any(days.start < published <= days.end for days in choices)
    return None if goes_on else coming


def _unaided(point: Point, nearest: list[Days], published: date) -> Days | None:
    """Return the only choice that fits the weekday, or the only near one of a month and day."""
    if point.weekday:
        fits = {days for days in nearest if WEEKDAYS[days.start.weekday()] == point.weekday}
    elif point.month:
        fits = {
            days
            for days in nearest
            if published - NEAR <= days.end and days.start <= published + NEAR
        }
    else:
        return None
    return fits.pop() if len(fits) == 1 else None


def _clashes(resolved: Days, previous: Days, choices: list[Days], published: date) -> bool:
    """Return True if a past day after another past one may belong to the other one's month.

    «지난 7월 15일 착공해 18일 마쳤다»: July's 18th or last month's? A day just past is credible.
    """
    if (
        resolved.end > published
        or previous.end >= published
        or published - resolved.end <= JUST_NOW
    ):
        return False
    return resolved != next((days for days in choices if days.start >= previous.start), resolved)
