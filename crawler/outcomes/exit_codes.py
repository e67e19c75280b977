"""What a run came to: its exit code, read from the crawl's stats.

0 ok · 1 unexpected · 2 bad usage · 3 partial · 4 broken layout · 5 blocked ·
6 store error · 7 locked. The gravest wins; 3 only where nothing graver is true for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OK, UNEXPECTED, BAD_USAGE, PARTIAL, BROKEN_LAYOUT, BLOCKED, STORE_ERROR, LOCKED = range(8)

NAMES = (
    "ok", "unexpected", "bad usage", "partial", "broken layout", "blocked", "store error", "locked",
)  # fmt: skip
"""What each exit code is called."""

SEVERITY = (
    OK, PARTIAL, LOCKED, UNEXPECTED, BAD_USAGE, BROKEN_LAYOUT, BLOCKED, STORE_ERROR,
)  # fmt: skip
"""The exit codes of crawls side by side, the gravest last; one that is locked is in good hands."""

CUT_SHORT = frozenset({"shutdown", "forced", "max_time"})
"""Why a crawl ended that had more to do: a signal, a second one, the time of ``--max-time``."""

_DROPS = "item_dropped_reasons_count/"

SHUT = 3
"""Pages for members only, more than are had, from which on the outlet is taken for shut."""

_MISSING = [
    f"malgeum/{what}"
    for what in (
        "temporary", "broken", "unexpected", "failed_lists", "not_now/robots", "not_now/retry_after"
    )
]  # fmt: skip
"""What is counted where a page could not be had that may be there."""


def of_crawl(stats: Mapping[str, Any]) -> int:
    """The exit code of a crawl."""
    count = _Counts(stats)
    fetched = count("item_scraped_count") + count("item_dropped_count")
    articles = fetched + count("malgeum/known")
    refused = count("malgeum/blocked") + count("malgeum/refused/robots")
    is_shut = count("malgeum/forbidden") >= SHUT and count("malgeum/forbidden") > fetched
    lists = count("malgeum/list_pages")
    out_of_budget = count("malgeum/not_now/budget") > 0
    is_cut_short = stats.get("finish_reason") in CUT_SHORT
    whole = (
        (LOCKED, count("malgeum/locked") > 0),
        (STORE_ERROR, _lost(count)),
        (BLOCKED, is_shut or (refused > 0 and (lists == 0 or refused > articles))),
        (BROKEN_LAYOUT, count("malgeum/broken_lists") + count("malgeum/emptied_lists") > 0),
        (
            BROKEN_LAYOUT,
            lists == 0 < count("malgeum/failed_lists") and not count("malgeum/temporary"),
        ),
        (BROKEN_LAYOUT, count(_DROPS + "NoArticle") + count(_DROPS + "NoBody") > articles / 2),
        (BROKEN_LAYOUT, count("malgeum/losing") > 0),
        (UNEXPECTED, not (lists or out_of_budget or is_cut_short) or _broke(count)),
    )
    partly = (
        refused
        + sum(map(count, _MISSING))
        + out_of_budget
        + is_cut_short
        + count("malgeum/new_findings")
        + count("malgeum/archive_errors")
    )
    return next((code for code, true in whole if true), PARTIAL if partly else OK)


def of_all(codes: Iterable[int]) -> int:
    """The exit code of crawls side by side, from theirs: a grave one only if it is true for the
    whole, so if none of them came to more; else 3, and the report says which. The store is all
    of theirs: its trouble is the whole's."""
    found = set(codes)
    if STORE_ERROR in found or found.isdisjoint({OK, PARTIAL}):
        return max(found, key=SEVERITY.index)
    return OK if found == {OK} else PARTIAL


def of_replay(stats: Mapping[str, Any]) -> int:
    """The exit code of a replay, where every page given is expected to be an article."""
    count = _Counts(stats)
    if _lost(count):
        return STORE_ERROR
    if _broke(count) or count("malgeum/workers_lost"):
        return UNEXPECTED
    bad = count("malgeum/bad_input")
    if bad and not count("malgeum/pages"):
        return BAD_USAGE
    unfit = count(_DROPS + "NoArticle") + count(_DROPS + "NoBody")
    is_cut_short = stats.get("finish_reason") in CUT_SHORT
    return PARTIAL if bad or unfit or is_cut_short else OK


def _lost(count: _Counts) -> bool:
    """Whether articles could not be kept, in the store or in a feed."""
    return any(map(count, ("malgeum/store_errors", "malgeum/feed_errors")))


def _broke(count: _Counts) -> bool:
    broken = ("spider_exceptions/count", "malgeum/item_errors", "malgeum/not_started")
    return any(map(count, broken))


class _Counts:
    """Stats as numbers, 0 where nothing was counted."""

    def __init__(self, stats: Mapping[str, Any]) -> None:
        self.stats = stats

    def __call__(self, name: str) -> int:
        return int(self.stats.get(name, 0))
