"""Maps Scrapy's stats and ours to the counts that are stored with a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from crawler.outcomes.exit_rules import RunCounts
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import (
    DEFERRED,
    KNOWN,
    LEFT_OVER,
    LIST_PAGES,
    MARKED_GONE,
    PREFIX,
    REJECTED,
    REVISITS,
    RULE,
    SCRAPED,
    VISITS,
    WAITING,
)

NAMES = {
    "downloader/request_count": "requests",
    "downloader/response_bytes": "bytes",
    LIST_PAGES: "lists",
    KNOWN: "known",
    REVISITS: "revisits",
    MARKED_GONE: "gone",
    LEFT_OVER: "left_over",
    WAITING: "waiting",
    "log_count/ERROR": "errors",
    SCRAPED: "stored",
}
"""Stored names of single stats."""

PREFIXES = {
    "downloader/response_status_count/": "status/",
    "item_dropped_reasons_count/": "dropped/",
    RULE: "rule/",
    REJECTED: "failed/rejected/",
    DEFERRED: "failed/deferred/",
    **{f"{PREFIX}{visit}/": f"{visit}/" for visit in VISITS},
}
"""Prefixes of stats that are stored by kind, and the prefixes of their stored names."""

FAILURES = [outcome for outcome in PageOutcome if outcome.row.waits]
"""Outcomes that are stored under ``failed/``, summed over the kinds of visit."""

EVENTS = [outcome for outcome in RunOutcome if not outcome.row.fallback]


def stats_from_crawl(stats: Mapping[str, Any]) -> Counter[str]:
    """Return the counts of a run, without zeros."""
    counts = RunCounts(stats)
    values: dict[str, Any] = {name: stats.get(key) for key, name in NAMES.items()}
    for outcome in FAILURES:
        values[f"failed/{outcome}"] = sum(counts.visits(outcome, visit) for visit in VISITS)
    values |= {f"failed/{event}": stats.get(event.stat) for event in EVENTS}
    values["seconds"] = stats.get("elapsed_time_seconds")
    for key, value in stats.items():
        for prefix, name in PREFIXES.items():
            if key.startswith(prefix):
                values[name + key.removeprefix(prefix)] = value
    return Counter({name: int(value) for name, value in values.items() if value})
