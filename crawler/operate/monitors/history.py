"""History of an outlet: its runs grouped into days that end at the hour of the last run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from crawler.dates.parse import SEOUL
from crawler.dates.period import read_age
from crawler.dates.utc import parse_utc
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.exit_codes import LOCKED
from crawler.store.articles.newest import Text
from crawler.store.runs.runs import Run

DAY = timedelta(days=1)
SLACK = timedelta(hours=3)
"""How much less than 24 hours apart two runs may start and still count as different days."""
HORIZONS = (1, 2, 3, 7, 14)
"""Numbers of last days that are judged together, for outlets with few articles per day."""

Span = tuple[str, str]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Day:
    """24 hours of an outlet's runs, added up."""

    date: date
    """In Korea; the day on which most of its articles were published."""
    runs: int
    stats: RunStats

    @property
    def new(self) -> int:
        """New articles."""
        return self.stats.counts["new"]


@dataclass(frozen=True)
class History:
    """Runs of an outlet, the last run last, and the days of known problems."""

    outlet: str
    home: str
    runs: Sequence[Run]
    texts: Sequence[Text] = ()
    """The newest articles, the newest first."""
    unusual: Mapping[tuple[str, str], Sequence[Span]] = field(default_factory=dict)
    """Days that are not used for comparison, by kind of finding and field."""
    _totals: dict[Any, RunStats] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The last day first; days without runs are included."""
        return tuple(_days(self.runs))

    @property
    def last(self) -> Run:
        """The run to judge."""
        return self.runs[-1]

    def lately(self, horizon: int) -> RunStats:
        """Return the sum of the last days; it must not be changed."""
        return self._total(self.days[:horizon])

    def usually(self, horizon: int, kind: str, of: str = "") -> list[Day]:
        """Return the days to compare with: with runs, before the horizon, without this problem."""
        spans = self.unusual.get((kind, of), ())
        return [
            day
            for day in self.days[horizon:]
            if day.runs and not any(first <= day.date.isoformat() <= last for first, last in spans)
        ]

    def usual(self, horizon: int, kind: str, of: str = "") -> RunStats:
        """Return the sum of the days to compare with; it must not be changed."""
        return self._total(self.usually(horizon, kind, of))

    def _total(self, days: Sequence[Day]) -> RunStats:
        """Return the sum, cached because many monitors need the same."""
        key = tuple(day.date for day in days)
        if key not in self._totals:
            self._totals[key] = RunStats.total(day.stats for day in days)
        return self._totals[key]

    def since_when(self, bad: Collection[date]) -> str:
        """Return the first day of the current streak of bad days, ignoring days without news."""
        first = self.days[0].date
        for day in self.days:
            if day.date in bad:
                first = day.date
            elif day.new:
                break
        return first.isoformat()


def is_ordinary(run: Run) -> bool:
    """Return True if the run is an ordinary one: not a backfill, not a part of an outlet."""
    try:
        read_age(run.arguments.get("since", "7d"))
    except ValueError:  # a date: a backfill
        return False
    return not set(run.arguments) - {"since"} and run.exit_code != LOCKED


def day_of(moment: str) -> date:
    """Return the day in Korea of a time in UTC."""
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
        on_day = by_day.get(number, [])
        middle = last - DAY * (number + 0.5)
        stats = RunStats.total(RunStats.read(run.stats) for run in on_day)
        yield Day(middle.astimezone(SEOUL).date(), len(on_day), stats)
