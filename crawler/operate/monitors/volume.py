"""Monitor of the number of new articles, compared with the same days of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

from crawler.operate.monitors.failed_runs import ARTICLES_READ, failure_kind
from crawler.operate.monitors.history import HORIZONS, Day, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.statistics import probability_at_most
from crawler.operate.monitors.thresholds import Thresholds

if TYPE_CHECKING:
    from holidays import HolidayBase

MIN_SAME_WEEKDAYS, MIN_DAYS = 3, 7
"""Days of the same weekday, and days in all, that must be known before anything is expected."""
MIN_EXPECTED = 5
"""Expected articles below which nothing is judged."""
MIN_SPREAD, SPREAD_PER_ARTICLE = 1.3, 0.05
"""Lower bound of the variance divided by the mean, and its growth per expected article: whole days
differ by about a fifth, whose square is 0.05."""


def fewer(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the new articles of a day, or of several days if one day has few.

    ``no_news`` if there are none at all, else ``fewer``.
    """
    if sum(day.runs > 0 for day in history.days) < MIN_DAYS or not _has_read_articles(history):
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
        if expected < MIN_EXPECTED:
            continue
        if horizon == 1 and count > thresholds.fewer * expected:
            yield Judged("fewer")
            yield Judged("no_news")
            return
        if count > thresholds.fewer * expected or not _is_bad_now(lately[0], usual[0], thresholds):
            continue
        if probability_at_most(count, expected, _spread(base, expected)) < thresholds.chance:
            bad = {
                day.date
                for day, number in zip(lately, usual, strict=True)
                if day.new <= thresholds.fewer * number
            }
            kind = "fewer" if count else "no_news"
            facts = {"new": count, "usual": round(expected), "days": horizon}
            yield Judged(kind, "", True, history.since_when(bad), facts, history.home)
            yield Judged("no_news" if count else "fewer")
            return


def _has_read_articles(history: History) -> bool:
    """Return True if the last run read its articles."""
    kind = failure_kind(history.last)
    return kind is None or kind in ARTICLES_READ


def _is_bad_now(today: Day, usual: float, thresholds: Thresholds) -> bool:
    return today.new <= thresholds.fewer * usual


def _usual(day: date, base: Sequence[Day]) -> float:
    """Return the usual number of articles on such a day; 0 on a holiday, or if too little is known.

    While too few days of that weekday are known, the lowest number of any day: a day that may be
    quiet raises no alarm.
    """
    if len(base) < MIN_DAYS:
        return 0
    same = [other.new for other in base if other.date.weekday() == day.weekday()]
    if not _is_usual(day):
        return 0
    if len(same) < MIN_SAME_WEEKDAYS:
        return min(other.new for other in base)
    return median(same)


def _spread(base: Sequence[Day], expected: float) -> float:
    """Return the variance divided by the mean, as the days have differed so far.

    The largest difference is left out, since a first run fetches the articles of many days.
    """
    off = sorted(
        (day.new - usual) ** 2 / usual for day in base if (usual := _usual(day.date, base)) >= 1
    )[:-1]
    return max(MIN_SPREAD + SPREAD_PER_ARTICLE * expected, sum(off) / len(off) if off else 0)


def _is_usual(day: date) -> bool:
    return day not in _holidays()


@cache
def _holidays() -> HolidayBase:
    import holidays  # takes 0.2 s, which a crawl with a short history does not need

    return holidays.country_holidays("KR")
