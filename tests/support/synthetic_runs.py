"""Synthetic runs of outlets: articles per weekday, and the fields of their pages.

``python3 -m tests.support.synthetic_runs 100`` judges two months of 100 outlets of each kind, night
by night, and counts the findings on healthy outlets.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import holidays
from scrapy.utils.project import get_project_settings

from crawler.dates.parse import SEOUL
from crawler.operate.monitors.history import History
from crawler.operate.monitors.registry import run_monitors
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, UNWANTED
from crawler.operate.run_stats.stats import RunStats, Size
from crawler.store.runs.runs import Run

BEGAN = datetime(2026, 9, 1, 3, 17, tzinfo=SEOUL)
"""A Tuesday; 추석 lies three weeks later."""
HOLIDAYS = holidays.country_holidays("KR", years=[2026, 2027])


@dataclass
class Paper:
    """Outlet as its runs show it.

    ``week``: articles by weekday, Monday first; ``have``: the share of articles that have a field,
    by default 0.97.
    """

    week: tuple[float, ...]
    have: dict[str, float] = field(default_factory=dict)
    every: int = 24
    """Hours between two runs."""
    waiting: int = 0

    def runs(self, seed: int, days: int, broken: dict[str, Any] | None = None) -> Iterator[Run]:
        """``broken``: from ``day`` on, ``have`` another share, ``week`` a factor, ``lost`` pages."""
        rng, waiting = Random(f"{self.week} {seed}"), 0  # noqa: S311 - nobody is to be fooled
        for number in range(days * 24 // self.every):
            at = BEGAN + timedelta(hours=self.every * number, minutes=rng.uniform(0, 20))
            is_broken = broken is not None and number * self.every >= 24 * broken["day"]
            run = self.run(rng, number, at, broken or {} if is_broken else {}, waiting)
            waiting = self.waiting
            yield run

    def run(
        self, rng: Random, number: int, at: datetime, broken: dict[str, Any], waiting: int
    ) -> Run:
        """``waiting``: articles of before, which no run could have."""
        printed = (at - timedelta(hours=12 if self.every == 24 else 1)).date()
        expected = self.expected(printed) * self.every / 24 * broken.get("week", 1)
        new = _poisson(rng, rng.gammavariate(8, expected / 8) if expected else 0)
        new, self.waiting = new + waiting, 0
        lost = sum(rng.random() < broken.get("lost", 0.005) for _ in range(new))
        tally = self.tally(rng, new - lost, broken)
        tally.counts["failed/no_body"] = lost
        tally.counts["lists"] = 1
        tally.counts["requests"] = new + 3
        tally.counts["failed/temporary"] = sum(rng.random() < 0.01 for _ in range(new + 3))
        code, how = 0, "finished"
        if rng.random() < 0.01 or broken.get("down"):  # a passing disturbance
            self.waiting = new
            code, tally = 1, RunStats(Counter({"requests": 3, "failed/temporary": 3}))
        return Run(
            id=number,
            outlet="paper",
            command="crawlall",
            arguments={},
            version="0",
            owner="",
            started_at=_text(at),
            updated_at=_text(at),
            ended_at=_text(at + timedelta(minutes=2)),
            finish_reason=how,
            exit_code=code,
            stats=tally.as_json(),
        )

    def expected(self, day: date) -> float:
        return self.week[day.weekday()] * (0.1 if day in HOLIDAYS else 1)

    def tally(self, rng: Random, new: int, broken: dict[str, Any]) -> RunStats:
        tally = RunStats()
        tally.counts["new"] = tally.counts["stored"] = new
        for name in FIELD_COVERAGE:
            usual = self.have.get(name, 0.03 if name in UNWANTED else 0.97)
            share = broken.get("have", {}).get(name, usual)
            tally.have[name] = sum(rng.random() < share for _ in range(new))
        for name, mean in (("characters", 900), ("paragraphs", 6)):
            size = tally.sizes.setdefault(name, Size())
            for _ in range(new):
                size.add(round(math.exp(rng.gauss(math.log(mean * broken.get("size", 1)), 0.5))))
        return tally


def _poisson(rng: Random, mean: float) -> int:
    """Knuth's; means here are small."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


PAPERS = {
    "daily": Paper((14, 15, 14, 15, 13, 5, 2), {"images": 0.8, "alternative_headline": 0.4}),
    "no_sunday": Paper((20, 22, 21, 20, 18, 9, 0), {"images": 0.6, "date_modified": 0.5}),
    "small": Paper((3, 3, 2, 3, 3, 1, 0.5), {"images": 0.7, "captions": 0.3}),
    "weekly": Paper((0.3, 0.3, 18, 1, 0.3, 0, 0), {"alternative_headline": 0.9}),
    "large": Paper((80, 85, 82, 84, 80, 30, 25), {"images": 0.9, "keywords": 0.2}),
    "hourly": Paper((24, 26, 25, 26, 24, 10, 6), {"images": 0.85}, every=1),
}


def main(number: int, days: int = 60) -> None:
    """Count the findings of quiet nights, each once for as long as it lasts.

    ``down`` counts as well, since such nights are invented, too.
    """
    thresholds = Thresholds.of(get_project_settings())
    for name, paper in PAPERS.items():
        if paper.every < 24:
            continue
        false: Counter[str] = Counter()
        for seed in range(number):
            runs, before = list(paper.runs(seed, days)), set()
            for night in range(1, days + 1):
                history = History("paper", "http://paper.test/", runs[:night])
                found = {one.kind for one in run_monitors(history, thresholds) if one.is_found} - {
                    "down"
                }
                false.update(found - before)
                before = found
        years = number * days / 365
        print(f"{name}: {false.total()} in {years:.0f} years {dict(false) or ''}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
