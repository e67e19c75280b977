"""Kill the crawl at any moment, again and again, and count what is lost, doubled, fetched twice.

All outlets crawl the newsstand at the same time, each a process of its own, and are killed with
SIGKILL at moments spread over the whole work; then a last run ends it. ``python3 -m bench kills``
does so 50 times over 2,500 articles, the test suite a few times over fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from crawler.newsstand.server import serving

ROOT = Path(__file__).resolve().parent.parent
OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")
KILLS, ARTICLES = 50, 2_500
AGAIN = 1.1
"""Whole answers to what had been answered whole before, as a share of the articles, at the most."""
LAST_RUNS = 5
"""Runs after the last kill at the most: a page that fails too often in one is left for the next."""
STALL = 6.0
"""Seconds for which the newsstand holds an answer back; a crawl waits for half of them."""
PATIENCE = 60
"""Seconds after which a kill comes that waits for progress in vain."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the store holds in the end, against what a perfect crawl yields."""

    gold: int
    lost: int
    twice: int
    foreign: int
    """Stored, and not in the gold."""
    kills: int
    killed: int
    """Processes that a kill really ended; the others were done."""
    last_runs: int
    again: Counter[str]
    """Whole answers to what had been answered whole before, by kind of page."""

    @property
    def is_well(self) -> bool:
        is_right = not (self.lost or self.twice or self.foreign)
        return is_right and self.again.total() <= AGAIN * self.gold


def main(arguments: list[str]) -> int:
    """Print the result; 1 where something is lost, doubled, or fetched twice too often."""
    parser = argparse.ArgumentParser(prog="python3 -m bench kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="the newsstand misbehaves, too")
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="kills-") as folder:
        result = kills(
            Path(folder), options.kills, options.articles, seed=options.seed, faults=options.faults
        )
    print(f"{result.gold} articles, {result.kills} kills of {result.killed} processes, "
          f"{result.last_runs} runs to the end")  # fmt: skip
    print(f"lost {result.lost}, stored twice {result.twice}, not in the gold {result.foreign}")
    kinds = ", ".join(f"{kind} {number}" for kind, number in result.again.most_common())
    total = result.again.total()
    print(f"answered whole again {total} ({total / result.gold:.2f} an article, at most {AGAIN})")
    print(f"of them {kinds or 'none'}")
    return 0 if result.is_well else 1


def kills(
    folder: Path, number: int, articles: int, *, seed: int = 1, faults: bool = False
) -> Result:
    """Crawl with so many kills; ``folder`` gets store, gold and journal."""
    rng = Random(seed)  # noqa: S311 - no secret
    gold, journal, store = folder / "gold.jsonl", folder / "journal.jsonl", folder / "store.db"
    each = -(-articles // len(OUTLETS))
    with serving(seed=seed, articles=each, gold=gold, journal=journal, faults=faults,
                 stall=STALL) as proxy:  # fmt: skip
        wanted = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
        ended = 0
        for progress in sorted(rng.random() for _ in range(number)):
            crawls = [_crawl(outlet, store, proxy, folder) for outlet in OUTLETS]
            _wait(crawls, store, int(progress * len(wanted)), rng.random())
            ended += sum(_kill(crawl) for crawl in crawls)
        runs = 0
        while runs < LAST_RUNS and (not runs or _is_unfinished(store)):
            runs += 1
            for crawl in [_crawl(outlet, store, proxy, folder) for outlet in OUTLETS]:
                crawl.wait()
    # which of an article's addresses is its own is decided by the order in which they come
    own = {url: page["canonical_url"] for page in wanted for url in _addresses(page)}
    found = Counter(own.get(url, "") for url in _stored(store))
    return Result(
        gold=len(wanted),
        lost=sum(not found[page["canonical_url"]] for page in wanted),
        twice=sum(found[page["canonical_url"]] > 1 for page in wanted),
        foreign=found[""],
        kills=number,
        killed=ended,
        last_runs=runs,
        again=_again(journal),
    )


def _crawl(outlet: str, store: Path, proxy: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "scrapy", "crawl", outlet, "-a", "since=2000-01-01"]
    settings = (
        "DOWNLOAD_DELAY=0",
        "REQUEST_BUDGET=0",
        f"DOWNLOAD_TIMEOUT={STALL / 2}",
        f"DATABASE_URL=sqlite:///{store}",
    )
    command += [part for setting in settings for part in ("-s", setting)]
    with (folder / f"{outlet}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def _wait(crawls: Sequence[subprocess.Popen[bytes]], store: Path, stored: int, more: float) -> None:
    """Until so many are stored and a moment more, the crawls are done, or patience is at an end."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(crawl.poll() is None for crawl in crawls):
        if len(_stored(store)) >= stored:
            time.sleep(2 * more)  # of a crawl that only begins it is often the beginning
            return
        time.sleep(0.05)


def _kill(crawl: subprocess.Popen[bytes]) -> bool:
    crawl.send_signal(signal.SIGKILL)
    return crawl.wait() == -signal.SIGKILL


def _addresses(page: dict[str, Any]) -> list[str]:
    return [page["canonical_url"], *page["aliases"]]


def _stored(store: Path) -> list[str]:
    return _rows(store, "SELECT canonical_url FROM article")


def _is_unfinished(store: Path) -> bool:
    due = (
        "SELECT outlet FROM page WHERE due_at <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
        " AND (outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'outside'))"
    )
    return bool(_rows(store, due) or _rows(store, "SELECT outlet FROM walk"))


def _rows(store: Path, query: str) -> list[str]:
    """The first column; nothing as long as there is no table."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(store)) as database:
        return [row[0] for row in database.execute(query)]
    return []


def _again(journal: Path) -> Counter[str]:
    answered: set[str] = set()
    again: Counter[str] = Counter()
    for line in journal.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["whole"]:
            again[entry["kind"]] += entry["address"] in answered
            answered.add(entry["address"])
    return +again
