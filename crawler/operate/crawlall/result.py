"""What became of one outlet's crawl, while it runs and at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from crawler.operate.crawlall.exit_reasons import reason
from crawler.operate.process import Crawl
from crawler.operate.run_stats import RunRecorder
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes import exit_codes as verdict

NO_ERRORS = ("failed/gone", "failed/not_now/")
"""Beginnings of what failed and is no error: a page that was deleted, or is left for later."""


@dataclass(slots=True)
class OutletResult:
    outlet: str
    code: int | None = None
    """Its own exit code; None while it runs."""
    how: str | None = None
    """Scrapy's reason, ``not_started``, ``locked`` or ``no_browser``; None while it runs."""
    why: str | None = None
    """What is wrong, and what to do, in one sentence; None where all is well."""
    began: datetime | None = None
    ended: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """As in :class:`crawler.operate.run_stats.stats.RunStats`."""

    @classmethod
    def so_far(cls, crawl: Crawl) -> Self:
        """Of a crawl that runs, or is going to."""
        stats = crawl.stats_so_far()
        counts = _tally(crawl).counts
        return cls(crawl.spidercls.name, began=stats.get("start_time"), counts=counts)

    @classmethod
    def of(cls, crawl: Crawl) -> Self:
        """Of a crawl that has ended."""
        self, stats, tally = cls.so_far(crawl), crawl.stats_at_end(), _tally(crawl)
        self.code = verdict.of_crawl(stats)
        self.how = stats.get("finish_reason", "not_started")
        self.ended = stats.get("finish_time", datetime.now(UTC))
        if crawl.failure is not None:
            self.why = f"it could not be begun: {type(crawl.failure).__name__}: {crawl.failure}"
        else:
            self.why = reason(self.code, stats, tally.examples)
        return self

    @property
    def seconds(self) -> float:
        if self.began is None:
            return 0
        return ((self.ended or datetime.now(UTC)) - self.began).total_seconds()

    @property
    def fetched(self) -> int:
        """Pages that were answered."""
        return sum(self.of_kind("status").values())

    @property
    def errors(self) -> int:
        return sum(
            count
            for name, count in self.counts.items()
            if name.startswith("failed/") and not name.startswith(NO_ERRORS)
        )

    def of_kind(self, kind: str) -> dict[str, int]:
        """What is counted by kind: ``status``, ``failed``, ``dropped``."""
        beginning = f"{kind}/"
        return {
            name.removeprefix(beginning): count
            for name, count in sorted(self.counts.items())
            if name.startswith(beginning)
        }


def _tally(crawl: Crawl) -> RunStats:
    try:
        record = crawl.get_extension(RunRecorder)
    except RuntimeError:  # it has not begun yet
        return RunStats()
    return record.current_stats() if record else RunStats()
