"""Reads the status of each outlet from the store, and the reasons why it needs attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from crawler.dates.parse import SEOUL
from crawler.dates.utc import format_utc
from crawler.operate.monitors.failed_runs import OF_PAGES, failure_kind
from crawler.operate.status.totals import SUCCESS, Total, between, by_day, has_failed
from crawler.outcomes.exit_codes import LOCKED, OK
from crawler.store import Store
from crawler.store.runs.findings import Finding, findings_of
from crawler.store.runs.recent import last_runs, run_counts
from crawler.store.runs.runs import Run

DAYS = 56
"""Days of history; a multiple of seven."""
RUNS = 14
"""Runs that are listed one by one."""

State = Literal["ok", "attention", "never"]


class Concern(NamedTuple):
    """Reason why an outlet needs attention; its text is in ``words.toml``."""

    kind: Literal["finding", "last_run", "late", "never"]
    number: int = 0
    """Number of open findings."""
    run: Run | None = None
    """``last_run``: the failed run; ``late``: the last successful run, None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletStatus:
    """Status of an outlet."""

    outlet: str
    display_name: str
    runs: list[Run]
    """The newest runs, the last first."""
    last_good: Run | None
    """The last run with exit code 0, of any age."""
    days: dict[date, Total]
    """Totals by day in Korea, today last."""
    lately: Total
    """The last seven days; this and the periods below end now, not at midnight."""
    week_before: Total
    month_before: Total
    """The 28 days before the last seven."""
    findings: list[Finding]
    """Open findings."""
    resolved: list[Finding]
    """Findings that were resolved within these days."""
    concerns: list[Concern] = field(default_factory=list)

    @property
    def last(self) -> Run | None:
        """The last run."""
        return self.runs[0] if self.runs else None

    @property
    def state(self) -> State:
        """The state, by concerns and runs."""
        return "attention" if self.concerns else "ok" if self.runs else "never"


@dataclass(frozen=True, slots=True)
class StatusSurvey:
    """Status of the outlets at a time."""

    at: datetime
    outlets: list[OutletStatus]

    @property
    def is_ok(self) -> bool:
        """True if an outlet was crawled and no outlet needs attention."""
        states = {outlet.state for outlet in self.outlets}
        return "ok" in states and "attention" not in states


def survey(
    store: Store,
    display_names: Mapping[str, str],
    now: datetime,
    within: timedelta,
    wanted: Collection[str] = (),
) -> StatusSurvey:
    """Return the status of the outlets in ``display_names``, which has names by outlet.

    An outlet needs attention if its last successful run is older than ``within``, or if it is in
    ``wanted`` and was never crawled. Raises :class:`crawler.store.StoreError`.
    """
    findings = defaultdict(list)
    for finding in findings_of(store, since=format_utc(now - timedelta(days=DAYS))):
        findings[finding.outlet].append(finding)
    outlets = []
    for outlet, display_name in display_names.items():
        status = _status(store, outlet, display_name, now, findings[outlet])
        successful = last_runs(store, outlet, codes=SUCCESS)
        last_success = successful[0] if successful else None
        late = _lateness(status, last_success, format_utc(now - within))
        never = [Concern("never")] if outlet in wanted and not status.runs else []
        status.concerns.extend([*_problems(status), *late, *never])
        outlets.append(status)
    return StatusSurvey(now, outlets)


def _status(
    store: Store, outlet: str, display_name: str, now: datetime, findings: list[Finding]
) -> OutletStatus:
    ago = {days: format_utc(now - timedelta(days=days)) for days in (7, 14, 35, DAYS)}
    runs = run_counts(store, outlet, ago[DAYS])
    good = last_runs(store, outlet, codes=(OK,))
    return OutletStatus(
        outlet=outlet,
        display_name=display_name,
        runs=last_runs(store, outlet, RUNS),
        last_good=good[0] if good else None,
        days=by_day(runs, now.astimezone(SEOUL).date(), DAYS),
        lately=between(runs, ago[7]),
        week_before=between(runs, ago[14], ago[7]),
        month_before=between(runs, ago[35], ago[7]),
        findings=[finding for finding in findings if finding.resolved_at is None],
        resolved=[finding for finding in findings if finding.resolved_at is not None],
    )


def _problems(status: OutletStatus) -> Iterator[Concern]:
    """Yield open findings, and the last run that ended if it failed or read no articles."""
    if status.findings:
        yield Concern("finding", len(status.findings))
    ended = [
        run for run in status.runs if run.finish_reason is not None and run.exit_code != LOCKED
    ]
    if ended and _has_failed(ended[0]):
        yield Concern("last_run", run=ended[0])


def _has_failed(run: Run) -> bool:
    """Return True also for a partial run in which most of the new pages could not be read."""
    return has_failed(run.finish_reason, run.exit_code) or failure_kind(run) in OF_PAGES


def _lateness(status: OutletStatus, last_success: Run | None, since: str) -> Iterator[Concern]:
    """Yield a concern if there was no successful run since then: cron may have stopped."""
    if last_success is None and any(run.finish_reason is not None for run in status.runs):
        yield Concern("late")
    elif last_success is not None and last_success.started_at < since:
        yield Concern("late", run=last_success)
