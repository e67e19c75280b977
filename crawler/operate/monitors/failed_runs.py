"""Monitor of failed runs: blocked, down, an empty list, an unknown list template and others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from crawler.dates.utc import parse_utc
from crawler.operate.monitors.history import History, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.exit_codes import BLOCKED, LOCKED, STORE_ERROR
from crawler.outcomes.exit_rules import PRECEDENCE, Cause, RunCounts, causes
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import Visit
from crawler.store.runs.runs import KILLED, Run

FAILED_RUN_KINDS = (
    "killed", "store", "feed", "blocked", "members", "empty_list", "new_list", "crash", "down",
    "absent_pages", "unread_pages", "archive",
)  # fmt: skip
"""Kinds of findings about a whole run; of several the first is reported."""

OF_PAGES = frozenset({"members", "absent_pages", "unread_pages"})
"""Kinds that depend on single pages."""

ARTICLES_READ = frozenset({"archive"})
"""Kinds of runs that nevertheless read their articles."""

EXAMPLE_OUTCOMES = (
    PageOutcome.BLOCKED, PageOutcome.MEMBERS, PageOutcome.FORBIDDEN, PageOutcome.TEMPORARY,
    PageOutcome.BROKEN, PageOutcome.GONE, PageOutcome.LED_AWAY, PageOutcome.OTHER_HOST,
)  # fmt: skip
"""Outcomes of which an example is given, the first that has one."""

REFUSALS = [outcome for outcome in PageOutcome if outcome.row.finding in ("blocked", "members")]

KIND_BY_EXIT_CODE = {STORE_ERROR: "store", BLOCKED: "blocked"}
"""Kinds for runs of which the counts say no more than the exit code."""


def failure_kind(run: Run) -> str | None:
    """Return the kind of finding of a failed run; None if the run did not fail.

    An outcome of single pages counts only if most of the new pages had it, or if it prevented that
    a list was read.
    """
    if run.finish_reason == KILLED:
        return "killed"
    found = {
        cause.outcome.row.finding
        for cause in causes(_counts(run))
        if cause.rule in ("most", "no_list") or isinstance(cause.outcome, RunOutcome)
        if _explains(cause, run)
    }
    if PageOutcome.TEMPORARY.row.finding in found and "down" in found:
        found.discard(PageOutcome.TEMPORARY.row.finding)
    by_code = KIND_BY_EXIT_CODE.get(run.exit_code) if run.exit_code is not None else None
    return next((kind for kind in FAILED_RUN_KINDS if kind in found), by_code)


def _explains(cause: Cause, run: Run) -> bool:
    """Return True if the cause's exit code is not more severe than that of the run."""
    if run.exit_code not in PRECEDENCE:
        return False
    return PRECEDENCE.index(cause.code) >= PRECEDENCE.index(run.exit_code)


def _counts(run: Run) -> RunCounts:
    return RunCounts.from_tally(RunStats.read(run.stats).counts, run.finish_reason)


def _share(run: Run, kind: str) -> tuple[int, int]:
    """Return how many new pages came to the kind, and of how many; list pages if none is new."""
    counts = _counts(run)
    visit: Visit = "page" if counts.new_pages else "list"
    bad = sum(
        counts.visits(outcome, visit) for outcome in PageOutcome if outcome.row.finding == kind
    )
    of_lists = counts.lists + sum(counts.visits(outcome, "list") for outcome in PageOutcome)
    return bad, counts.new_pages or of_lists


def failed_runs(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the last run: a failed one is a finding if the last good run is long ago.

    Otherwise it takes two failed runs in a row, so that one failure of an hourly crawl is not a
    finding. A run without new pages judges no kind that depends on pages.
    """
    runs = [run for run in history.runs if run.exit_code != LOCKED]
    if not runs:
        return
    last = runs[-1]
    kind = failure_kind(last)
    is_silent = kind is None and not _counts(last).new_pages
    unjudged = OF_PAGES if is_silent else frozenset({kind})
    yield from (Judged(other) for other in FAILED_RUN_KINDS if other not in unjudged)
    if kind is None:
        return
    streak = list(takewhile(failure_kind, reversed(runs)))
    good = runs[len(runs) - len(streak) - 1] if len(streak) < len(runs) else None
    if len(streak) < 2 and good is not None:
        ago = _time(last) - _time(good)
        if ago < timedelta(hours=thresholds.quiet_hours):
            return
    counts = RunStats.read(last.stats).counts
    bad, total = _share(last, kind)
    facts = {
        "runs": len(streak),
        "requests": counts["requests"],
        "refused": sum(counts[f"failed/{outcome}"] for outcome in REFUSALS),
        "bad": bad,
        "of": total,
        "finish_reason": last.finish_reason,
    }
    yield Judged(
        kind, "", True, day_of(streak[-1].started_at).isoformat(), facts, _example(last, history)
    )


def _example(run: Run, history: History) -> str:
    examples = RunStats.read(run.stats).examples
    return next(
        (examples[outcome] for outcome in EXAMPLE_OUTCOMES if outcome in examples), history.home
    )


def _time(run: Run) -> datetime:
    return parse_utc(run.started_at)
