"""Totals of runs, by day and by week in Korea."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from crawler.dates.parse import SEOUL
from crawler.dates.utc import parse_utc
from crawler.outcomes.exit_codes import LOCKED, OK, PARTIAL
from crawler.store.runs.recent import RunCounts
from crawler.store.runs.runs import KILLED

SUCCESS = (OK, PARTIAL)
"""Exit codes of successful runs."""

WEEK = 7


@dataclass(slots=True)
class Total:
    """Counts of the runs of a period."""

    runs: int = 0
    failed: int = 0
    """Runs that failed or were killed."""
    new: int = 0
    changed: int = 0
    duplicates: int = 0
    have: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    """New articles in which a field was looked for, by field: the base of ``have``."""

    def add(self, run: RunCounts) -> None:
        """Add one run."""
        self.runs += 1
        self.failed += has_failed(run.finish_reason, run.exit_code)
        self.new += run.new
        self.changed += run.changed
        self.duplicates += run.duplicates
        if run.new:
            for name, number in run.have.items():
                self.have[name] += number
                self.counted[name] += run.new

    def __iadd__(self, other: Self) -> Self:
        for name in ("runs", "failed", "new", "changed", "duplicates"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.have.update(other.have)
        self.counted.update(other.counted)
        return self

    def share(self, field_name: str) -> float | None:
        """Return the share of new articles with a field; None without new articles."""
        articles = self.counted[field_name]
        return self.have[field_name] / articles if articles else None

    @property
    def duplicate_share(self) -> float | None:
        """Share of new articles that are duplicates; None without new articles."""
        return self.duplicates / self.new if self.new else None


def has_failed(finish_reason: str | None, exit_code: int | None) -> bool:
    """Return True if a run failed; a run kept out by another process (LOCKED) does not count."""
    return finish_reason == KILLED or (
        exit_code is not None and exit_code not in (*SUCCESS, LOCKED)
    )


def by_day(runs: Iterable[RunCounts], last: date, number: int) -> dict[date, Total]:
    """Return the totals of ``number`` days up to ``last``, by the day on which a run started."""
    days = {last - timedelta(days=ago): Total() for ago in reversed(range(number))}
    for run in runs:
        day = parse_utc(run.started_at).astimezone(SEOUL).date()
        if day in days:
            days[day].add(run)
    return days


def by_week(days: Mapping[date, Total]) -> dict[date, Total]:
    """Return the totals per seven days, by first day; the last week ends with the last day."""
    weeks: dict[date, Total] = {}
    ordered = list(days)
    for start in range(len(ordered) % WEEK, len(ordered), WEEK):
        weeks[ordered[start]] = total(days[day] for day in ordered[start : start + WEEK])
    return weeks


def total(totals: Iterable[Total]) -> Total:
    """Return the sum."""
    whole = Total()
    for part in totals:
        whole += part
    return whole


def between(runs: Iterable[RunCounts], since: str, until: str | None = None) -> Total:
    """Return the total of the runs that started from ``since`` until before ``until``, in UTC."""
    whole = Total()
    for run in runs:
        if since <= run.started_at and (until is None or run.started_at < until):
            whole.add(run)
    return whole
