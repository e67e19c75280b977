"""Reads from the store how each outlet stands, and says which of them need somebody's attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from crawler.dates.parse import SEOUL
from crawler.dates.utc import format_utc
from crawler.operate.status.totals import FINE, Total, between, by_day, has_failed
from crawler.outcomes.exit_codes import LOCKED, OK
from crawler.store import Store
from crawler.store.runs.findings import Finding, findings_of
from crawler.store.runs.recent import counted, last_runs
from crawler.store.runs.runs import Run

DAYS = 56
"""Days that are looked at; a multiple of seven."""
RUNS = 14
"""Runs that are shown one by one."""

State = Literal["ok", "attention", "never"]


class Concern(NamedTuple):
    """Why an outlet needs attention; its words stand in ``words.toml``."""

    kind: Literal["finding", "ending", "late", "never"]
    number: int = 0
    """Of findings."""
    run: Run | None = None
    """The one that ended badly, or the last that went well; None where none ever has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletStatus:
    """How an outlet stands."""

    outlet: str
    display_name: str
    runs: list[Run]
    """The newest, the last first."""
    last_good: Run | None
    """The last with exit code 0, however long ago."""
    days: dict[date, Total]
    """By day in Korea, today last."""
    lately: Total
    """The last seven days; they and those below end now, not at midnight."""
    week_before: Total
    month_before: Total
    """The 28 days before the last seven."""
    findings: list[Finding]
    over: list[Finding]
    """Findings that were over within these days."""
    concerns: list[Concern] = field(default_factory=list)

    @property
    def last(self) -> Run | None:
        return self.runs[0] if self.runs else None

    @property
    def state(self) -> State:
        return "attention" if self.concerns else "ok" if self.runs else "never"


@dataclass(frozen=True, slots=True)
class StatusSurvey:
    at: datetime
    standings: list[OutletStatus]

    @property
    def is_ok(self) -> bool:
        """Whether some outlet was crawled, and none needs attention."""
        states = {one.state for one in self.standings}
        return "ok" in states and "attention" not in states


def survey(
    store: Store,
    papers: Mapping[str, str],
    now: datetime,
    within: timedelta,
    wanted: Collection[str] = (),
) -> StatusSurvey:
    """How the outlets stand, by name with their papers' names. One whose last run that went well
    is older than ``within`` needs attention, and one of the ``wanted`` that never ran.

    Raises :class:`crawler.store.StoreError`.
    """
    found = defaultdict(list)
    for one in findings_of(store, since=format_utc(now - timedelta(days=DAYS))):
        found[one.outlet].append(one)
    standings = []
    for outlet, paper in papers.items():
        standing = _standing(store, outlet, paper, now, found[outlet])
        fine = last_runs(store, outlet, codes=FINE)
        late = _lateness(standing, fine[0] if fine else None, format_utc(now - within))
        never = [Concern("never")] if outlet in wanted and not standing.runs else []
        standing.concerns.extend([*_trouble(standing), *late, *never])
        standings.append(standing)
    return StatusSurvey(now, standings)


def _standing(
    store: Store, outlet: str, paper: str, now: datetime, found: list[Finding]
) -> OutletStatus:
    ago = {days: format_utc(now - timedelta(days=days)) for days in (7, 14, 35, DAYS)}
    runs = counted(store, outlet, ago[DAYS])
    good = last_runs(store, outlet, codes=(OK,))
    return OutletStatus(
        outlet=outlet,
        display_name=paper,
        runs=last_runs(store, outlet, RUNS),
        last_good=good[0] if good else None,
        days=by_day(runs, now.astimezone(SEOUL).date(), DAYS),
        lately=between(runs, ago[7]),
        week_before=between(runs, ago[14], ago[7]),
        month_before=between(runs, ago[35], ago[7]),
        findings=[one for one in found if one.resolved_at is None],
        over=[one for one in found if one.resolved_at is not None],
    )


def _trouble(standing: OutletStatus) -> Iterator[Concern]:
    """What is known to be wrong, and how the last run ended if that is not well."""
    if standing.findings:
        yield Concern("finding", len(standing.findings))
    ended = [
        run for run in standing.runs if run.finish_reason is not None and run.exit_code != LOCKED
    ]
    if ended and has_failed(ended[0].finish_reason, ended[0].exit_code):
        yield Concern("ending", run=ended[0])


def _lateness(standing: OutletStatus, fine: Run | None, since: str) -> Iterator[Concern]:
    """Cron may have stopped, which no crawl can tell."""
    if fine is None and any(run.finish_reason is not None for run in standing.runs):
        yield Concern("late")
    elif fine is not None and fine.started_at < since:
        yield Concern("late", run=fine)
