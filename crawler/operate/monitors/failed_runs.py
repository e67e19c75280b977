"""Runs that came to nothing, and why: blocked, down, an empty list, a list that is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from crawler.dates.utc import parse_utc
from crawler.operate.monitors.history import History, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.exit_codes import BLOCKED, LOCKED, STORE_ERROR, UNEXPECTED
from crawler.store.runs.runs import KILLED, Run

KINDS = ("killed", "store", "blocked", "empty_list", "new_list", "down", "crash")
SHOWN = ("blocked", "forbidden", "temporary", "broken")
"""Of what an example is shown, the first that there is."""
REFUSALS = ("blocked", "refused/robots", "forbidden")


def ending(run: Run) -> str | None:
    """Why a run came to nothing; None where it did not."""
    counts = RunStats.read(run.stats).counts
    whys = {
        "killed": run.finish_reason == KILLED,
        "store": run.exit_code == STORE_ERROR,
        "blocked": run.exit_code == BLOCKED,
        "empty_list": counts["failed/emptied_lists"] > 0,
        "new_list": counts["failed/broken_lists"] > 0 or _unread(counts),
        "crash": counts["failed/exception"] + counts["failed/item_errors"] > 0,
        "down": run.exit_code == UNEXPECTED and counts["lists"] == 0,
    }
    return next((kind for kind, is_so in whys.items() if is_so), None)


def _unread(counts: Counter[str]) -> bool:
    """Whether lists came, and none was one: no sign that the outlet is down."""
    return counts["lists"] == 0 < counts["failed/failed_lists"] and not counts["failed/temporary"]


def endings(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """One that came to nothing is a finding if the last good one is long ago; else two in a row
    are, so that a passing disturbance of an hourly crawl is none."""
    runs = [run for run in history.runs if run.exit_code != LOCKED]
    if not runs:
        return
    last = runs[-1]
    kind = ending(last)
    yield from (Judged(other) for other in KINDS if other != kind)
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
        "refused": sum(counts[f"failed/{kind}"] for kind in REFUSALS),
        "how": last.finish_reason,
    }
    yield Judged(
        kind, "", True, day_of(streak[-1].started_at).isoformat(), facts, _example(last, history)
    )


def _example(run: Run, history: History) -> str:
    examples = RunStats.read(run.stats).examples
    return next((examples[kind] for kind in SHOWN if kind in examples), history.home)


def _time(run: Run) -> datetime:
    return parse_utc(run.started_at)
