"""Crawls of one outlet that a test interrupts, and whether all its articles are stored in the end."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsstand import gold
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.newsstand_crawl import EQUAL, Stand
from tests.support.paths import ROOT

NOW = datetime.now(UTC)
OUTLET = "papns"


@pytest.fixture(scope="module")
def gold_newsstand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsstand, Stand]]:
    folder = tmp_path_factory.mktemp("gold")
    stand = Newsstand(7, NOW, 20)
    gold.write(stand.posts, folder / "gold.jsonl")
    pages = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    with beside(stand, NOW) as proxy:
        wanted = [page for page in pages if page["outlet"] == OUTLET]
        yield stand, Stand(proxy, folder, wanted)


@pytest.fixture
def gold_stand(gold_newsstand: tuple[Newsstand, Stand], tmp_path: Path) -> Stand:
    gold_newsstand[0].asked.clear()
    return Stand(gold_newsstand[1].proxy, tmp_path / "store" / "store.db", gold_newsstand[1].gold)


@contextmanager
def crawling(stand: Stand, delay: float = 0) -> Iterator[subprocess.Popen[str]]:
    """A crawl that has stored something and has more to store."""
    command = [sys.executable, "-m", "scrapy", "crawl", OUTLET, "-a", "since=60d"]
    settings = (
        f"DOWNLOAD_DELAY={delay}",
        "AUTOTHROTTLE_ENABLED=False",  # it takes our standing still for the host's slowness
        f"DATABASE_URL=sqlite:///{stand.database}",
    )
    process = subprocess.Popen(
        command + [part for setting in settings for part in ("-s", setting)],
        cwd=ROOT,
        env=os.environ | {"http_proxy": stand.proxy, "https_proxy": stand.proxy, "no_proxy": ""},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            wait_for(lambda: stored(stand.database) >= 5)
            yield process
        finally:
            process.kill()


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def stored(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reader:
            number: int = reader.execute("SELECT count(*) FROM article").fetchone()[0]
            return number
    except sqlite3.OperationalError:
        return 0


def is_sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as reader:
        return bool(reader.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def check_part(stand: Stand) -> set[str]:
    """Every stored article is one of the gold and equals it, none is there twice; the addresses
    of those that are missing."""
    have = stand.stored()
    missing = set()
    for page in stand.gold:
        found = have.keys() & {page["canonical_url"], *page["aliases"]}
        assert len(found) < 2
        for address in found:
            row = have.pop(address)
            assert {name: row[name] for name in EQUAL[1:]} == {
                name: page[name] for name in EQUAL[1:]
            }
        if not found:
            missing.add(page["canonical_url"])
    assert not have
    return missing


def check_whole(stand: Stand) -> None:
    assert check_part(stand) == set()
    assert is_sound(stand.database)
