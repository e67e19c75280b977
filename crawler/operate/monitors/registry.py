"""Table of all monitors, and the rules between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crawler.operate.monitors.failed_runs import ARTICLES_READ, FAILED_RUN_KINDS, failed_runs
from crawler.operate.monitors.history import History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.rates import coverage, failures, lost_pages
from crawler.operate.monitors.rules import rules
from crawler.operate.monitors.text_drift import boilerplate, sizes
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.monitors.volume import fewer

Monitor = Callable[[History, Thresholds], Iterator[Judged]]

MONITORS: tuple[Monitor, ...] = (
    failed_runs, lost_pages, coverage, sizes, boilerplate, rules, failures, fewer,
)  # fmt: skip

CAUSES = frozenset({*FAILED_RUN_KINDS, "new_template"}) - ARTICLES_READ
EFFECTS = frozenset({"fewer", "no_news", "errors"})
"""Findings that are left out if one of the causes is found."""


def run_monitors(history: History, thresholds: Thresholds) -> list[Judged]:
    """Return every judgement, problem or not; effects of a found cause are left out."""
    judgements = [judged for monitor in MONITORS for judged in monitor(history, thresholds)]
    if any(judged.is_found and judged.kind in CAUSES for judged in judgements):
        judgements = [
            judged for judged in judgements if not (judged.is_found and judged.kind in EFFECTS)
        ]
    return judgements
