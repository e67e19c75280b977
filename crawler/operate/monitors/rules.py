"""Monitor of cleaning rules that matched every day and match no more: the page has changed."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from crawler.operate.monitors.history import HORIZONS, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds

PREFIX = "rule/"
MIN_SHARE_OF_DAYS = 0.9
"""Share of the days with articles on which a rule must have matched to be expected."""
MIN_DAYS = 5
"""Days with articles that must be known before anything is expected."""


def rules(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge every cleaning rule that ever matched at the outlet."""
    for rule in _matched_rules(history):
        for horizon in HORIZONS:
            usual = history.usually(horizon, "rule", rule)
            with_news = [day for day in usual if day.new]
            whole, lately = history.usual(horizon, "rule", rule), history.lately(horizon)
            matched = sum(day.stats.counts[PREFIX + rule] > 0 for day in with_news)
            if len(with_news) < MIN_DAYS or matched < MIN_SHARE_OF_DAYS * len(with_news):
                break
            if lately.counts[PREFIX + rule]:
                yield Judged("rule", rule)
                break
            rate = min(1.0, whole.counts[PREFIX + rule] / max(1, whole.counts["new"]))
            expected = rate * lately.counts["new"]
            if exp(-expected) < thresholds.chance:
                silent = {day.date for day in history.days if not day.stats.counts[PREFIX + rule]}
                facts = {"articles": lately.counts["new"], "usual": round(expected)}
                started_on = history.since_when(silent)
                yield Judged("rule", rule, True, started_on, facts, history.home)
                break


def _matched_rules(history: History) -> list[str]:
    """Return the names of all rules that ever matched at the outlet."""
    names = {name for day in history.days for name in day.stats.counts if name.startswith(PREFIX)}
    return sorted(name.removeprefix(PREFIX) for name in names)
