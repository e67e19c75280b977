"""How many pages a second the whole way takes, into the store, against a bare Scrapy spider.

``python3 -m bench throughput`` lets each outlet crawl its newsstand paper and then a bare spider
fetch the same addresses, one after the other, round after round. The newsstand is a process of its
own that keeps its answers, so that each crawl has a core to itself; delays are off.
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

from bench.crawls import ROOT
from bench.identity import end, through
from bench.prints import prints
from bench.stall import stall
from crawler.store import open_store
from crawler.store.frontier import pages
from crawler.store.frontier.pages import STORED, DiscoveredPage, VisitResult
from newsstand.gold import ADDRESS
from pipelines.dedupe import Dedupe
from pipelines.store import SaveArticle

ARTICLES, ROUNDS = 400, 3
EARLIER = "2026-01-01T00:00:00Z"
FIRST_MARK, AIM = 0.35, 0.5
"""Pages a second, as a share of the bare spider's."""
FULL = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "REQUEST_BUDGET=0",
        "CONCURRENT_REQUESTS=16", "CONCURRENT_REQUESTS_PER_DOMAIN=8")  # fmt: skip
"""As fast as the bare spider may: Scrapy's defaults."""


@dataclass(slots=True)
class Pace:
    """Pages a second, round by round."""

    whole: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        return statistics.median(self.whole) / statistics.median(self.bare)


def main(arguments: list[str]) -> int:
    """Print a line an outlet; 1 where their mean misses the first mark."""
    parser = argparse.ArgumentParser(prog="python3 -m bench throughput", description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES, help="ordinary ones an outlet")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--known", type=int, default=0, help="articles in the store beforehand")
    parser.add_argument("--outlet", choices=ADDRESS, action="append", help="all without it")
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    shares = []
    with (
        tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="throughput-") as folder,
        stall(options.articles) as proxy,
    ):
        for outlet in options.outlet or ADDRESS:
            pace = measured(outlet, proxy, Path(folder), options.rounds, options.known)
            shares.append(pace.share)
            whole, bare = statistics.median(pace.whole), statistics.median(pace.bare)
            print(
                f"{outlet:<13} {whole:6.1f} pages a second, bare {bare:6.1f}: {pace.share:.2f}",
                flush=True,
            )
    share = statistics.mean(shares)
    print(f"\n{share:.2f} of the bare spider's (first mark {FIRST_MARK}, aim {AIM})")
    return 0 if share >= FIRST_MARK else 1


def measured(outlet: str, proxy: str, folder: Path, rounds: int, known: int = 0) -> Pace:
    """Rounds after a first one in which the newsstand writes its answers."""
    pace, addresses, before = Pace(), folder / f"{outlet}.txt", folder / f"{outlet}.db"
    if known:
        fill(before, outlet, known)
    for number in range(rounds + 1):
        store = folder / f"{outlet}-{number}.db"
        if known:
            copyfile(before, store)
        settings = [
            part for one in (*FULL, f"DATABASE_URL=sqlite:///{store}") for part in ("-s", one)
        ]
        whole = paced(
            "-m", "scrapy", "crawl", outlet, "-a", "since=2000-01-01", *settings, proxy=proxy
        )
        if number == 0:
            with closing(sqlite3.connect(store)) as database:
                found = database.execute("SELECT url FROM page WHERE found_at > ?", [EARLIER])
                urls = [url for (url,) in found]
            addresses.write_text("\n".join(urls), "utf-8")
        bare = paced("-m", "bench.bare", str(addresses), proxy=proxy)
        if number:
            pace.whole.append(whole)
            pace.bare.append(bare)
    return pace


def fill(file: Path, outlet: str, known: int) -> None:
    """A store in which so many articles of the outlet were found before, and stored."""
    with open_store(f"sqlite:///{file}") as store:
        take = through(Dedupe(store, end), SaveArticle(store, end))
        for article in islice(prints(), known):
            url, date = article.canonical_url, article.date_published
            take(replace(article, outlet=outlet))
            with store.writing() as connection:
                pages.record(connection, outlet, [DiscoveredPage(url, url, {}, date)], EARLIER)
                answer = VisitResult(url, STORED, None, date, 0, EARLIER, None)
                pages.record_results(connection, [answer])


def paced(*command: str, proxy: str) -> float:
    """Pages a second of a crawl, by Scrapy's own stats: without its start."""
    run = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
        capture_output=True,
        text=True,
        check=False,  # it says what it thinks of the papers' traps
    )
    pages, seconds = (
        stat(run.stderr, name) for name in ("response_received_count", "elapsed_time_seconds")
    )
    return pages / seconds


def stat(log: str, name: str) -> float:
    found: Sequence[str] = re.findall(rf"'{name}': ([\d.]+)", log)
    return float(found[-1])
