"""Reads the counts of a run, as they are kept with it, from Scrapy's stats and ours."""

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
"""Stats that are kept under another name."""

KINDS = {
    "downloader/response_status_count/": "status/",
    "item_dropped_reasons_count/": "dropped/",
    RULE: "rule/",
    REJECTED: "failed/rejected/",
    DEFERRED: "failed/deferred/",
    **{f"{PREFIX}{visit}/": f"{visit}/" for visit in VISITS},
}
"""Beginnings of stats that are kept by kind, and of the names under which they are."""

FAILURES = [one for one in PageOutcome if one.row.waits]
"""Outcomes that are kept together under ``failed/``, whatever was visited."""

EVENTS = [one for one in RunOutcome if not one.row.fallback]


def stats_from_crawl(stats: Mapping[str, Any]) -> Counter[str]:
    """Return the counts of a run; what was not counted is not in it."""
    counts = RunCounts(stats)
    values: dict[str, Any] = {name: stats.get(key) for key, name in NAMES.items()}
    for one in FAILURES:
        values[f"failed/{one}"] = sum(counts.visits(one, visit) for visit in VISITS)
    values |= {f"failed/{one}": stats.get(one.stat) for one in EVENTS}
    values["seconds"] = stats.get("elapsed_time_seconds")
    for key, value in stats.items():
        for beginning, name in KINDS.items():
            if key.startswith(beginning):
                values[name + key.removeprefix(beginning)] = value
    return Counter({name: int(value) for name, value in values.items() if value})
