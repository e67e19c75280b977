"""Different outlets at the same time in one process: none slows another, none touches another's."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from crawler.store import open_store
from crawler.store.frontier.outlet_lock import Lease, this_process
from newsstand.faults import Faults
from newsstand.faults.fault import Fault
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Ask, Reply, Site
from tests.support.newsstand_crawl import OUTLETS
from tests.support.parallel_crawl import Ended, crawl_at_once

NOW = datetime.now(UTC)
DELAY = 0.2
STALLS, STALLED = "breaknews_kb", "kb.breaknews.com"
HIT = 1
"""Addresses there that are hit."""


class OneHost(Faults):
    """Faults at one host alone, and few."""

    def planned(self, ask: Ask, site: Site) -> tuple[Fault, int] | None:
        is_hit = ask.host == STALLED and (ask.address in self.met or len(self.met) < HIT)
        return super().planned(ask, site) if is_hit else None


class Watched(Newsstand):
    """Notes when each request came, as Unix time by host."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.came: dict[str, list[float]] = {}

    def answer(self, ask: Ask) -> Reply:
        self.came.setdefault(ask.host, []).append(time.time())
        return super().answer(ask)


@contextmanager
def open_stand(folder: Path, articles: int, *faults: str) -> Iterator[tuple[Watched, str]]:
    unwell = OneHost(1, faults, rate=1.0, stall=1.5)
    stand = Watched(1, NOW, articles, faults=unwell)
    with beside(stand, NOW, folder / "journal.jsonl") as proxy:
        yield stand, proxy


def went(folder: Path) -> dict[str, list[float]]:
    """When each answer was out, as Unix time by host."""
    found: dict[str, list[float]] = {}
    for line in (folder / "journal.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        found.setdefault(entry["outlet"], []).append(
            datetime.fromisoformat(entry["time"]).timestamp()
        )
    return found


def crawl(folder: Path, proxy: str, names: tuple[str, ...]) -> dict[str, Ended]:
    """With a delay that is the same each time; all else is as our settings have it."""
    url = f"sqlite:///{folder}/{len(names)}.db"
    settings = {"DATABASE_URL": url, "DOWNLOAD_DELAY": DELAY, "RANDOMIZE_DOWNLOAD_DELAY": False}
    return crawl_at_once(proxy, settings, {name: {} for name in names})[0]


def test_each_takes_its_own_time_though_one_stalls(tmp_path: Path) -> None:
    well = [name for name in OUTLETS if name != STALLS]
    for folder in (tmp_path / "1", tmp_path / "2", tmp_path / "3"):
        folder.mkdir()
        with open_stand(folder, 3, "stall", "503") as (stand, proxy):
            together = crawl(folder, proxy, OUTLETS)
            out = went(folder)
            came = {host: list(times) for host, times in stand.came.items()}
            slowest = max(well, key=lambda name: together[name].seconds)
            alone = crawl(folder, proxy, (slowest,))[slowest]
            assert stand.faults
            assert stand.faults.met.total() >= HIT
        assert {ended.code for ended in together.values()} == {0}
        if all(together[name].seconds < 1.5 * alone.seconds for name in well):
            break  # what else the machine does may slow it down, and never makes it quick
    else:
        pytest.fail(f"{slowest} took {together[slowest].seconds} s, and {alone.seconds} alone")
    assert sum(ended.seconds for ended in together.values()) > 3 * alone.seconds
    assert len(came) == len(OUTLETS)
    for host, times in came.items():
        # on a busy machine one comes late, for its handshake, and the next seems early
        assert median(later - earlier for earlier, later in pairwise(times)) > 0.9 * DELAY, host
        assert times[-1] - times[0] > 0.9 * DELAY * (len(times) - 1), host
        assert len(out[host]) == len(times)
        for answered, asked in zip(out[host][:-1], times[1:], strict=True):
            assert asked > answered - 0.005, host  # its journal has milliseconds


def test_each_has_its_own_settings_stats_lease_and_end(tmp_path: Path) -> None:
    with open_stand(tmp_path, 6) as (stand, proxy):
        url = f"sqlite:///{tmp_path}/store.db"
        with open_store(url) as store:
            assert Lease(store, "papns", this_process()).take() is None  # as another process would
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
    assert sum(one.requests for one in ended.values()) == sum(map(len, stand.came.values()))
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
