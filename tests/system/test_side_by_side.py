"""Crawls of several outlets in one process: none slows another, none touches another's data."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawler.store import open_store
from crawler.store.frontier.outlet_lock import Lease, this_process
from newsstand.faults import Faults
from newsstand.faults.fault import Fault
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Reply, Site, SiteRequest
from tests.support.newsstand_crawl import OUTLETS
from tests.support.parallel_crawl import crawl_at_once

NOW = datetime.now(UTC)
DELAY = 0.2
STALL = 8.0
"""Seconds."""
STALLS, STALLED = "breaknews_kb", "kb.breaknews.com"
HIT = 1
"""Addresses there that are hit."""


class OneHost(Faults):
    """Faults at one host alone, and few."""

    def planned(self, ask: SiteRequest, site: Site) -> tuple[Fault, int] | None:
        is_hit = ask.host == STALLED and (ask.address in self.met or len(self.met) < HIT)
        return super().planned(ask, site) if is_hit else None


class Watched(Newsstand):
    """Counts the requests that came, by host."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.came: Counter[str] = Counter()

    def answer(self, ask: SiteRequest) -> Reply:
        self.came[ask.host] += 1
        return super().answer(ask)


@contextmanager
def open_stand(articles: int, *faults: str) -> Iterator[tuple[Watched, str]]:
    unwell = OneHost(1, faults, rate=1.0, stall=STALL)
    stand = Watched(1, NOW, articles, faults=unwell)
    with beside(stand, NOW) as proxy:
        yield stand, proxy


def test_each_takes_its_own_time_though_one_stalls(tmp_path: Path) -> None:
    """The others go on meanwhile."""
    url = f"sqlite:///{tmp_path}/store.db"
    settings = {"DATABASE_URL": url, "DOWNLOAD_DELAY": DELAY, "RANDOMIZE_DOWNLOAD_DELAY": False}
    with open_stand(3, "stall") as (stand, proxy):
        ended, _ = crawl_at_once(proxy, settings, {name: {} for name in OUTLETS})
        assert stand.faults
        assert stand.faults.met.total() >= HIT
    assert {end.code for end in ended.values()} == {0}
    assert max(after - before for before, after in ended[STALLS].exchanges) > 0.9 * STALL
    begins = [end.exchanges[0].sent for end in ended.values()]
    for name, end in ended.items():
        assert end.exchanges[-1].ended > max(begins), "they crawl at the same time"
        for before, after in pairwise(end.exchanges):
            assert after.sent - before.sent >= DELAY, name
            assert name == STALLS or after.sent - before.sent < STALL / 2, name
            assert after.sent >= before.ended, name


def test_each_has_its_own_settings_stats_lease_and_end(tmp_path: Path) -> None:
    with open_stand(6) as (stand, proxy):
        url = f"sqlite:///{tmp_path}/store.db"
        with open_store(url) as store:
            assert (
                Lease(store, "papns", this_process()).acquire() is None
            )  # as another process would
            ended, log = crawl_at_once(
                proxy,
                {"DATABASE_URL": url, "DOWNLOAD_DELAY": 0},
                {
                    "papns": {},
                    "gyeonggitv": {"settings": {"REQUEST_BUDGET": 6}},
                    "breaknews_kb": {"arguments": {"limit": "2"}},
                    "gosiweek": {},
                    "seonamtoday": {"settings": {"DATABASE_URL": f"sqlite:///{tmp_path}/own.db"}},
                },
            )
    codes = {name: one.code for name, one in ended.items()}
    assert codes == {
        "papns": 7,
        "gyeonggitv": 3,
        "breaknews_kb": 0,
        "gosiweek": 0,
        "seonamtoday": 0,
    }
    assert "Traceback" not in log
    reasons = [one.stats["finish_reason"] for one in ended.values()]
    assert reasons == ["locked", "request_budget", "limit", "finished", "finished"]
    assert ended["papns"].requests == 0
    assert ended["gyeonggitv"].requests == 6
    assert sum(one.requests for one in ended.values()) == stand.came.total()
    kept: dict[str, int] = {}
    for file in ("store.db", "own.db"):
        with sqlite3.connect(tmp_path / file) as database:
            counted = "SELECT outlet, count(*) FROM article GROUP BY outlet"
            kept |= {f"{file}/{outlet}": number for outlet, number in database.execute(counted)}
            held = database.execute("SELECT outlet FROM outlet_lock").fetchall()
        database.close()
        assert held == ([("papns",)] if file == "store.db" else [])
    scraped = {name: one.stats.get("item_scraped_count", 0) for name, one in ended.items()}
    assert kept == {
        "store.db/gyeonggitv": scraped["gyeonggitv"],
        "store.db/breaknews_kb": 2,
        "store.db/gosiweek": scraped["gosiweek"],
        "own.db/seonamtoday": scraped["seonamtoday"],
    }
