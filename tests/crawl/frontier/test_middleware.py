"""Frontier in real crawls: known pages are not requested again, discovered pages are kept.

One process per outlet; a store that fails ends the crawl.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.store import open_store
from crawler.store.articles.forget import Takedown, forget
from crawler.store.frontier.outlet_lock import Lease, Owner, this_process
from crawler.store.frontier.pages import pending
from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.newsstand_crawl import Stand, stat
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy

NOW = datetime.now(UTC)
OUTLET = "gosiweek"


@pytest.fixture(scope="module")
def newsstand() -> Iterator[tuple[Newsstand, str]]:
    stand = Newsstand(5, NOW, 30)
    with beside(stand, NOW) as proxy:
        yield stand, proxy


@pytest.fixture
def stand(newsstand: tuple[Newsstand, str], tmp_path: Path) -> Stand:
    return Stand(newsstand[1], tmp_path / "store.db", [])


def query(stand: Stand, statement: str) -> list[Any]:
    with sqlite3.connect(stand.database) as database:
        rows = database.execute(statement).fetchall()
    database.close()
    return rows


def requested(newsstand: Newsstand, run: Run | None = None) -> list[str]:
    """What was asked for since the last look."""
    found = list(newsstand.requested)
    newsstand.requested.clear()
    return [address for address in found if "robots" not in address]


def test_a_limited_run_leaves_what_the_next_one_fetches(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    requested(newsstand[0])
    first = stand.crawl(OUTLET, "-a", "since=60d", "-a", "limit=3")
    assert len(stand.stored()) == 3
    left = len(query(stand, "SELECT 1 FROM page WHERE outcome IS NULL"))
    assert left > 0
    gaps = scrapy("gaps", OUTLET, "-s", f"DATABASE_URL=sqlite:///{stand.database}")
    assert gaps.returncode == 0
    assert gaps.stdout.count("not fetched yet") == left
    assert "list: unread from page " in gaps.stdout
    assert "the crawl ended before" in gaps.stdout
    requested(newsstand[0])
    second = stand.crawl(OUTLET, "-a", "since=60d")
    assert (first.returncode, second.returncode) == (0, 0)
    fetched = requested(newsstand[0])
    assert len(fetched) == len(set(fetched))
    assert not query(stand, "SELECT 1 FROM page WHERE outcome IS NULL")
    assert not query(stand, "SELECT 1 FROM list_cursor")
    gaps = scrapy("gaps", OUTLET, "-s", f"DATABASE_URL=sqlite:///{stand.database}")
    assert gaps.stdout == "" or "not fetched yet" not in gaps.stdout
    requested(newsstand[0])
    stand.crawl(OUTLET, "-a", "since=60d")
    assert len(requested(newsstand[0])) == 1  # the top of the list


def test_what_was_forgotten_is_not_asked_for(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    stand.crawl(OUTLET, "-a", "since=60d", "-a", "pages=1")
    url, *_ = stand.stored()
    with open_store(f"sqlite:///{stand.database}") as store:
        forget(store, [Takedown([url], OUTLET)], at="2024-09-11")
    run = stand.crawl(OUTLET, "-a", "since=60d", "-a", "pages=1")
    assert stat(run, "malgeum/forgotten") == 1
    assert url not in stand.stored()
    assert not query(stand, f"SELECT 1 FROM page WHERE canonical_url = '{url}'")  # noqa: S608


def test_a_page_that_fails_is_tried_again_by_the_next_run(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    post = newsstand[0].posts[OUTLET][3]
    newsstand[0].change(OUTLET, post.number, status=500)
    try:
        first = stand.crawl(OUTLET, "-a", "since=60d")
        assert first.returncode == 3
        ((url, outcome, why, tries),) = query(
            stand,
            "SELECT canonical_url, outcome, reason, attempts FROM page WHERE outcome='temporary'",
        )
        assert (outcome, why, tries) == ("temporary", "HTTP 500", 1)
        assert url not in stand.stored()
        gaps = scrapy("gaps", OUTLET, "-s", f"DATABASE_URL=sqlite:///{stand.database}", "--json")
        assert url in [json.loads(line)["canonical_url"] for line in gaps.stdout.splitlines()]
    finally:
        newsstand[0].change(OUTLET, post.number, status=200)
    second = stand.crawl(OUTLET, "-a", "since=60d")
    assert second.returncode == 0
    assert stat(second, "malgeum/left_over") == 1
    assert url in stand.stored()


def test_one_process_crawls_an_outlet_and_a_dead_ones_place_is_taken(stand: Stand) -> None:
    with open_store(f"sqlite:///{stand.database}") as store:
        assert Lease(store, OUTLET).acquire() is None
        assert Lease(store, OUTLET).acquire() is None  # its own
        second = stand.crawl(OUTLET)
        assert second.returncode == 7
        sentence = f"scrapy: {OUTLET} is being crawled by process {os.getpid()} on "
        assert second.stderr.splitlines()[-1].startswith(sentence)
        Lease(store, OUTLET).release()
        dead = this_process()._replace(started=1.0)
        assert Lease(store, OUTLET, dead).acquire() is None
        assert stand.crawl(OUTLET, "-a", "limit=1").returncode == 0
        assert not query(stand, "SELECT 1 FROM outlet_lock")


def test_another_machines_process_is_alive_until_its_time_is_over(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        away = Lease(store, OUTLET, Owner("elsewhere", 1, 1, 1.0))
        assert away.acquire() is None
        mine = Lease(store, OUTLET)
        assert mine.acquire() == away.owner
        assert away.heartbeat()
        over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="seconds")
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE outlet_lock SET expires_at = ?", (over,))
        assert mine.acquire() is None
        assert not away.heartbeat()
        assert mine.heartbeat()
        away.release()
        assert mine.heartbeat()


def test_a_killed_crawl_is_gone_on_with(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    with serving(seed=3, articles=40, gold=gold) as proxy:
        stand = Stand(proxy, tmp_path / "store.db", [])
        wanted = {
            page["canonical_url"]
            for page in map(json.loads, gold.read_text("utf-8").splitlines())
            if page["outlet"] == "papns"
        }
        for kill_at in (3, 11, 25):
            process = subprocess.Popen(
                [sys.executable, "-m", "scrapy", "crawl", "papns", "-a", "since=60d",
                 "-s", "DOWNLOAD_DELAY=0.05", "-s", f"DATABASE_URL=sqlite:///{stand.database}"],
                cwd=ROOT, stderr=subprocess.DEVNULL,
                env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
            )  # fmt: skip
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    if len(stand.stored()) >= kill_at:
                        break
                except sqlite3.OperationalError:
                    pass  # no table yet
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        assert stand.crawl("papns", "-a", "since=60d").returncode == 0
        assert stand.stored().keys() == wanted
        with open_store(f"sqlite:///{stand.database}") as store:
            assert {page.outcome for page in pending(store, "papns")} <= {"members", "led_away"}


def test_a_store_that_fails_ends_the_crawl_with_one_sentence(stand: Stand) -> None:
    with (
        open_store(f"sqlite:///{stand.database}") as store,
        store.engine.begin() as connection,
    ):
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON article "
            "BEGIN SELECT raise(ABORT, 'the disk is full'); END"
        )
    run = stand.crawl(OUTLET, "-a", "since=60d")
    assert run.returncode == 6
    assert "'finish_reason': 'store_error'" in run.stderr
    assert run.stderr.count("] CRITICAL: ") == 1
    assert "the disk is full. The crawl ends" in run.stderr
    assert "Traceback" not in run.stderr
    with sqlite3.connect(stand.database) as database:
        database.execute("DROP TRIGGER full")
    database.close()
    assert stand.crawl(OUTLET, "-a", "since=60d").returncode == 0
    assert not query(stand, "SELECT 1 FROM page WHERE outcome IS NULL")


def test_stored_articles_are_looked_at_again_when_it_is_time(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    stand.crawl(OUTLET, "-a", "since=60d", "-a", "pages=1")
    assert query(stand, "SELECT 1 FROM page WHERE due_at IS NOT NULL")
    with sqlite3.connect(stand.database) as database:
        database.execute("UPDATE page SET due_at = '2020' WHERE due_at IS NOT NULL")
        (due,) = database.execute("SELECT count(*) FROM page WHERE due_at = '2020'").fetchone()
    database.close()
    off = stand.crawl(OUTLET, "-a", "pages=1", "-a", "revisit=off")
    assert stat(off, "malgeum/revisits") == 0
    some = stand.crawl(OUTLET, "-a", "pages=1", "-s", "REVISITS_PER_RUN=2")
    assert stat(some, "malgeum/revisits") == 2
    rest = stand.crawl(OUTLET, "-a", "pages=1")
    assert stat(rest, "malgeum/revisits") == due - 2
    none = stand.crawl(OUTLET, "-a", "pages=1")
    assert stat(none, "malgeum/revisits") == 0
    assert all(row["revision"] == 1 for row in stand.stored().values())


def test_a_list_that_turns_empty_is_an_error(stand: Stand) -> None:
    newsstand = Newsstand(6, NOW, 5)
    with beside(newsstand, NOW) as proxy:
        here = Stand(proxy, stand.database, [])
        assert here.crawl("papns", "-a", "since=60d").returncode == 0
        newsstand.posts["papns"].clear()
        run = here.crawl("papns", "-a", "since=60d")
    assert run.returncode == 4, run.stderr[-2000:]
    assert "A list of papns is empty, which had articles before." in run.stderr


@pytest.mark.parametrize("value", ["soon", "3", "1d;2d"])
def test_ages_that_are_none_are_named(stand: Stand, value: str) -> None:
    run = stand.crawl(OUTLET, "-s", f"REVISIT_AGES={value}")
    assert run.returncode == 2
    assert "is not an age; use 12h, 7d or 2w" in run.stderr
    assert "Traceback" not in run.stderr


def test_bad_usage_of_gaps_is_one_sentence() -> None:
    for arguments in ((), ("papns", "gosiweek"), ("papnz",), ("papns", "--what")):
        run = scrapy("gaps", *arguments)
        assert run.returncode == 2, arguments
        assert "Traceback" not in run.stderr
