"""One long crawl in which things go wrong: that all is stored once, in memory that does not grow.

``python3 -m bench soak`` lets one outlet crawl a newsstand paper of 20,000 articles that misbehaves
in every way that passes, and looks at the process's memory all the time.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.crawls import ROOT, Held, crawl, held, is_unfinished, rows
from newsstand.faults import PASSING
from newsstand.server import serving

OUTLET, ARTICLES = "gyeonggitv", 20_000
EARLY = 0.25
"""The share of the articles after which memory is looked at, to be compared with the end."""
GROWTH = 1.2
"""Times the peak of memory by then that the peak in the end may be."""
STALL = 2.0
"""Seconds for which an answer is held back; a crawl waits for half of them."""
FAULT_RATE = 0.02
FAULTS = tuple(name for name in PASSING if name not in {"firewall", "firewall-403", "ip-denied",
                                                        "ip-refused"})  # fmt: skip
"""Without those after which a run leaves the host alone: it is to be a long one."""
LAST_RUNS = 10
"""Runs after the first at the most: a page that fails too often in one is left for the next."""


@dataclass(slots=True)
class Result:
    """What the store holds, and what the first and longest run took."""

    held: Held
    runs: int = 0
    seconds: float = 0.0
    seen: list[tuple[int, float]] = field(default_factory=list)
    """Articles stored, and MB that the process held, as time went by."""

    def peak(self, articles: int) -> float:
        """The most memory by the time that so many articles were stored, in MB."""
        by_then = bisect_left(self.seen, (articles, 0.0)) + 1
        return max((megabytes for _, megabytes in self.seen[:by_then]), default=0.0)

    @property
    def growth(self) -> float:
        return self.peak(self.held.gold) / self.peak(int(EARLY * self.held.gold))

    @property
    def is_well(self) -> bool:
        return self.held.is_right and self.growth <= GROWTH


def main(arguments: list[str]) -> int:
    """Print the result; 1 where something is lost or doubled, or memory grows."""
    parser = argparse.ArgumentParser(prog="python3 -m bench soak", description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="soak-") as folder:
        result = soak(Path(folder), options.articles)
    found, early = result.held, int(EARLY * result.held.gold)
    print(f"{found.gold} articles in {result.seconds:.0f} seconds and {result.runs} runs: {found}")
    first, last = result.peak(early), result.peak(found.gold)
    print(f"peak of memory {first:.0f} MB at {early}, {last:.0f} MB at {found.gold}: "
          f"{result.growth:.2f} times (at most {GROWTH})")  # fmt: skip
    return 0 if result.is_well else 1


def soak(folder: Path, articles: int) -> Result:
    """Crawl so many; ``folder`` gets store, gold and log."""
    gold, store, seen = folder / "gold.jsonl", f"sqlite:///{folder}/store.db", []
    began, runs = time.monotonic(), 0
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
    return Result(held(gold, store, (OUTLET,)), runs, time.monotonic() - began, seen)


def _megabytes(process: int) -> float:
    try:
        return psutil.Process(process).memory_info().rss / 1024**2
    except psutil.Error:  # it ended meanwhile
        return 0.0
