"""Why a crawl has the exit code that it has, and what to do: a table over its stats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from crawler.outcomes.exit_codes import (
    BLOCKED,
    BROKEN_LAYOUT,
    LOCKED,
    OK,
    PARTIAL,
    STORE_ERROR,
    UNEXPECTED,
)

WAIT = "leave it alone for a day, set CONTACT, and look at its pages in a browser"
MEND = "look at one with scrapy explain, and see CONTRIBUTING.md"
NEXT = "the next run goes on where this one ended"
BUSY = f"its host is busy and asks for rest; {NEXT}"


class Reason(NamedTuple):
    code: int
    stat: str
    """What was counted; or a ``finish_reason``; empty: whatever it was."""
    says: str
    """``{n}``: how many."""
    example: str = ""
    """Under which name an example address is kept."""


REASONS = (
    Reason(LOCKED, "malgeum/locked", "another process crawls it"),
    Reason(STORE_ERROR, "malgeum/store_errors", "the store failed; see the log"),
    Reason(STORE_ERROR, "malgeum/feed_errors", "its feed could not be written"),
    Reason(BLOCKED, "malgeum/refused/robots", f"robots.txt forbids us what is asked for: {WAIT}"),
    Reason(BLOCKED, "malgeum/blocked", f"{{n}}× turned away: {WAIT}", "blocked"),
    Reason(BLOCKED, "malgeum/forbidden", f"{{n}}× asked to log in: {WAIT}", "forbidden"),
    Reason(BROKEN_LAYOUT, "malgeum/broken_lists",
           f"its list shows no rows that we can read: {MEND}"),
    Reason(BROKEN_LAYOUT, "malgeum/emptied_lists",
           "a list that had articles shows none: was it moved? Open it in a browser"),
    Reason(BROKEN_LAYOUT, "item_dropped_reasons_count/NoArticle",
           f"{{n}}× a page with no article that we can read: {MEND}", "NoArticle"),
    Reason(BROKEN_LAYOUT, "item_dropped_reasons_count/NoBody",
           f"{{n}}× an article with no body that we can read: {MEND}", "NoBody"),
    Reason(BROKEN_LAYOUT, "malgeum/failed_lists", f"its list is none that we know: {MEND}"),
    Reason(BROKEN_LAYOUT, "malgeum/losing", "articles are being lost; its findings say why"),
    Reason(UNEXPECTED, "spider_exceptions/count", "{n}× a fault of the program: see the log"),
    Reason(UNEXPECTED, "malgeum/item_errors", "{n}× a fault of the program: see the log"),
    Reason(UNEXPECTED, "malgeum/not_now/robots",
           "its robots.txt could not be had, so nothing was asked for: is the host down?"),
    Reason(UNEXPECTED, "malgeum/not_now/retry_after", BUSY),
    Reason(UNEXPECTED, "", "no list could be read: is the host down? See the log"),
    Reason(PARTIAL, "shutdown", f"ended by a signal; {NEXT}"),
    Reason(PARTIAL, "forced", f"ended by a second signal; {NEXT}"),
    Reason(PARTIAL, "max_time", f"its time was over (--max-time); {NEXT}"),
    Reason(PARTIAL, "malgeum/not_now/budget", f"its requests are used up (REQUEST_BUDGET); {NEXT}"),
    Reason(PARTIAL, "malgeum/new_findings", "{n}× something new that is wrong: see scrapy status"),
    Reason(PARTIAL, "malgeum/not_now/retry_after", BUSY),
    Reason(PARTIAL, "malgeum/failed_lists",
           "{n}× a list page that could not be read; it is tried again"),
    Reason(PARTIAL, "malgeum/temporary", "{n}× a page that could not be had; it is tried again",
           "temporary"),
    Reason(PARTIAL, "malgeum/broken", "{n}× an answer that is no page; it is tried again",
           "broken"),
    Reason(PARTIAL, "malgeum/blocked", "{n}× turned away; it is tried again",
           "blocked"),
    Reason(PARTIAL, "malgeum/refused/robots", "{n}× forbidden by robots.txt"),
    Reason(PARTIAL, "malgeum/unexpected", "{n}× a failure of a kind not known: see the log",
           "unexpected"),
    Reason(PARTIAL, "", f"some could not be had; {NEXT}"),
)  # fmt: skip
"""For each exit code the first that is true."""


def reason(code: int, stats: Mapping[str, Any], examples: Mapping[str, str]) -> str | None:
    """None where all is well."""
    if code == OK:
        return None
    if told := stats.get("malgeum/why"):
        return str(told)
    for one in REASONS:
        if one.code == code and _is_true(one, stats):
            says = one.says.format(n=stats.get(one.stat, 0))
            example = examples.get(one.example)
            return f"{says}. Example: {example}" if example else says
    return "see the log"


def _is_true(one: Reason, stats: Mapping[str, Any]) -> bool:
    if not one.stat:
        return True
    return stats.get("finish_reason") == one.stat or bool(stats.get(one.stat))
