"""One long crawl with faults: every article must be stored once, in memory that does not grow.

``python3 -m bench soak`` crawls one newsstand outlet of 20,000 articles with every passing fault,
and samples the memory of the process all the time.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench import ROOT
from bench.trials.crawls import Held, crawl, held, is_unfinished, rows
from newsstand.faults import PASSING
from newsstand.server import serving

OUTLET, ARTICLES = "gyeonggitv", 20_000
EARLY = 0.25
"""The share of the articles after which the early memory peak is taken."""
GROWTH = 1.2
"""Maximum ratio of the final and the early peak of memory."""
STALL = 2.0
"""Seconds for which a stalled response is held; a crawl waits half as long."""
FAULT_RATE = 0.02
FAULTS = tuple(name for name in PASSING if name not in {"firewall", "firewall-403", "ip-denied",
                                                        "ip-refused"})  # fmt: skip
"""All passing faults except those after which a run leaves the host alone: the run must be long."""
LAST_RUNS = 10
"""Maximum runs after the first: a page that fails too often in one run is left for the next."""


@dataclass(slots=True)
class Result:
    """The final store, and the cost of the first and longest run."""

    held: Held
    runs: int = 0
    seconds: float = 0.0
    seen: list[tuple[int, float]] = field(default_factory=list)
    """Articles stored and MB of the process, over time."""

    def peak(self, articles: int) -> float:
        """Return the peak of memory in MB until so many articles were stored."""
        by_then = bisect_left(self.seen, (articles, 0.0)) + 1
        return max((megabytes for _, megabytes in self.seen[:by_then]), default=0.0)

    @property
    def growth(self) -> float:
        """The ratio of the final and the early peak."""
        return self.peak(self.held.gold) / self.peak(int(EARLY * self.held.gold))

    @property
    def is_well(self) -> bool:
        """True if the store is right and memory does not grow."""
        return self.held.is_right and self.growth <= GROWTH


def main(arguments: list[str]) -> int:
    """Print the result. Returns 1 if an article is lost or stored twice, or memory grows."""
    parser = argparse.ArgumentParser(prog="python3 -m bench soak", description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="soak-") as folder:
        result = soak(Path(folder), options.articles)
    outcome, early = result.held, int(EARLY * result.held.gold)
    print(
        f"{outcome.gold} articles in {result.seconds:.0f} seconds and {result.runs} runs: {outcome}"
    )
    first, last = result.peak(early), result.peak(outcome.gold)
    print(f"peak of memory {first:.0f} MB at {early}, {last:.0f} MB at {outcome.gold}: "
          f"{result.growth:.2f} times (at most {GROWTH})")  # fmt: skip
    return 0 if result.is_well else 1


def soak(folder: Path, articles: int) -> Result:
    """Crawl so many articles; ``folder`` gets store, gold and log."""
    gold, store, seen = folder / "gold.jsonl", f"sqlite:///{folder}/store.db", []
    started, runs = time.monotonic(), 0
    with serving(
        articles=articles, gold=gold, faults=FAULTS, fault_rate=FAULT_RATE, stall=STALL
    ) as proxy:
        while runs <= LAST_RUNS and (not runs or is_unfinished(store)):
            process = crawl(OUTLET, store, proxy, folder, stall=STALL)
            while process.poll() is None:
                stored = rows(store, "SELECT count(*) FROM article")
                if not runs and stored:
                    seen.append((stored[0], _megabytes(process.pid)))
                time.sleep(0.2)
            runs += 1
    return Result(held(gold, store, (OUTLET,)), runs, time.monotonic() - started, seen)


def _megabytes(process: int) -> float:
    try:
        return psutil.Process(process).memory_info().rss / 1024**2
    except psutil.Error:  # the process has ended
        return 0.0
