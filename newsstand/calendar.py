"""Publication times with working hours, weekends, holidays and chance."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from newsstand.clock import Moments

RHYTHMS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "rhythms.toml").read_text("utf-8"))
HOUR = timedelta(hours=1)


def weekly_rhythm(now: datetime, days: float, per_day: float) -> Moments:
    """Return the times of the ``days`` after ``now`` (KST), ``per_day`` on a normal working day.

    A Poisson process whose rate follows the rhythm, by thinning one at the highest rate.
    """

    def moments(rng: Random, outlet: str) -> Iterator[datetime]:
        day, week = RHYTHMS["day"], RHYTHMS["week"][outlet]
        highest = per_day * max(week) * max(day) / sum(day)
        at = now
        while highest and (at := at + HOUR * rng.expovariate(highest)) < now + timedelta(days):
            rate = per_day * week[at.weekday()] * day[at.hour] / sum(day)
            rate *= RHYTHMS["holiday"] if is_holiday(at.date()) else 1
            if rng.random() * highest < rate:
                yield at

    return moments


@cache
def is_holiday(day: date) -> bool:
    """Return True for a public holiday in Korea, with 설날, 추석 and substitute holidays."""
    import holidays  # not above: it slows every command down

    return day in holidays.country_holidays("KR")
