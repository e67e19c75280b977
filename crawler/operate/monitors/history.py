"""An outlet's runs as days, each ending at the hour of the last run: what to compare with what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from crawler.dates.parse import SEOUL
from crawler.dates.period import read_age
from crawler.dates.utc import parse_utc
from crawler.operate.run_stats.tally import RunStats
from crawler.outcomes.exit_codes import LOCKED
from crawler.store.articles.newest import Text
from crawler.store.runs.runs import Run

DAY = timedelta(days=1)
SLACK = timedelta(hours=3)
"""So much earlier than the day before a run may begin, and be another day's still."""
HORIZONS = (1, 2, 3, 7, 14)
"""Days that are looked at together, for outlets of which one says little."""

Span = tuple[str, str]
"""Two days, both included."""


@dataclass(frozen=True, slots=True)
class Day:
    """24 hours of an outlet's runs, counted together."""

    date: date
    """In Korea; the day on which most of its articles were printed."""
    runs: int
    tally: RunStats

    @property
    def new(self) -> int:
        return self.tally.counts["new"]


@dataclass(frozen=True)
class History:
    """All runs of an outlet that matter, the last last; and what is known to be wrong."""

    outlet: str
    home: str
    runs: Sequence[Run]
    texts: Sequence[Text] = ()
    """The newest articles, the newest first."""
    unusual: Mapping[tuple[str, str], Sequence[Span]] = field(default_factory=dict)
    """By kind of finding and field: the days that are nothing to compare with."""
    _totals: dict[Any, RunStats] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The last first; days without runs are there, too."""
        return tuple(_days(self.runs))

    @property
    def last(self) -> Run:
        return self.runs[-1]

    def lately(self, horizon: int) -> RunStats:
        """The last days together; not to be changed."""
        return self._total(self.days[:horizon])

    def usually(self, horizon: int, kind: str, of: str = "") -> list[Day]:
        """Days to compare with: those with runs, from before the horizon, and none of those on
        which the same was found."""
        spans = self.unusual.get((kind, of), ())
        return [
            day
            for day in self.days[horizon:]
            if day.runs and not any(one <= day.date.isoformat() <= to for one, to in spans)
        ]

    def usual(self, horizon: int, kind: str, of: str = "") -> RunStats:
        """The days to compare with, together; not to be changed."""
        return self._total(self.usually(horizon, kind, of))

    def _total(self, days: Sequence[Day]) -> RunStats:
        """Many monitors ask for the same."""
        key = tuple(day.date for day in days)
        if key not in self._totals:
            self._totals[key] = RunStats.total(day.tally for day in days)
        return self._totals[key]

    def since_when(self, bad: Collection[date]) -> str:
        """The first of the days in a row, up to the last, that are bad; those without news are
        neither."""
        first = self.days[0].date
        for day in self.days:
            if day.date in bad:
                first = day.date
            elif day.new:
                break
        return first.isoformat()


def is_ordinary(run: Run) -> bool:
    """Whether a run is one of those that come again and again: no backfill, no part of it."""
    try:
        read_age(run.arguments.get("since", "7d"))
    except ValueError:  # a day, to which it reads back
        return False
    return not set(run.arguments) - {"since"} and run.exit_code != LOCKED


def day_of(moment: str) -> date:
    """The day in Korea on which it is a time in UTC."""
    return parse_utc(moment).astimezone(SEOUL).date()


def _days(runs: Sequence[Run]) -> Iterator[Day]:
    if not runs:
        return
    last = parse_utc(runs[-1].started_at)
    by_day: dict[int, list[Run]] = {}
    for run in filter(is_ordinary, runs):
        ago = last + SLACK - parse_utc(run.started_at)
        by_day.setdefault(ago // DAY, []).append(run)
    for number in range(max(by_day, default=-1) + 1):
        there = by_day.get(number, [])
        middle = last - DAY * (number + 0.5)
        tally = RunStats.total(RunStats.read(run.stats) for run in there)
        yield Day(middle.astimezone(SEOUL).date(), len(there), tally)
