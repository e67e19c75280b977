"""Kills crawls at random moments, and counts articles lost, stored twice or fetched again.

All outlets crawl the newsstand at the same time, each as a process, and are killed with SIGKILL at
moments spread over the whole work; a last run finishes it. ``python3 -m bench kills`` does so 50
times over 2,500 articles, the test suite a few times over fewer.
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

from bench import ROOT
from bench.trials.crawls import ARCHIVE, STALL, Held, crawl, held, is_unfinished, rows, stored
from bench.trials.postgresql import Server, running_server
from crawler.archive.verify import verify
from crawler.store import open_store
from newsstand.server import serving

OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")
KILLS, ARTICLES = 50, 2_500
AGAIN = 1.1
"""Maximum complete responses to requests that were answered completely before, as a share of the
articles."""
LAST_RUNS = 5
"""Maximum runs after the last kill: a page that fails too often in one run is left for the next."""
PATIENCE = 60
"""Seconds without progress after which a kill comes anyway."""


@dataclass(frozen=True, slots=True)
class Result:
    """The final store, compared with a perfect crawl."""

    held: Held
    kills: int
    killed: int
    """Processes that a kill ended; the others had finished."""
    last_runs: int
    again: Counter[str]
    """Complete responses to requests that were answered completely before, by kind of page."""
    kept: int
    """Revisions with a record in the archive."""
    unkept: list[str]
    """Problems of the archive, and revisions without a record, one sentence each."""

    @property
    def is_well(self) -> bool:
        """True if the store is right, few pages were fetched again, and the archive is complete."""
        is_polite = self.again.total() <= AGAIN * self.held.gold
        return self.held.is_right and is_polite and not self.unkept


def main(arguments: list[str]) -> int:
    """Print the result. Returns 1 if articles are lost, doubled, or fetched again too often."""
    parser = argparse.ArgumentParser(prog="python3 -m bench kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faults", action="store_true", help="the newsstand injects faults as well"
    )
    parser.add_argument(
        "--postgresql", action="store_true", help="the store in a server that is killed as well"
    )
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="kills-")
        server = stack.enter_context(running_server()) if options.postgresql else None
        result = kill_test(
            Path(stack.enter_context(folder)),
            options.kills,
            options.articles,
            seed=options.seed,
            faults=options.faults,
            server=server,
        )
    outcome = result.held
    print(f"{outcome.gold} articles, {result.kills} kills of {result.killed} processes, "
          f"{result.last_runs} runs to the end")  # fmt: skip
    print(outcome)
    kinds = ", ".join(f"{kind} {number}" for kind, number in result.again.most_common())
    total = result.again.total()
    print(f"fetched again {total} ({total / outcome.gold:.2f} per article, at most {AGAIN})")
    print(f"of them {kinds or 'none'}")
    print(f"archive: {result.kept} versions with a whole record, {len(result.unkept)} problems")
    for sentence in result.unkept:
        print(sentence)
    return 0 if result.is_well else 1


def kill_test(
    folder: Path,
    number: int,
    articles: int,
    *,
    seed: int = 1,
    faults: bool = False,
    server: Server | None = None,
) -> Result:
    """Crawl with ``number`` kills; ``folder`` gets store, gold and journal.

    A PostgreSQL ``server`` holds the store if given, and is killed before every second kill of the
    crawls.
    """
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
    """Wait until ``enough`` articles are stored and a moment more, or the crawls end."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(process.poll() is None for process in crawls):
        if len(stored(store)) >= enough:
            time.sleep(2 * more)  # kill points early in a crawl are common
            return
        time.sleep(0.05)


def _kill(process: subprocess.Popen[bytes]) -> bool:
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _kept(url: str, archive: Path) -> tuple[int, list[str]]:
    """Return how many revisions the archive holds, and its problems."""
    with open_store(url) as store:
        checks = [verify(store, archive, outlet) for outlet in OUTLETS]
    bare = rows(url, "SELECT url FROM article_version WHERE warc_location IS NULL")
    wrong = [sentence for check in checks for sentence in check.problems + check.notes]
    return sum(check.versions for check in checks), wrong + [f"{url} has no record" for url in bare]


def _again(journal: Path) -> Counter[str]:
    answered: set[str] = set()
    again: Counter[str] = Counter()
    for line in journal.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["whole"]:
            again[entry["kind"]] += entry["address"] in answered
            answered.add(entry["address"])
    return +again
