"""Cleaning rules that fired in every article, and fire no more: the page around it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from crawler.operate.monitors.history import HORIZONS, History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds

PREFIX = "rule/"
OFTEN = 0.9
"""Share of the days with articles on which a rule has fired that is missed when it does not."""
ENOUGH = 5
"""Days with articles without which nothing is usual yet."""


def rules(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    for rule in _missed(history):
        for horizon in HORIZONS:
            usual = history.usually(horizon, "rule", rule)
            with_news = [day for day in usual if day.new]
            whole, lately = history.usual(horizon, "rule", rule), history.lately(horizon)
            fired = sum(day.tally.counts[PREFIX + rule] > 0 for day in with_news)
            if len(with_news) < ENOUGH or fired < OFTEN * len(with_news):
                break
            if lately.counts[PREFIX + rule]:
                yield Judged("rule", rule)
                break
            rate = min(1.0, whole.counts[PREFIX + rule] / max(1, whole.counts["new"]))
            expected = rate * lately.counts["new"]
            if exp(-expected) < thresholds.chance:
                silent = {day.date for day in history.days if not day.tally.counts[PREFIX + rule]}
                facts = {"articles": lately.counts["new"], "usual": round(expected)}
                began = history.since_when(silent)
                yield Judged("rule", rule, True, began, facts, history.home)
                break


def _missed(history: History) -> list[str]:
    """Rules that have ever fired here."""
    names = {name for day in history.days for name in day.tally.counts if name.startswith(PREFIX)}
    return sorted(name.removeprefix(PREFIX) for name in names)
