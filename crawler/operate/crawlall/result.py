"""Result of one outlet in a crawlall run, during the crawl and at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from crawler.operate.process import Crawl
from crawler.operate.run_stats import RunRecorder
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.exit_rules import exit_code_of_crawl, reason_of_crawl
from crawler.outcomes.pages import PageOutcome

NOT_ERRORS = (
    "failed/deferred/", "failed/rejected/",
    *(f"failed/{outcome}" for outcome in PageOutcome if outcome.row.is_read),
)  # fmt: skip
"""Prefixes of counts under ``failed/`` that are not errors: pages that were read and dropped,
deferred requests, and rejected ones, which are also counted by the page."""


@dataclass(slots=True)
class OutletResult:
    """Result of an outlet; what is not known yet is None."""

    outlet: str
    exit_code: int | None = None
    """The exit code that the outlet alone would have had."""
    finish_reason: str | None = None
    """Scrapy's reason, ``not_started``, ``locked`` or ``no_browser``."""
    message: str | None = None
    """What is wrong and what to do, in one sentence; None if the exit code is 0."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """As in :class:`crawler.operate.run_stats.stats.RunStats`."""

    @classmethod
    def so_far(cls, crawl: Crawl) -> Self:
        """Return the result so far of a crawl that runs or will run."""
        stats = crawl.stats_so_far()
        counts = _run_stats(crawl).counts
        return cls(crawl.spidercls.name, started_at=stats.get("start_time"), counts=counts)

    @classmethod
    def of(cls, crawl: Crawl) -> Self:
        """Return the result of a crawl that has ended."""
        self, stats = cls.so_far(crawl), crawl.stats_at_end()
        self.exit_code = exit_code_of_crawl(stats)
        self.finish_reason = stats.get("finish_reason", "not_started")
        self.ended_at = stats.get("finish_time", datetime.now(UTC))
        if crawl.failure is not None:
            self.message = f"could not be started: {type(crawl.failure).__name__}: {crawl.failure}"
        else:
            self.message = reason_of_crawl(stats, _run_stats(crawl).examples)
        return self

    @property
    def seconds(self) -> float:
        """Duration so far; 0 before the start."""
        if self.started_at is None:
            return 0
        return ((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds()

    @property
    def fetched(self) -> int:
        """Responses received."""
        return sum(self.of_kind("status").values())

    @property
    def errors(self) -> int:
        """Failures, without deleted and deferred pages."""
        return sum(
            count
            for name, count in self.counts.items()
            if name.startswith("failed/") and not name.startswith(NOT_ERRORS)
        )

    def of_kind(self, kind: str) -> dict[str, int]:
        """Return the counts of a kind: ``status``, ``failed``, ``dropped``."""
        prefix = f"{kind}/"
        return {
            name.removeprefix(prefix): count
            for name, count in sorted(self.counts.items())
            if name.startswith(prefix)
        }


def _run_stats(crawl: Crawl) -> RunStats:
    try:
        recorder = crawl.get_extension(RunRecorder)
    except RuntimeError:  # not started yet
        return RunStats()
    return recorder.current_stats() if recorder else RunStats()
