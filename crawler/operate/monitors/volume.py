"""Fewer new articles than usual on such a day of the week, or none; quiet days are no alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

from crawler.operate.monitors.failed_runs import ending
from crawler.operate.monitors.history import HORIZONS, Day, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.statistics import at_most
from crawler.operate.monitors.thresholds import Thresholds

if TYPE_CHECKING:
    from holidays import HolidayBase

WEEKDAYS, DAYS = 3, 7
"""Days of the same weekday, or days at all, without which nothing is usual yet."""
LEAST = 5
"""Articles that are to be expected, or nothing is said."""
UNEVEN, BY_DAYS = 1.3, 0.05
"""How uneven an outlet's days are taken for at the least: variance by mean, and what days differ by
as a whole (the square of a fifth and a bit)."""


def fewer(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Over a day, or over several together where a day has few: ``no_news`` where there is none
    at all, else ``fewer``."""
    if sum(day.runs > 0 for day in history.days) < DAYS or ending(history.last):
        return
    for horizon in HORIZONS:
        others = history.usually(horizon, "no_news")
        base = [
            day
            for day in history.usually(horizon, "fewer")
            if day in others and _is_usual(day.date)
        ]
        lately = [day for day in history.days[:horizon] if day.runs]
        usual = [_usual(day.date, base) for day in lately]
        expected = sum(usual)
        count = sum(day.new for day in lately)
        if expected < LEAST:
            continue
        if horizon == 1 and count > thresholds.fewer * expected:
            yield Judged("fewer")
            yield Judged("no_news")
            return
        if count > thresholds.fewer * expected or not _is_bad_now(lately[0], usual[0], thresholds):
            continue
        if at_most(count, expected, _spread(base, expected)) < thresholds.chance:
            bad = {
                day.date
                for day, often in zip(lately, usual, strict=True)
                if day.new <= thresholds.fewer * often
            }
            kind = "fewer" if count else "no_news"
            facts = {"new": count, "usual": round(expected), "days": horizon}
            yield Judged(kind, "", True, history.since_when(bad), facts, history.home)
            yield Judged("no_news" if count else "fewer")
            return


def _is_bad_now(today: Day, usual: float, thresholds: Thresholds) -> bool:
    return today.new <= thresholds.fewer * usual


def _usual(day: date, base: Sequence[Day]) -> float:
    """How many articles such a day has. On a holiday, and as long as too few days of that weekday
    are known, so few as any day has had: nobody is woken for what may be a quiet day."""
    if len(base) < DAYS:
        return 0
    same = [other.new for other in base if other.date.weekday() == day.weekday()]
    if not _is_usual(day):
        return 0
    if len(same) < WEEKDAYS:
        return min(other.new for other in base)
    return median(same)


def _spread(base: Sequence[Day], expected: float) -> float:
    """Variance by mean of such a number of articles, as the days have differed so far; the largest
    difference is left out, since a first run brings what many days have printed."""
    off = sorted(
        (day.new - usual) ** 2 / usual for day in base if (usual := _usual(day.date, base)) >= 1
    )[:-1]
    return max(UNEVEN + BY_DAYS * expected, sum(off) / len(off) if off else 0)


def _is_usual(day: date) -> bool:
    return day not in _holidays()


@cache
def _holidays() -> HolidayBase:
    import holidays  # a fifth of a second, which a crawl with a short history does not need

    return holidays.country_holidays("KR")
