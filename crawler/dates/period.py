"""Periods, ages and durations: the ``since`` and ``until`` of a crawl, an export or a report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.dates.parse import SEOUL

_AGE = re.compile(r"(?P<number>\d+)(?P<unit>[hdw])")
_DURATION = re.compile(r"(?P<number>[0-9]{1,9})(?P<unit>[smh]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_FORMS = "a day (2024-09-01) or an age (12h, 7d, 2w)"
_SPANS = {
    10: timedelta(days=1),
    len("2024-09-11T09:14+09:00"): timedelta(minutes=1),
    len("2024-09-11T09:14:32+09:00"): timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A period from ``since`` up to, but not including, ``until``; None leaves that end open.

    Dates have one of the three forms of `Article.date_published`. A bare day or minute lies in the
    period if any moment of it does.
    """

    since: datetime | None = None
    until: datetime | None = None

    def contains(self, value: str) -> bool:
        """Return True if any moment of the date lies in the period."""
        first, _ = _span(value)
        return not self.is_before(value) and (self.until is None or first < self.until)

    def is_before(self, value: str) -> bool:
        """Return True if the date lies wholly before: a list sorted by date can end here."""
        _, end = _span(value)
        return self.since is not None and end <= self.since


def read_period(since: str | None, until: str | None, now: datetime, name: str = "since") -> Period:
    """Return the period of two arguments. Raises ValueError with one sentence for invalid ones.

    Days are Korea's; an ``until`` day is included. Ages are counted back from ``now``. ``name`` is
    the name of the first argument.
    """
    start = _read_bound(name, since, now) if since else None
    end = _read_bound("until", until, now) if until else None
    if until and end and _is_day(until):
        end += timedelta(days=1)
    if start and end and start >= end:
        raise ValueError(f"{name}={since} lies after until={until}; swap them.")
    return Period(start, end)


def read_age(text: str) -> timedelta:
    """Return an age such as ``12h``, ``7d`` or ``2w``. Raises ValueError with one sentence."""
    age = _AGE.fullmatch(text.strip().lower())
    if age is None:
        raise ValueError(f"{text!r} is not an age; use 12h, 7d or 2w.")
    return timedelta(**{_UNITS[age["unit"]]: int(age["number"])})


def read_duration(text: str) -> int:
    """Return the seconds of a duration such as ``90``, ``30m`` or ``2h``.

    Raises ValueError with one sentence if it is malformed or zero.
    """
    read = _DURATION.fullmatch(text.strip().lower())
    seconds = int(read["number"]) * _SECONDS[read["unit"]] if read else 0
    if not seconds:
        raise ValueError(f"{text!r} is not a duration above 0; use 90 (seconds), 30m or 2h")
    return seconds


def end_of(value: str) -> datetime:
    """Return the end of the day, minute or second of an article's date."""
    _, end = _span(value)
    return end


def _read_bound(name: str, value: str, now: datetime) -> datetime:
    text = value.strip().lower()
    try:
        if _is_day(text):
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SEOUL)
        if _AGE.fullmatch(text):
            return now.astimezone(SEOUL) - read_age(text)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{name}={value!r} is not a date; use {_FORMS}.")


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()) is not None


def _span(value: str) -> tuple[datetime, datetime]:
    first = datetime.fromisoformat(value)
    if first.tzinfo is None:
        first = first.replace(tzinfo=SEOUL)
    return first, first + _SPANS[len(value)]
