"""When a page is asked for again: what failed until it answers, what is stored as it grows old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.dates.period import read_age

AGAIN: dict[str, tuple[str, ...]] = {
    # at the next run, whenever that is; an outlet that stays down is asked ever more rarely
    "temporary": ("0h", "0h", "0h", "1h", "6h", "1d", "1d", "7d"),
    "blocked": ("0h", "0h", "1h", "6h", "1d", "1d", "7d"),
    # an answer that cannot be read may be half of one
    "broken": ("0h", "0h", "1d", "7d"),
    # an error page that no family knows, or a layout that this version cannot read
    "not_article": ("0h", "0h", "1d", "7d"),
    # a redirect to another host may be mended soon
    "forbidden": ("0h", "0h", "1d", "7d"),
    # at times a page for members is opened later
    "members": ("1d", "7d"),
    # of what is stored: some were only hidden for a while
    "gone": ("1d", "7d"),
}
"""Waits after the first, second … visit of each outcome; after the last there is none."""


def after(outcome: str, tries: int, now: datetime) -> datetime | None:
    """When to ask again after the ``tries``-th visit that failed so; None for never."""
    waits = AGAIN.get(outcome, ())
    return now + read_age(waits[tries - 1]) if tries <= len(waits) else None


def next_look(ages: Sequence[timedelta], published: datetime, now: datetime) -> datetime | None:
    """When a stored article reaches the next of the ages at which it is looked at again."""
    return min((published + age for age in ages if published + age > now), default=None)


def read_ages(setting: str) -> list[timedelta]:
    """The ages of a setting such as ``3h, 1d, 7d``; ValueError with one sentence for others."""
    return [read_age(age) for part in setting.split(",") if (age := part.strip())]
