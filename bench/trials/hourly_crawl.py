"""Hourly crawls over two days, in which articles appear, are edited and vanish.

``python3 -m bench hours`` lets 48 hours pass at the newsstand and crawls every outlet each hour,
under the newsstand's own time; the test suite does a few. Requests are counted in the newsstand's
journal, results in the store.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench import ROOT
from bench.trials.frozen_time import crawl_at
from crawler.crawl.frontier.schedule import next_look, read_ages
from crawler.dates.period import end_of
from crawler.dates.utc import format_utc
from newsstand.clock import Happening
from newsstand.content import KST
from newsstand.gold import ADDRESS
from newsstand.server import beside
from newsstand.server_state import NewsstandState

START = datetime(2026, 3, 11, 6, tzinfo=KST)
HOURS, PER_HOUR = 48, 2.0
AGES = "3h, 1d, 7d"
STORED = (
    "SELECT article.*, address.first_seen AS fetched_first FROM article"
    " JOIN address USING (canonical_url)"
)
NEW_ONES, LISTS = 1.05, 1.2
"""Maximum requests per new article, and list requests per section and run."""


@dataclass(slots=True)
class Result:
    """Cost and results of two days, without the first run of each outlet."""

    runs: int = 0
    new: int = 0
    """Articles that appeared."""
    requests: Counter[str] = field(default_factory=Counter)
    """Requests by kind: ``article``, ``revisit``, ``list``, ``feed``, ``robots``."""
    missed: list[str] = field(default_factory=list)
    """Articles that appeared and are not stored, edits and removals not found in time."""
    seen: Counter[str] = field(default_factory=Counter)
    """Edits and removals that were due and found."""

    @property
    def articles_each(self) -> float:
        """Requests per new article."""
        return self.requests["article"] / max(1, self.new)

    @property
    def lists_each(self) -> float:
        """List requests per run."""
        return self.requests["list"] / max(1, self.runs)

    @property
    def is_well(self) -> bool:
        """True if the requests are within the bounds and nothing is missed."""
        return self.articles_each <= NEW_ONES and self.lists_each <= LISTS and not self.missed


def main(arguments: list[str]) -> int:
    """Print the result. Returns 1 for too many requests or a missed change."""
    parser = argparse.ArgumentParser(prog="python3 -m bench hours", description=__doc__)
    parser.add_argument("--hours", type=int, default=HOURS)
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="hours-") as folder:
        result = hourly_crawl(Path(folder), options.hours, ADDRESS)
    print(f"{result.runs} runs, {result.new} articles appeared; requests: {dict(result.requests)}")
    print(f"{result.articles_each:.2f} requests per new article (at most {NEW_ONES}), "
          f"{result.lists_each:.2f} for lists per section and run (at most {LISTS})")  # fmt: skip
    print(f"found in time: {dict(result.seen)}; missed: {result.missed or 'nothing'}")
    return 0 if result.is_well else 1


def hourly_crawl(folder: Path, number: int, outlets: Iterable[str], articles: int = 60) -> Result:
    """Crawl the outlets every hour; ``folder`` gets the store."""
    result, store, journal = Result(), folder / "store.db", folder / "journal.jsonl"
    stand = NewsstandState(1, START, articles, hours=number + 1, per_hour=PER_HOUR)
    with beside(stand, START, journal) as proxy:
        for outlet in outlets:
            _crawl(outlet, stand, store, proxy)
        first_runs = len(_kinds(journal))
        for _ in range(number):
            stand.step()
            stand.turn()
            for outlet in outlets:
                result.requests["revisit"] += _crawl(outlet, stand, store, proxy)
                result.runs += 1
    result.requests.update(_kinds(journal)[first_runs:])
    result.requests["article"] -= result.requests["revisit"]
    with closing(sqlite3.connect(store)) as database:
        database.row_factory = sqlite3.Row
        stored = {row["canonical_url"]: row for row in database.execute(STORED)}
    gone = {
        happening.post.number: happening.at
        for happening in stand.happened
        if happening.what == "vanished"
    }
    for happening in stand.happened:
        if happening.outlet in set(outlets):
            _judge(happening, stored, gone.get(happening.post.number, stand.now), stand.now, result)
    return result


def _kinds(journal: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in journal.read_text("utf-8").splitlines()]


def _judge(
    happening: Happening, stored: dict[str, Any], gone: datetime, now: datetime, result: Result
) -> None:
    """Check that a change was found in time.

    An article that lists show late, below newer rows, is due within a day and an hour, unless it
    has ``gone`` before.
    """
    url = ADDRESS[happening.outlet].format(happening.post.number)
    row = stored.get(url)
    if happening.what == "appeared":
        result.new += row is not None
        patience = timedelta(days=1, hours=1) if happening.late else timedelta(0)
        if row is None and happening.at + patience <= min(now, gone):
            result.missed.append(f"{url} appeared {happening.at}")
        return
    if (
        row is None
        or happening.what not in ("edited", "vanished")
        or row["fetched_first"] > format_utc(happening.at)
    ):
        return  # the crawl has not seen it before
    due = next_look(read_ages(AGES), end_of(row["date_published"]), happening.at)
    if due is None or due + timedelta(hours=1) > now:
        return
    is_found = row["revision"] > 1 if happening.what == "edited" else row["gone_at"] is not None
    if is_found or (happening.what == "edited" and row["gone_at"]):
        result.seen[happening.what] += 1
    else:
        result.missed.append(f"{url} {happening.what} {happening.at}, due {due}")


def _crawl(outlet: str, stand: NewsstandState, store: Path, proxy: str) -> int:
    """Run one crawl at the newsstand's time; return its number of revisits."""
    done = crawl_at(outlet, stand.now, store, proxy, f"REVISIT_AGES={AGES}")
    if done.returncode:
        raise RuntimeError(f"{outlet}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    revisits = re.search(r"'malgeum/revisits': (\d+)", done.stderr)
    return int(revisits[1]) if revisits else 0
