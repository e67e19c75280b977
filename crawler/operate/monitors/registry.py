"""All monitors in a table, and what their judgements come to together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crawler.operate.monitors.failed_runs import KINDS, endings
from crawler.operate.monitors.history import History
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.rates import coverage, failures, lost_pages
from crawler.operate.monitors.rules import rules
from crawler.operate.monitors.text_drift import boilerplate, sizes
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.monitors.volume import fewer

Monitor = Callable[[History, Thresholds], Iterator[Judged]]

MONITORS: tuple[Monitor, ...] = (
    endings, lost_pages, coverage, sizes, boilerplate, rules, failures, fewer,
)  # fmt: skip

CAUSES = frozenset({*KINDS, "new_template"})
FOLLOWS = frozenset({"fewer", "no_news", "errors"})
"""What is no news where one of the causes is found."""


def run_monitors(history: History, thresholds: Thresholds) -> list[Judged]:
    """What is found, and what is well; what cannot be told is not in it."""
    judged = [one for monitor in MONITORS for one in monitor(history, thresholds)]
    if any(one.is_found and one.kind in CAUSES for one in judged):
        judged = [one for one in judged if not (one.is_found and one.kind in FOLLOWS)]
    return judged
