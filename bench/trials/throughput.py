"""Pages per second of a crawl into the store, compared with a baseline Scrapy spider.

``python3 -m bench throughput`` lets each outlet crawl its newsstand site and then the baseline
spider fetch the same URLs, alternating for several rounds. The newsstand is a process of its own
with cached responses, so each crawl has a core to itself; delays are off.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from shutil import copyfile

from bench import ROOT
from bench.trials.cheap_server import cheap_server
from bench.trials.identity import end, through
from bench.trials.press_release_generator import generate_articles
from crawler.store import open_store
from crawler.store.frontier import pages
from crawler.store.frontier.pages import STORED, DiscoveredPage, VisitResult
from newsstand.gold import ADDRESS
from pipelines.dedupe import Dedupe
from pipelines.store import SaveArticle

ARTICLES, ROUNDS = 400, 3
EARLIER = "2026-01-01T00:00:00Z"
FIRST_TARGET, GOAL = 0.35, 0.5
"""Targets: pages per second as a share of the baseline spider's."""
FULL = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "REQUEST_BUDGET=0",
        "CONCURRENT_REQUESTS=16", "CONCURRENT_REQUESTS_PER_DOMAIN=8")  # fmt: skip
"""The baseline spider's concurrency: Scrapy's defaults."""


@dataclass(slots=True)
class Pace:
    """Pages per second, by round."""

    whole: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The crawl's median as a share of the baseline's."""
        return statistics.median(self.whole) / statistics.median(self.bare)


def main(arguments: list[str]) -> int:
    """Print a line per outlet. Returns 1 if their mean misses the first target."""
    parser = argparse.ArgumentParser(prog="python3 -m bench throughput", description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=ARTICLES, help="ordinary articles per outlet"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--known", type=int, default=0, help="articles in the store beforehand")
    parser.add_argument("--outlet", choices=ADDRESS, action="append", help="default: all")
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    shares = []
    with (
        tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="throughput-") as folder,
        cheap_server(options.articles) as proxy,
    ):
        for outlet in options.outlet or ADDRESS:
            pace = measured(outlet, proxy, Path(folder), options.rounds, options.known)
            shares.append(pace.share)
            whole, bare = statistics.median(pace.whole), statistics.median(pace.bare)
            print(
                f"{outlet:<13} {whole:6.1f} pages per second, bare {bare:6.1f}: {pace.share:.2f}",
                flush=True,
            )
    share = statistics.mean(shares)
    print(f"\n{share:.2f} of the baseline spider's (first target {FIRST_TARGET}, goal {GOAL})")
    return 0 if share >= FIRST_TARGET else 1


def measured(outlet: str, proxy: str, folder: Path, rounds: int, known: int = 0) -> Pace:
    """Measure some rounds, after a first one in which the newsstand renders its responses."""
    pace, addresses, before = Pace(), folder / f"{outlet}.txt", folder / f"{outlet}.db"
    if known:
        fill(before, outlet, known)
    for number in range(rounds + 1):
        store = folder / f"{outlet}-{number}.db"
        if known:
            copyfile(before, store)
        settings = [
            part
            for setting in (*FULL, f"DATABASE_URL=sqlite:///{store}")
            for part in ("-s", setting)
        ]
        whole = paced(
            "-m", "scrapy", "crawl", outlet, "-a", "since=2000-01-01", *settings, proxy=proxy
        )
        if number == 0:
            with closing(sqlite3.connect(store)) as database:
                rows = database.execute("SELECT url FROM page WHERE found_at > ?", [EARLIER])
                urls = [url for (url,) in rows]
            addresses.write_text("\n".join(urls), "utf-8")
        bare = paced("-m", "bench.trials.baseline_spider", str(addresses), proxy=proxy)
        if number:
            pace.whole.append(whole)
            pace.bare.append(bare)
    return pace


def fill(file: Path, outlet: str, known: int) -> None:
    """Make a store with ``known`` articles of the outlet, discovered before and stored."""
    with open_store(f"sqlite:///{file}") as store:
        process = through(Dedupe(), SaveArticle(store, end))
        for article in islice(generate_articles(), known):
            url, date = article.canonical_url, article.date_published
            process(replace(article, outlet=outlet))
            with store.writing() as connection:
                pages.record_discovered(
                    connection, outlet, [DiscoveredPage(url, url, {}, date)], EARLIER
                )
                result = VisitResult(url, STORED, None, date, 0, EARLIER, None)
                pages.record_results(connection, [result])


def paced(*command: str, proxy: str) -> float:
    """Return the pages per second of a crawl by Scrapy's own stats, without its start."""
    run = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
        capture_output=True,
        text=True,
        check=False,  # the outlets' edge cases give exit code 3
    )
    pages, seconds = (
        stat(run.stderr, name) for name in ("response_received_count", "elapsed_time_seconds")
    )
    return pages / seconds


def stat(log: str, name: str) -> float:
    """Return a value of Scrapy's stats from a log."""
    values: Sequence[str] = re.findall(rf"'{name}': ([\d.]+)", log)
    return float(values[-1])
