"""Runs that came to nothing, and why: blocked, down, an empty list, a list that is not known."""

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
from crawler.outcomes.exit_rules import RunCounts, causes
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.store.runs.runs import KILLED, Run

KINDS = (
    "killed", "store", "feed", "blocked", "members", "empty_list", "new_list", "crash", "down",
    "absent_pages", "unread_pages", "archive",
)  # fmt: skip
"""Kinds of findings about a whole run; of several the first is reported."""

OF_PAGES = frozenset({"members", "absent_pages", "unread_pages"})
"""Of these, those that single pages lead to."""

ARTICLES_READ = frozenset({"archive"})
"""Of these, those of runs that read their articles all the same."""

EXAMPLES = (
    PageOutcome.BLOCKED, PageOutcome.MEMBERS, PageOutcome.FORBIDDEN, PageOutcome.TEMPORARY,
    PageOutcome.BROKEN, PageOutcome.GONE, PageOutcome.LED_AWAY, PageOutcome.OTHER_HOST,
)  # fmt: skip
"""Outcomes whose example is shown, the first that there is."""

REFUSALS = [one for one in PageOutcome if one.row.finding in ("blocked", "members")]


BY_CODE = {STORE_ERROR: "store", BLOCKED: "blocked"}
"""Kinds of findings for runs whose counts do not say more than their exit code."""


def ending(run: Run) -> str | None:
    """Return the kind of finding that a failed run is; None for a run that did not fail.

    Of outcomes of single pages only those count to which most of the new pages came, or by which
    no list could be read.
    """
    if run.finish_reason == KILLED:
        return "killed"
    found = {
        one.outcome.row.finding
        for one in causes(_counts(run))
        if one.rule in ("most", "no_list") or isinstance(one.outcome, RunOutcome)
    }
    if PageOutcome.TEMPORARY.row.finding in found and "down" in found:
        found.discard(PageOutcome.TEMPORARY.row.finding)
    by_code = BY_CODE.get(run.exit_code) if run.exit_code is not None else None
    return next((kind for kind in KINDS if kind in found), by_code)


def _counts(run: Run) -> RunCounts:
    return RunCounts.from_tally(RunStats.read(run.stats).counts, run.finish_reason)


def _bad(run: Run, kind: str) -> int:
    counts = _counts(run)
    return sum(counts.visits(one, "page") for one in PageOutcome if one.row.finding == kind)


def endings(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the last run: a failed one is a finding if the last good run is long ago.

    Otherwise two failed runs in a row are, so that a passing disturbance of an hourly crawl is not.
    A run without new pages says nothing of pages that could not be read.
    """
    runs = [run for run in history.runs if run.exit_code != LOCKED]
    if not runs:
        return
    last = runs[-1]
    kind = ending(last)
    is_silent = kind is None and not _counts(last).new_pages
    unjudged = OF_PAGES if is_silent else frozenset({kind})
    yield from (Judged(other) for other in KINDS if other not in unjudged)
    if kind is None:
        return
    streak = list(takewhile(ending, reversed(runs)))
    good = runs[len(runs) - len(streak) - 1] if len(streak) < len(runs) else None
    if len(streak) < 2 and good is not None:
        ago = _time(last) - _time(good)
        if ago < timedelta(hours=thresholds.quiet_hours):
            return
    counts = RunStats.read(last.stats).counts
    facts = {
        "runs": len(streak),
        "requests": counts["requests"],
        "refused": sum(counts[f"failed/{one}"] for one in REFUSALS),
        "bad": _bad(last, kind),
        "of": _counts(last).new_pages,
        "how": last.finish_reason,
    }
    yield Judged(
        kind, "", True, day_of(streak[-1].started_at).isoformat(), facts, _example(last, history)
    )


def _example(run: Run, history: History) -> str:
    examples = RunStats.read(run.stats).examples
    return next((examples[one] for one in EXAMPLES if one in examples), history.home)


def _time(run: Run) -> datetime:
    return parse_utc(run.started_at)
