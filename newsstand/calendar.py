"""Days that pass as a paper's do: working hours, weekends, holidays, and chance."""

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
    """The ``days`` after ``now`` (KST), with ``per_day`` posts on a common working day.

    A Poisson process whose rate follows the rhythm, by thinning one that has its highest rate.
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
    """Whether it is a public holiday in Korea: 설날 and 추석 by the moon, and those in lieu."""
    import holidays  # not above: every command would pay for it

    return day in holidays.country_holidays("KR")
