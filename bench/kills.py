"""Kill the crawl at any moment, again and again, and count what is lost, doubled, fetched twice.

All outlets crawl the newsstand at the same time, each a process of its own, and are killed with
SIGKILL at moments spread over the whole work; then a last run ends it. ``python3 -m bench kills``
does so 50 times over 2,500 articles, the test suite a few times over fewer.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.crawls import ARCHIVE, ROOT, STALL, Held, crawl, held, is_unfinished, rows, stored
from bench.postgresql import Server, running_server
from crawler.archive.verify import verify
from crawler.store import open_store
from newsstand.server import serving

OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")
KILLS, ARTICLES = 50, 2_500
AGAIN = 1.1
"""Whole answers to what had been answered whole before, as a share of the articles, at the most."""
LAST_RUNS = 5
"""Runs after the last kill at the most: a page that fails too often in one is left for the next."""
PATIENCE = 60
"""Seconds after which a kill comes that waits for progress in vain."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the store holds in the end, against what a perfect crawl yields."""

    held: Held
    kills: int
    killed: int
    """Processes that a kill really ended; the others were done."""
    last_runs: int
    again: Counter[str]
    """Whole answers to what had been answered whole before, by kind of page."""
    kept: int
    """Versions of articles with a record in the archive."""
    unkept: list[str]
    """What is wrong with the archive, and versions without a record, a sentence each."""

    @property
    def is_well(self) -> bool:
        is_polite = self.again.total() <= AGAIN * self.held.gold
        return self.held.is_right and is_polite and not self.unkept


def main(arguments: list[str]) -> int:
    """Print the result; 1 where something is lost, doubled, or fetched twice too often."""
    parser = argparse.ArgumentParser(prog="python3 -m bench kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="the newsstand misbehaves, too")
    parser.add_argument(
        "--postgresql", action="store_true", help="the store in a server that is killed as well"
    )
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="kills-")
        server = stack.enter_context(running_server()) if options.postgresql else None
        result = kills(
            Path(stack.enter_context(folder)),
            options.kills,
            options.articles,
            seed=options.seed,
            faults=options.faults,
            server=server,
        )
    found = result.held
    print(f"{found.gold} articles, {result.kills} kills of {result.killed} processes, "
          f"{result.last_runs} runs to the end")  # fmt: skip
    print(found)
    kinds = ", ".join(f"{kind} {number}" for kind, number in result.again.most_common())
    total = result.again.total()
    print(f"answered whole again {total} ({total / found.gold:.2f} an article, at most {AGAIN})")
    print(f"of them {kinds or 'none'}")
    print(f"archive: {result.kept} versions with a whole record, {len(result.unkept)} problems")
    for sentence in result.unkept:
        print(sentence)
    return 0 if result.is_well else 1


def kills(
    folder: Path,
    number: int,
    articles: int,
    *,
    seed: int = 1,
    faults: bool = False,
    server: Server | None = None,
) -> Result:
    """Crawl with so many kills; ``folder`` gets store, gold and journal. With a PostgreSQL
    ``server``, that has the store and is killed too, before every second kill of the crawls."""
    rng = Random(seed)  # noqa: S311 - no secret
    gold, journal = folder / "gold.jsonl", folder / "journal.jsonl"
    store = server.database() if server else f"sqlite:///{folder}/store.db"
    each = -(-articles // len(OUTLETS))
    with serving(seed=seed, articles=each, gold=gold, journal=journal, faults=faults,
                 stall=STALL) as proxy:  # fmt: skip
        wanted = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
        ended = 0
        for at, progress in enumerate(sorted(rng.random() for _ in range(number))):
            crawls = [crawl(outlet, store, proxy, folder) for outlet in OUTLETS]
            _wait(crawls, store, int(progress * len(wanted)), rng.random())
            if server and at % 2 == 0:
                server.restart("immediate")
                _wait(crawls, store, int(progress * len(wanted)) + 1, rng.random())
            ended += sum(_kill(process) for process in crawls)
        runs = 0
        while runs < LAST_RUNS and (not runs or is_unfinished(store)):
            runs += 1
            for process in [crawl(outlet, store, proxy, folder) for outlet in OUTLETS]:
                process.wait()
    kept, unkept = _kept(store, folder / ARCHIVE)
    return Result(
        held=held(gold, store, OUTLETS),
        kills=number,
        killed=ended,
        last_runs=runs,
        again=_again(journal),
        kept=kept,
        unkept=unkept,
    )


def _wait(crawls: Sequence[subprocess.Popen[bytes]], store: str, enough: int, more: float) -> None:
    """Until so many are stored and a moment more, the crawls are done, or patience is at an end."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(process.poll() is None for process in crawls):
        if len(stored(store)) >= enough:
            time.sleep(2 * more)  # of a crawl that only begins it is often the beginning
            return
        time.sleep(0.05)


def _kill(process: subprocess.Popen[bytes]) -> bool:
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _kept(url: str, archive: Path) -> tuple[int, list[str]]:
    """How many versions the archive holds, and what is wrong with it."""
    with open_store(url) as store:
        found = [verify(store, archive, outlet) for outlet in OUTLETS]
    bare = rows(url, "SELECT url FROM article_version WHERE warc_location IS NULL")
    wrong = [sentence for one in found for sentence in one.problems + one.notes]
    return sum(one.versions for one in found), wrong + [f"{url} has no record" for url in bare]


def _again(journal: Path) -> Counter[str]:
    answered: set[str] = set()
    again: Counter[str] = Counter()
    for line in journal.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["whole"]:
            again[entry["kind"]] += entry["address"] in answered
            answered.add(entry["address"])
    return +again
