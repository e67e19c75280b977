"""Statistics of a run, which can be added up over runs and are stored as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from crawler.article import Article
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, SIZES, UNWANTED

PEAKS = ("memory",)
"""Counts of which a sum of runs has the maximum."""


@dataclass(slots=True)
class Size:
    """Sums of the logarithm of a size over articles: doubling counts the same at any size."""

    number: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: int) -> None:
        """Count the size of one article."""
        logarithm = math.log(max(1, value))
        self.number += 1
        self.total += logarithm
        self.squares += logarithm * logarithm

    def __iadd__(self, other: Size) -> Self:
        self.number += other.number
        self.total += other.total
        self.squares += other.squares
        return self


@dataclass(slots=True)
class RunStats:
    """Statistics of one run, or of several.

    ``counts`` by name: ``requests``, ``bytes``, ``seconds``, ``memory`` (peak, in bytes),
    ``lists``, ``new``, ``changed``, ``duplicates``, ``known``, ``revisits``, ``gone``, and
    by kind ``status/200``, ``failed/blocked``, ``dropped/NoBody``, ``rule/weather-strip``.

    ``have``: new articles that have a field, by field. ``sizes`` by name. ``examples``: the last
    URL by problem, such as ``date_published`` (if it is missing), ``NoBody``, ``blocked``.
    """

    counts: Counter[str] = field(default_factory=Counter)
    have: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, Size] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON of :meth:`as_json`; a missing key counts as 0."""
        return cls(
            Counter(stored.get("counts", {})),
            Counter(stored.get("have", {})),
            {name: Size(**size) for name, size in stored.get("sizes", {}).items()},
            dict(stored.get("examples", {})),
        )

    @classmethod
    def total(cls, runs: Iterable[RunStats]) -> Self:
        """Return the sum; of examples the last."""
        whole = cls()
        for stats in runs:
            whole.add(stats)
        return whole

    def add(self, other: RunStats) -> None:
        """Add the statistics of another run."""
        peaks = {name: max(self.counts[name], other.counts[name]) for name in PEAKS}
        self.counts.update(other.counts)
        self.counts.update({name: peak - self.counts[name] for name, peak in peaks.items()})
        self.have.update(other.have)
        self.examples.update(other.examples)
        for name, size in other.sizes.items():
            own = self.sizes.setdefault(name, Size())
            own += size

    def add_article(self, article: Article) -> None:
        """Count a stored article: a new one, or a revision."""
        if article.revision > 1:
            self.counts["changed"] += 1
            self.examples["changed"] = article.url
            return
        self.counts["new"] += 1
        self.counts["duplicates"] += article.duplicate_of is not None
        for name, measure in FIELD_COVERAGE.items():
            has = measure(article)
            self.have[name] += has
            if has == (name in UNWANTED):
                self.examples[name] = article.url
        for name, size in SIZES.items():
            self.sizes.setdefault(name, Size()).add(size(article))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON for the store."""
        return {
            "counts": {name: count for name, count in sorted(self.counts.items()) if count},
            "have": dict(self.have),
            "sizes": {name: asdict(size) for name, size in self.sizes.items()},
            "examples": dict(self.examples),
        }
