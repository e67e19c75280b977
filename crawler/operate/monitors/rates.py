"""Monitors of shares: articles with a field, pages without an article, failed requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawler.operate.monitors.history import HORIZONS, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.statistics import probability_of_share
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, UNWANTED
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome

MIN_KNOWN = 20
"""Articles or pages that must be known before anything is expected."""
MAX_WEIGHT = 60
"""Articles that the history counts as at most: outlets change by themselves."""

LOST = [outcome.value for outcome in PageOutcome if outcome.row.alarm == "lost"]
FAILED = [outcome.value for outcome in (*PageOutcome, *RunOutcome) if outcome.row.alarm == "failed"]
"""Outcomes by their alarm in the outcome table."""


@dataclass(frozen=True)
class Share:
    """A share of articles, pages or requests that should not fall."""

    kind: str
    field: str
    good: Callable[[RunStats], int]
    of: Callable[[RunStats], int]
    drop: float
    """How far the share must fall."""
    examples: tuple[str, ...]
    """Names of the examples of a bad one in the run's statistics."""


def coverage(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the share of new articles with each field, and without what they should not have."""
    for name in FIELD_COVERAGE:
        kind = "unwanted" if name in UNWANTED else "coverage"
        good = _lacking(name) if name in UNWANTED else _having(name)
        share = Share(kind, name, good, _new, thresholds.drop, (name,))
        yield from judge_share(share, history, thresholds)


def lost_pages(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the share of article pages from which no article can be read: an unknown template."""
    share = Share("new_template", "body", lambda stats: stats.counts["stored"],
                  lambda stats: stats.counts["stored"] + _lost(stats), thresholds.lost,
                  tuple(LOST))  # fmt: skip
    yield from judge_share(share, history, thresholds, min_known=0)


def failures(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the share of requests without each kind of failure."""
    for kind in FAILED:
        share = Share("errors", kind, _without(kind), _requests, thresholds.drop, (kind,))
        yield from judge_share(share, history, thresholds)


def judge_share(
    share: Share, history: History, thresholds: Thresholds, min_known: int = MIN_KNOWN
) -> Iterator[Judged]:
    """Judge if the share fell: by much, and by more than chance explains.

    Over the last day or over some days together, and only if the last day is bad too.
    """
    today = history.days[0].stats if history.days else RunStats()
    for horizon in HORIZONS:
        usual = history.usual(horizon, share.kind, share.field)
        of = share.of(usual)
        if of < min_known:
            continue
        rate = (share.good(usual) + 0.5) / (of + 1) if of else 0.95
        limit = rate - share.drop
        if limit < 0:
            return
        lately = history.lately(horizon)
        good, all_ = share.good(lately), share.of(lately)
        is_bad_now = share.of(today) == 0 or share.good(today) / share.of(today) <= limit
        if horizon == 1 and share.of(today) >= 3 and not is_bad_now:
            if share.good(today) / share.of(today) > rate - share.drop / 2:
                yield Judged(share.kind, share.field)
            return
        if not all_ or good / all_ > limit or not is_bad_now:
            continue
        if (
            probability_of_share(good, all_, rate, min(of, MAX_WEIGHT) or MIN_KNOWN)
            < thresholds.chance
        ):
            yield _finding(share, history, good, all_, rate)
            return


def _finding(share: Share, history: History, good: int, of: int, rate: float) -> Judged:
    limit = (rate + good / of) / 2
    bad = [
        day.date
        for day in history.days
        if share.of(day.stats) and share.good(day.stats) / share.of(day.stats) <= limit
    ]
    examples = history.lately(HORIZONS[-1]).examples
    facts = {"good": good, "bad": of - good, "of": of,
             "share": round(100 * good / of), "usual": round(100 * rate)}  # fmt: skip
    example = next((examples[name] for name in share.examples if name in examples), None)
    return Judged(share.kind, share.field, True, history.since_when(bad), facts, example)


def _new(stats: RunStats) -> int:
    return stats.counts["new"]


def _requests(stats: RunStats) -> int:
    return stats.counts["requests"]


def _having(name: str) -> Callable[[RunStats], int]:
    return lambda stats: stats.have[name]


def _lacking(name: str) -> Callable[[RunStats], int]:
    return lambda stats: stats.counts["new"] - stats.have[name]


def _without(kind: str) -> Callable[[RunStats], int]:
    return lambda stats: max(0, stats.counts["requests"] - stats.counts[f"failed/{kind}"])


def _lost(stats: RunStats) -> int:
    return sum(stats.counts[f"failed/{outcome}"] for outcome in LOST)
