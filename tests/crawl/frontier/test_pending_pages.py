"""Pending pages: those of earlier runs and of large sitemaps are requested in small batches."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from crawler.crawl.frontier.middleware import MAX_IN_FLIGHT
from crawler.extract.pages import ListingEntry
from crawler.store import Store, open_store
from crawler.store.db.schema import page
from crawler.store.frontier import pages
from crawler.store.frontier.pages import DiscoveredPage
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.counting_scheduler import MOST
from tests.support.newsstand_crawl import Stand, stat
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run

NOW = datetime.now(UTC)
OUTLET = "gosiweek"
ARTICLES = 560
"""More than twice as many as may be on the way at a time."""
COUNTED = (
    "-s",
    "SPIDER_MODULES=tests.support.sitemap_spiders",
    "-s",
    "SCHEDULER=tests.support.counting_scheduler.Scheduler",
)


@pytest.fixture(scope="module")
def newsstand() -> Iterator[tuple[Newsstand, str]]:
    stand = Newsstand(5, NOW, ARTICLES, sitemaps=True)
    with beside(stand, NOW) as proxy:
        yield stand, proxy


@pytest.fixture
def stand(newsstand: tuple[Newsstand, str], tmp_path: Path) -> Stand:
    newsstand[0].requested.clear()
    return Stand(newsstand[1], tmp_path / "store.db", [])


def crawl(stand: Stand, *arguments: str, options: tuple[str, ...] = ()) -> Run:
    given = [part for argument in ("since=60d", *arguments) for part in ("-a", argument)]
    run = stand.crawl(OUTLET, *COUNTED, *options, *given)
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    return run


def until(stand: Stand, is_enough: Callable[[], bool], number: signal.Signals) -> tuple[int, str]:
    """A crawl that gets a signal; its exit code and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", OUTLET, *COUNTED, "-a", "since=60d", "-a", "pages=1",
         "-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL=sqlite:///{stand.database}"],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"http_proxy": stand.proxy, "https_proxy": stand.proxy},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if is_enough():
                break
        except sqlite3.OperationalError:
            pass  # no table yet
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def left(stand: Stand) -> int:
    with sqlite3.connect(stand.database) as database:
        (number,) = database.execute(
            "SELECT count(*) FROM page LEFT JOIN address USING (canonical_url)"
            " WHERE outcome IS NULL AND article IS NULL"
        ).fetchone()
    database.close()
    return int(number)


def test_a_killed_crawl_with_hundreds_of_pages_left_is_gone_on_with_lazily(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    code, _ = until(stand, lambda: len(stand.stored()) > 30, signal.SIGKILL)
    assert code == -signal.SIGKILL
    before = left(stand)
    assert before > 2.2 * MAX_IN_FLIGHT
    newsstand[0].requested.clear()

    some = crawl(stand, "pages=1", "limit=50")
    assert some.returncode == 0
    assert "'finish_reason': 'limit'" in some.stderr
    requested = list(newsstand[0].requested)
    lists = max(at for at, url in enumerate(requested) if "/newslist/" in url or "sitemap" in url)
    articles = min(at for at, url in enumerate(requested) if "/article/" in url)
    assert lists < articles  # nothing fresh is on the list: first it is read, then what was left
    assert stat(some, "malgeum/left_over") <= MAX_IN_FLIGHT
    assert stat(some, MOST) <= MAX_IN_FLIGHT

    budget = crawl(stand, "pages=1", options=("-s", "REQUEST_BUDGET=30"))
    assert "'finish_reason': 'request_budget'" in budget.stderr
    assert stat(budget, MOST) <= MAX_IN_FLIGHT
    code, said = until(stand, lambda: left(stand) < before - 100, signal.SIGTERM)
    assert code == 3
    assert "'finish_reason': 'shutdown'" in said
    assert "Traceback" not in said

    newsstand[0].requested.clear()
    rest = left(stand)
    assert rest > MAX_IN_FLIGHT
    last = crawl(stand, "pages=1", "revisit=1d")
    assert last.returncode == 0, last.stderr[-2000:]
    assert (left(stand), stat(last, "malgeum/left_over")) == (0, rest)
    assert stat(last, MOST) <= MAX_IN_FLIGHT + stat(last, "malgeum/revisits")
    articles_asked = [url for url in newsstand[0].requested if "/article/" in url]
    assert len(articles_asked) == rest + stat(last, "malgeum/revisits")
    fetched_again = stat(last, "malgeum/revisits")
    assert fetched_again > 10
    readable = {f"https://www.gosiweek.com/article/{post.number}"
                for post in newsstand[0].posts[OUTLET] if post.readable}  # fmt: skip
    assert stand.stored().keys() == readable


def test_a_large_sitemap_is_recorded_first_and_fetched_in_the_same_run(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    run = crawl(stand, "pages=1", "limit=260")
    assert stat(run, MOST) <= MAX_IN_FLIGHT + 5
    assert stat(run, "malgeum/left_over") == 0  # it is this run's own
    assert len(stand.stored()) >= 260
    assert left(stand) > MAX_IN_FLIGHT


def test_what_lay_outside_of_an_earlier_period_is_fetched_however_much_it_is(
    newsstand: tuple[Newsstand, str], stand: Stand
) -> None:
    readable = [post for post in newsstand[0].posts[OUTLET] if post.readable]
    with open_store(f"sqlite:///{stand.database}") as store:
        for number, post in enumerate(readable):
            url = f"https://www.gosiweek.com/article/{post.number}"
            shown = asdict(ListingEntry(url, url, None, None, "feed", "2024-09-11T00:00:00Z"))
            del shown["stored"]
            put(store, 1, canonical_url=url, url=url, outlet=OUTLET, listing=shown,
                outcome="outside" if number < 250 else "stored", date=f"{post.at:%Y-%m-%d}")  # fmt: skip
    newsstand[0].requested.clear()
    run = crawl(stand, "pages=1")
    assert run.returncode == 0, run.stderr[-2000:]
    requested = [url for url in newsstand[0].requested if "/article/" in url]
    assert len(requested) == len(set(requested))
    assert {url.rpartition("/")[2] for url in requested} >= {post.number for post in readable[:250]}
    assert stat(run, MOST) <= MAX_IN_FLIGHT + 5
    assert 0 < stat(run, "malgeum/left_over") <= 50


def test_the_end_comes_promptly_where_nothing_is_left(stand: Stand) -> None:
    for _ in range(2):
        run = stand.crawl(OUTLET, "-a", "since=60d", "-a", "pages=1")
        assert "'finish_reason': 'finished'" in run.stderr
        seconds = re.search(r"'elapsed_time_seconds': ([\d.]+)", run.stderr)
        assert seconds
    assert float(seconds[1]) < 4  # the engine looks around every five


# -- the store's part -------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        yield store


def put(store: Store, number: int, **values: object) -> None:
    default = {"outlet": "o", "found_at": "2024-01-01T00:00:00Z", "attempts": 0, "outcome": None}
    with store.writing() as connection:
        connection.execute(
            insert(page),
            [{"canonical_url": f"https://o/{at}", "url": "u", "listing": {}} | default | values
             for at in range(number)],
        )  # fmt: skip


def test_every_page_that_is_missing_comes_once_whatever_is_noted_meanwhile(store: Store) -> None:
    put(store, 50)
    last, seen = None, []
    while some := pages.pending_after(store, "o", last, 7):
        last = some[-1]
        seen += [one.canonical_url for one in some]
        with store.writing() as connection:
            noted = [
                pages.VisitResult(one.canonical_url, "temporary", None, None, 1, "2024", "2024")
                for one in some[:3]
            ]
            stored = [
                pages.VisitResult(one.canonical_url, "stored", None, None, 0, "2024", None)
                for one in some[3:]
            ]
            pages.record_results(connection, noted + stored)
            pages.record_discovered(
                connection,
                "o",
                [DiscoveredPage(f"https://o/new{len(seen)}", "u", {}, None)],
                "2023",
            )
    assert len(seen) == len(set(seen)) == 50
    assert {one.outcome for one in pages.pending(store, "o")} == {None, "temporary"}


def test_the_index_is_used_and_nothing_is_sorted(store: Store) -> None:
    put(store, 300, outcome="stored")
    last = pages.PendingPage("https://o/1", "u", {}, None, None, None, 0, "2024-01-01", None)
    query = str(
        pages.pending_query("o", last, 200).compile(
            store.engine, compile_kwargs={"literal_binds": True}
        )
    )
    with store.engine.begin() as connection:
        plan = " ".join(
            row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))
        )
    assert "USING INDEX ix_page_missing (outlet=? AND (found_at,canonical_url)>(?,?))" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_what_nobody_wanted_is_missing_once_it_is_wanted(store: Store) -> None:
    put(store, 3, outcome="outside", date="2020-01-01")
    assert pages.pending(store, "o") == []
    with store.writing() as connection:
        pages.mark_wanted(connection, {"https://o/1": "2020-01-02"}, "2024")
        pages.mark_wanted(connection, {}, "2024")
    (one,) = pages.pending(store, "o")
    assert (one.canonical_url, one.date, one.due_at) == ("https://o/1", "2020-01-02", "2024")


def test_a_page_shown_twice_at_once_is_recorded_as_it_was_shown_first(store: Store) -> None:
    twice = [
        DiscoveredPage("https://o/1", "u", {"date": date}, None) for date in ("first", "second")
    ]
    with store.writing() as connection:
        pages.record_discovered(connection, "o", twice, "2024")
    (one,) = pages.pending(store, "o")
    assert one.listing == {"date": "first"}
