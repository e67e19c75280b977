"""Shares that fall or rise: fields of the article, pages of which nothing is left, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawler.operate.monitors.history import HORIZONS, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.statistics import so_few
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, UNWANTED
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome

KNOWN = 20
"""Articles, or pages, without which nothing is usual yet."""
WORTH = 60
"""What an outlet's past is worth at the most, in articles: papers change by themselves."""

LOST = [one.value for one in PageOutcome if one.row.alarm == "lost"]
FAILED = [one.value for one in (*PageOutcome, *RunOutcome) if one.row.alarm == "failed"]
"""Outcomes by what the table says that monitors count them as."""


@dataclass(frozen=True)
class Share:
    """How many of how many are well, by a run's tally."""

    kind: str
    field: str
    well: Callable[[RunStats], int]
    of: Callable[[RunStats], int]
    drop: float
    example: tuple[str, ...]
    """Under which of the examples one stands that is not well."""


def coverage(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Each field of the new articles; and what they should not have."""
    for name in FIELD_COVERAGE:
        kind = "unwanted" if name in UNWANTED else "coverage"
        well = _lacking(name) if name in UNWANTED else _having(name)
        share = Share(kind, name, well, _new, thresholds.drop, (name,))
        yield from falls(share, history, thresholds)


def lost_pages(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Article pages that came well, and of which nothing is left: a template that is not known."""
    share = Share("new_template", "body", lambda tally: tally.counts["stored"],
                  lambda tally: tally.counts["stored"] + _lost(tally), thresholds.lost,
                  tuple(LOST))  # fmt: skip
    yield from falls(share, history, thresholds, known=0)


def failures(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Requests that failed, by kind."""
    for kind in FAILED:
        share = Share("errors", kind, _without(kind), _requests, thresholds.drop, (kind,))
        yield from falls(share, history, thresholds)


def falls(
    share: Share, history: History, thresholds: Thresholds, known: int = KNOWN
) -> Iterator[Judged]:
    """Whether fewer are well than usual: by much, and by more than chance would have it, today or
    over some days together; and whether the day's own are still so."""
    today = history.days[0].tally if history.days else RunStats()
    for horizon in HORIZONS:
        usual = history.usual(horizon, share.kind, share.field)
        of = share.of(usual)
        if of < known:
            continue
        rate = (share.well(usual) + 0.5) / (of + 1) if of else 0.95
        limit = rate - share.drop
        if limit < 0:
            return
        lately = history.lately(horizon)
        well, all_ = share.well(lately), share.of(lately)
        is_bad_now = share.of(today) == 0 or share.well(today) / share.of(today) <= limit
        if horizon == 1 and share.of(today) >= 3 and not is_bad_now:
            if share.well(today) / share.of(today) > rate - share.drop / 2:
                yield Judged(share.kind, share.field)
            return
        if not all_ or well / all_ > limit or not is_bad_now:
            continue
        if so_few(well, all_, rate, min(of, WORTH) or KNOWN) < thresholds.chance:
            yield _found(share, history, well, all_, rate)
            return


def _found(share: Share, history: History, well: int, of: int, rate: float) -> Judged:
    limit = (rate + well / of) / 2
    bad = [
        day.date
        for day in history.days
        if share.of(day.tally) and share.well(day.tally) / share.of(day.tally) <= limit
    ]
    examples = history.lately(HORIZONS[-1]).examples
    facts = {"well": well, "bad": of - well, "of": of,
             "share": round(100 * well / of), "usual": round(100 * rate)}  # fmt: skip
    example = next((examples[name] for name in share.example if name in examples), None)
    return Judged(share.kind, share.field, True, history.since_when(bad), facts, example)


def _new(tally: RunStats) -> int:
    return tally.counts["new"]


def _requests(tally: RunStats) -> int:
    return tally.counts["requests"]


def _having(name: str) -> Callable[[RunStats], int]:
    return lambda tally: tally.have[name]


def _lacking(name: str) -> Callable[[RunStats], int]:
    return lambda tally: tally.counts["new"] - tally.have[name]


def _without(kind: str) -> Callable[[RunStats], int]:
    return lambda tally: max(0, tally.counts["requests"] - tally.counts[f"failed/{kind}"])


def _lost(tally: RunStats) -> int:
    return sum(tally.counts[f"failed/{one}"] for one in LOST)
