"""Exit codes of all commands, their names and their order.

0 ok · 1 unexpected · 2 bad usage · 3 partial · 4 broken layout · 5 blocked · 6 store error ·
7 locked. ``exit_rules.py`` computes the code of a run from its outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable

OK, UNEXPECTED, BAD_USAGE, PARTIAL, BROKEN_LAYOUT, BLOCKED, STORE_ERROR, LOCKED = range(8)

NAMES = (
    "ok", "unexpected", "bad usage", "partial", "broken layout", "blocked", "store error", "locked",
)  # fmt: skip
"""Name of each exit code."""

SEVERITY = (
    OK, PARTIAL, LOCKED, UNEXPECTED, BAD_USAGE, BROKEN_LAYOUT, BLOCKED, STORE_ERROR,
)  # fmt: skip
"""Exit codes of crawls side by side, the most severe last; a locked outlet is crawled elsewhere."""


def of_all(codes: Iterable[int]) -> int:
    """Return the exit code of crawls side by side, from theirs.

    A code other than 0 and 3 only if every crawl failed, or if the store failed, which all of them
    share; else 3 if any was not ok.
    """
    distinct = set(codes)
    if STORE_ERROR in distinct or distinct.isdisjoint({OK, PARTIAL}):
        return max(distinct, key=SEVERITY.index)
    return OK if distinct == {OK} else PARTIAL
