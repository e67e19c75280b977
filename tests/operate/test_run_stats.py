"""Run statistics: every crawl records its counts and its end in the store."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crawler import __version__
from crawler.operate.run_stats.counts import stats_from_crawl
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE
from crawler.operate.run_stats.stats import RunStats
from crawler.store import open_store
from crawler.store.runs.runs import KILLED, Run, runs_of
from newsstand.server import serving
from tests.support.newsstand_crawl import Stand
from tests.support.paths import ROOT
from tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("record")
    with serving(seed=7, articles=12, gold=folder / "gold.jsonl") as proxy:
        yield Stand(proxy, folder / "store.db", [])


def rows(database: Path) -> list[Run]:
    with open_store(f"sqlite:///{database}") as store:
        return runs_of(store)


def test_a_run_is_remembered_with_what_it_counted(stand: Stand) -> None:
    assert stand.crawl("gosiweek", "-a", "since=60d").returncode == 0
    assert stand.crawl("gosiweek", "-a", "since=60d").returncode == 0
    first, second = rows(stand.database)[-2:]
    assert (first.outlet, first.command, first.arguments) == ("gosiweek", "crawl", {"since": "60d"})
    assert (first.finish_reason, first.exit_code, first.version) == ("finished", 0, __version__)
    assert first.started_at <= (first.ended_at or "") <= second.started_at
    tally = RunStats.read(first.stats)
    stored = list(stand.stored("gosiweek").values())
    assert tally.counts["new"] == tally.counts["stored"] == len(stored)
    assert tally.counts["requests"] == sum(
        count for name, count in tally.counts.items() if name.startswith("status/")
    )
    assert tally.counts["bytes"] > 10_000
    assert tally.counts["memory"] > 50_000_000
    for name in ("headline", "date_published", "byline_raw", "alternative_headline"):
        assert tally.have[name] == sum(row[name] is not None for row in stored), name
    assert tally.sizes["characters"].number == len(stored)
    assert set(tally.have) == set(FIELD_COVERAGE)
    again = RunStats.read(second.stats)
    assert again.counts["new"] == 0
    assert again.counts["known"] > 0
    assert not again.have


def test_a_run_that_another_one_keeps_out_is_remembered_as_locked(stand: Stand) -> None:
    with open_store(f"sqlite:///{stand.database}") as store:
        before = len(runs_of(store))
        script = (
            "import sys; from crawler.store import open_store; from crawler.store.frontier.outlet_lock import Lease\n"
            f"Lease(open_store('sqlite:///{stand.database}'), 'papns').acquire()\n"
            "print('held', flush=True); sys.stdin.read()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stdin=-1, stdout=-1, text=True
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert stand.crawl("papns").returncode == 7
        holder.communicate("")
        assert len(runs_of(store)) == before  # it ended before it began


def test_a_killed_run_is_told_as_killed_and_the_next_says_so_for_good(stand: Stand) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "gyeonggitv", "-a", "since=60d"]
    command += ["-s", f"DATABASE_URL=sqlite:///{stand.database}", "-s", "DOWNLOAD_DELAY=0.5"]
    proxies = {"http_proxy": stand.proxy, "https_proxy": stand.proxy, "no_proxy": ""}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | proxies, stderr=-3) as run:
        wait_for(lambda: any(one.outlet == "gyeonggitv" for one in rows(stand.database)))
        assert rows(stand.database)[-1].finish_reason is None
        run.send_signal(signal.SIGKILL)
    assert rows(stand.database)[-1].finish_reason == KILLED
    assert _kept(stand.database) is None
    assert stand.crawl("gyeonggitv", "-a", "since=60d").returncode == 0
    assert _kept(stand.database) == KILLED
    assert rows(stand.database)[-1].finish_reason == "finished"


def _kept(database: Path) -> str | None:
    """How the first run of gyeonggitv ended, as it stands in the store."""
    query = "SELECT finish_reason FROM run WHERE outlet = 'gyeonggitv' ORDER BY id"
    with closing(sqlite3.connect(database)) as connection:
        how: str | None = connection.execute(query).fetchone()[0]
    return how


def test_a_users_own_suite_runs_and_is_heard(stand: Stand) -> None:
    suites = "crawler.operate.monitors.suite.Findings,tests.support.spidermon_suite.MySuite"
    run = stand.crawl("gosiweek", "-a", "since=60d", "-s", f"MONITOR_SUITES={suites}")
    assert run.returncode == 0
    assert "WARNING: Mine/test_a_thousand_articles: " in run.stderr
    assert "too few for me" in run.stderr
    assert "ERROR: Wrong: RuntimeError: my action is wrong" in run.stderr
    assert "test_no_finding" not in run.stderr
    assert "Traceback" not in run.stderr


def test_tallies_add_up() -> None:
    one = RunStats.read({"counts": {"new": 2, "memory": 70}, "have": {"headline": 2}})
    other = RunStats.read(
        {
            "counts": {"new": 1, "memory": 50, "failed/blocked": 1},
            "have": {"headline": 0, "images": 1},
            "sizes": {"characters": {"number": 1, "total": 2.0, "squares": 4.0}},
            "examples": {"headline": "http://a/1"},
        }
    )
    whole = RunStats.total([one, other, other])
    assert whole.counts == {"new": 4, "memory": 70, "failed/blocked": 2}
    assert whole.have == {"headline": 2, "images": 2}
    assert whole.sizes["characters"].number == 2
    assert whole.examples == {"headline": "http://a/1"}
    assert RunStats.read(whole.as_json()) == whole
    assert one.counts["new"] == 2


def test_what_is_counted_of_a_crawl() -> None:
    stats = {
        "downloader/request_count": 7,
        "malgeum/page/blocked": 1,
        "malgeum/list/blocked": 1,
        "malgeum/rejected/robots": 1,
        "item_dropped_reasons_count/NoBody": 3,
        "malgeum/rule/clock": 4,
        "elapsed_time_seconds": 12.7,
        "finish_reason": "finished",
    }
    assert stats_from_crawl(stats) == {
        "requests": 7,
        "failed/blocked": 2,
        "failed/rejected/robots": 1,
        "page/blocked": 1,
        "list/blocked": 1,
        "dropped/NoBody": 3,
        "rule/clock": 4,
        "seconds": 12,
    }
