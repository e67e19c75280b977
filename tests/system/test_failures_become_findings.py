"""Failures of every kind, made to happen in real crawls: exit code, finding, message.

Each outlet has three weeks of ordinary runs behind it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench.trials.frozen_time import crawl_at
from bench.trials.nightly_crawl import START
from crawler.store import open_store
from crawler.store.runs.findings import Finding, findings_of
from crawler.store.runs.runs import runs_of
from newsstand.server import beside
from newsstand.server_state import NewsstandState
from tests.support.scrapy_process import scrapy
from tests.support.small_disk import small_disk

OUTLETS = ("papns", "seonamtoday")
NIGHTS = 21


@dataclass
class Morning:
    """A stand on the day after; a store in which all is well."""

    stand: NewsstandState
    proxy: str
    store: Path

    def crawl(self, outlet: str, store: Path) -> tuple[int, str]:
        done = crawl_at(outlet, self.stand.now, store, self.proxy)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("morning")
    stand = NewsstandState(3, START, 20, days=3, per_day=20)
    with beside(stand, START) as proxy:
        morning = Morning(stand, proxy, folder / "store.db")
        for outlet in OUTLETS:
            assert morning.crawl(outlet, morning.store)[0] == 0
            before(morning.store, outlet)
        stand.step(24)
        yield morning


def before(store: Path, outlet: str) -> None:
    """Three weeks of nights like this one."""
    with closing(sqlite3.connect(store)) as database, database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM run WHERE outlet = ?", (outlet,)).fetchone())
        del row["id"]
        for night in range(1, NIGHTS):
            at = datetime.fromisoformat(row["started_at"]) - timedelta(days=night)
            then = {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name in row if name.endswith("_at")}
            values = row | then
            names = ", ".join(values)
            marks = ", ".join("?" for _ in values)
            database.execute(
                f"INSERT INTO run ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                tuple(values.values()),
            )


@pytest.fixture
def store(morning: Morning, tmp_path: Path) -> Path:
    return Path(shutil.copy(morning.store, tmp_path / "store.db"))


def found(store: Path) -> dict[str, Finding]:
    with open_store(f"sqlite:///{store}") as opened:
        return {f"{one.kind}/{one.field}": one for one in findings_of(opened)}


def test_an_ordinary_day_is_none(morning: Morning, store: Path) -> None:
    for outlet in OUTLETS:
        code, log = morning.crawl(outlet, store)
        assert code == 0
        assert "Finding:" not in log
    assert not found(store)


@pytest.mark.parametrize(
    ("outlet", "kind", "code", "finding", "words"),
    [
        ("papns", "template", 4, "new_template/body", "no article can be read from"),
        ("seonamtoday", "label", 3, "coverage/date_on_page", "of publication on their own page"),
        ("papns", "container", 4, "new_template/body", "scrapy explain"),
        ("papns", "short", 3, "size/characters", "characters, usually"),
        ("papns", "empty", 4, "empty_list/", "papns: a list that had articles is now empty"),
        ("papns", "blocked", 5, "blocked/", "Do not retry now"),
        ("papns", "down", 1, "down/", "papns: the site does not answer"),
    ],
)
def test_a_break_is_found_and_told(
    morning: Morning, store: Path, outlet: str, kind: str, code: int, finding: str, words: str
) -> None:
    morning.stand.break_outlet(outlet, kind)
    try:
        ended, log = morning.crawl(outlet, store)
    finally:
        morning.stand.mend(outlet)
    assert ended == code
    one = found(store)[finding]
    assert (one.outlet, one.resolved_at, one.notified_at) == (outlet, None, None)
    night = f"{START + timedelta(days=1):%Y-%m-%d}"
    assert one.started_on in (f"{START:%Y-%m-%d}", night)  # of what was printed, or of its run
    assert one.example
    assert words in log
    assert f"Example: {one.example}." in log
    with open_store(f"sqlite:///{store}") as opened:
        assert runs_of(opened, outlet)[-1].exit_code == code


def test_what_is_whole_again_is_over(morning: Morning, store: Path) -> None:
    morning.stand.break_outlet("papns", "down")
    try:
        assert [morning.crawl("papns", store)[0] for _ in range(2)] == [1, 1]
    finally:
        morning.stand.mend("papns")
    one = found(store)["down/"]  # found twice, and one finding
    # Both runs begin at the same moment of the newsstand's clock: their times say nothing.
    assert one.facts["runs"] == 2
    assert morning.crawl("papns", store)[0] == 0
    with open_store(f"sqlite:///{store}") as opened:
        (one,) = findings_of(opened, since="")
    assert one.resolved_at


def test_a_full_disk_is_told_and_what_it_kept_from_being_written(
    morning: Morning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALGEUM_ARCHIVE_FREE_MB", "0")
    folder = tmp_path / "disk"
    with small_disk(folder, "64m") as grow:
        store = Path(shutil.copy(morning.store, folder / "store.db"))
        grow(f"{store.stat().st_size // 1024 + 300}k")
        code, log = morning.crawl("papns", store)
        assert code == 6
        assert "database or disk is full. The crawl ends;" in log
        assert log.count("The crawl ends") == 1
        grow("64m")
        assert morning.crawl("papns", store)[0] == 0
        with open_store(f"sqlite:///{store}") as opened:
            ends = [(run.finish_reason, run.exit_code) for run in runs_of(opened, "papns")][-2:]
        assert ends[0] in [("killed", None), ("store_error", 6)]
        assert ends[1] == ("finished", 0)


def test_a_threshold_that_is_none_is_told_before_anything_is_asked() -> None:
    run = scrapy("crawl", "papns", "-s", "MONITOR_DROP=viel")
    assert (run.returncode, run.stderr) == (
        2,
        "scrapy: MONITOR_DROP must be a number above 0, not 'viel'\n",
    )
