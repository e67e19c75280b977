"""Runs counted together, by day and by week of Korea."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from crawler.dates.parse import SEOUL
from crawler.dates.utc import parse_utc
from crawler.outcomes.exit_codes import LOCKED, OK, PARTIAL
from crawler.store.runs.recent import Counted
from crawler.store.runs.runs import KILLED

FINE = (OK, PARTIAL)
"""Exit codes of runs that brought what there was to bring, or the most of it."""

WEEK = 7


@dataclass(slots=True)
class Total:
    """What the runs of some time counted."""

    runs: int = 0
    failed: int = 0
    """Runs that came to nothing, or not to their end."""
    new: int = 0
    changed: int = 0
    duplicates: int = 0
    have: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    """By measure: of how many new articles ``have`` speaks."""

    def take(self, run: Counted) -> None:
        self.runs += 1
        self.failed += has_failed(run.finish_reason, run.exit_code)
        self.new += run.new
        self.changed += run.changed
        self.duplicates += run.duplicates
        if run.new:
            for name, number in run.have.items():
                self.have[name] += number
                self.looked_at[name] += run.new

    def __iadd__(self, other: Self) -> Self:
        for name in ("runs", "failed", "new", "changed", "duplicates"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.have.update(other.have)
        self.looked_at.update(other.looked_at)
        return self

    def share(self, measure: str) -> float | None:
        """Of the new articles, those that have it; None where there are none."""
        of = self.looked_at[measure]
        return self.have[measure] / of if of else None

    @property
    def duplicate_share(self) -> float | None:
        return self.duplicates / self.new if self.new else None


def has_failed(how: str | None, code: int | None) -> bool:
    """Whether a run's end was none to be content with; one that another process kept out was
    none at all."""
    return how == KILLED or (code is not None and code not in (*FINE, LOCKED))


def by_day(runs: Iterable[Counted], last: date, number: int) -> dict[date, Total]:
    """So many days up to the last, in order; a run belongs to the day on which it began."""
    days = {last - timedelta(days=ago): Total() for ago in reversed(range(number))}
    for run in runs:
        day = parse_utc(run.started_at).astimezone(SEOUL).date()
        if day in days:
            days[day].take(run)
    return days


def by_week(days: Mapping[date, Total]) -> dict[date, Total]:
    """The same by seven days, under the first of them; the last week ends with the last day."""
    weeks: dict[date, Total] = {}
    ordered = list(days)
    for start in range(len(ordered) % WEEK, len(ordered), WEEK):
        weeks[ordered[start]] = total(days[day] for day in ordered[start : start + WEEK])
    return weeks


def total(totals: Iterable[Total]) -> Total:
    whole = Total()
    for one in totals:
        whole += one
    return whole


def between(runs: Iterable[Counted], since: str, until: str | None = None) -> Total:
    """Of the runs that began from one time up to, not including, another; both in UTC."""
    whole = Total()
    for run in runs:
        if since <= run.started_at and (until is None or run.started_at < until):
            whole.take(run)
    return whole
