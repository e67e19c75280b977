"""What a run counted, in a form that can be added up over many runs and kept as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from crawler.article import Article
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, SIZES, UNWANTED

GREATEST = ("memory",)
"""Counts of which the greatest is kept where runs are added up."""


@dataclass(slots=True)
class Size:
    """How large something is in each of many articles, as logarithms: a doubling weighs the same
    everywhere."""

    number: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: int) -> None:
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
    """``counts`` by name: ``requests``, ``bytes``, ``seconds``, ``memory`` (bytes at the peak),
    ``lists``, ``new``, ``changed``, ``duplicates``, ``known``, ``revisits``, ``gone``, and
    by kind ``status/200``, ``failed/blocked``, ``dropped/NoBody``, ``rule/weather-strip``.

    ``have`` by measure: how many new articles have it. ``examples``: the last address by what is
    wrong there: ``date_published``, where it is missing, ``NoBody``, ``blocked``.
    """

    counts: Counter[str] = field(default_factory=Counter)
    have: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, Size] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From JSON; what is not there was not counted."""
        return cls(
            Counter(kept.get("counts", {})),
            Counter(kept.get("have", {})),
            {name: Size(**size) for name, size in kept.get("sizes", {}).items()},
            dict(kept.get("examples", {})),
        )

    @classmethod
    def total(cls, tallies: Iterable[RunStats]) -> Self:
        """All of them together; the last's examples win."""
        whole = cls()
        for one in tallies:
            whole.add(one)
        return whole

    def add(self, other: RunStats) -> None:
        greatest = {name: max(self.counts[name], other.counts[name]) for name in GREATEST}
        self.counts.update(other.counts)
        self.counts.update({name: most - self.counts[name] for name, most in greatest.items()})
        self.have.update(other.have)
        self.examples.update(other.examples)
        for name, size in other.sizes.items():
            here = self.sizes.setdefault(name, Size())
            here += size

    def take(self, article: Article) -> None:
        """Count an article that is stored: a new one, or another text of an old one."""
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

    def kept(self) -> dict[str, Any]:
        """For the store, as JSON."""
        return {
            "counts": {name: count for name, count in sorted(self.counts.items()) if count},
            "have": dict(self.have),
            "sizes": {name: asdict(size) for name, size in self.sizes.items()},
            "examples": dict(self.examples),
        }
