"""From a crawl's stats, Scrapy's and ours, to the counts that are kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

NAMES = {
    "downloader/request_count": "requests",
    "downloader/response_bytes": "bytes",
    "malgeum/list_pages": "lists",
    "malgeum/known": "known",
    "malgeum/revisits": "revisits",
    "malgeum/marked_gone": "gone",
    "malgeum/left_over": "left_over",
    "malgeum/waiting": "waiting",
    "log_count/ERROR": "errors",
    "item_scraped_count": "stored",
}
"""What is kept under another name."""

KINDS = {
    "downloader/response_status_count/": "status/",
    "item_dropped_reasons_count/": "dropped/",
    "malgeum/rule/": "rule/",
    "malgeum/refused/": "failed/refused/",
    "malgeum/not_now/": "failed/not_now/",
}
"""What is kept by kind: the beginning of the stats, and of the names here."""

FAILURES = (
    "gone", "forbidden", "blocked", "temporary", "broken", "members", "not_article", "unexpected",
    "failed_lists", "broken_lists", "emptied_lists", "store_errors", "feed_errors", "item_errors",
    "archive_errors", "locked",
)  # fmt: skip
"""Stats of ours that are kept under ``failed/``."""


def stats_from_crawl(stats: Mapping[str, Any]) -> Counter[str]:
    """The counts of a run; nothing that was not counted is in it."""
    found = {name: stats.get(key) for key, name in NAMES.items()}
    found |= {f"failed/{kind}": stats.get(f"malgeum/{kind}") for kind in FAILURES}
    found["failed/exception"] = stats.get("spider_exceptions/count")
    found["seconds"] = stats.get("elapsed_time_seconds")
    for key, value in stats.items():
        for beginning, name in KINDS.items():
            if key.startswith(beginning):
                found[name + key.removeprefix(beginning)] = value
    return Counter({name: int(value) for name, value in found.items() if value})
