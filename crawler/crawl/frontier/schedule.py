"""Schedule of visits: failed pages by their outcome, stored articles by their age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.dates.period import read_age
from crawler.outcomes.pages import PageOutcome


def next_attempt(outcome: PageOutcome, attempts: int, now: datetime) -> datetime | None:
    """Return when a page is due after its ``attempts``-th visit with an outcome; None for never."""
    waits = outcome.row.waits
    return now + read_age(waits[attempts - 1]) if attempts <= len(waits) else None


def next_look(ages: Sequence[timedelta], published: datetime, now: datetime) -> datetime | None:
    """Return when a stored article reaches the next of the ages at which it is revisited."""
    return min((published + age for age in ages if published + age > now), default=None)


def read_ages(setting: str) -> list[timedelta]:
    """Read the ages of a setting such as ``3h, 1d, 7d``. Raises ValueError with one sentence."""
    return [read_age(age) for part in setting.split(",") if (age := part.strip())]
