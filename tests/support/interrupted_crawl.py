"""Crawls of one outlet that a test interrupts, and checks that every article is stored."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsstand import gold
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.newsstand_crawl import EQUAL, Stand
from tests.support.paths import ROOT
from tests.support.waiting import HANG, wait_for

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
    gold_newsstand[0].requested.clear()
    return Stand(gold_newsstand[1].proxy, tmp_path / "store" / "store.db", gold_newsstand[1].gold)


class RunningCrawl(subprocess.Popen[bytes]):
    """A crawl in a process of its own, and its log as far as it is written."""

    def __init__(self, command: list[str], stand: Stand) -> None:
        self._log = stand.database.parent.with_name("crawl.log")
        proxies = {"http_proxy": stand.proxy, "https_proxy": stand.proxy, "no_proxy": ""}
        with self._log.open("wb") as log:
            super().__init__(command, cwd=ROOT, env=os.environ | proxies, stderr=log)

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def wait_for(self, words: str) -> None:
        """Wait until the log says so."""
        wait_for(lambda: words in self.log)

    def end(self) -> str:
        """Wait for its end; the whole log."""
        self.wait(HANG)
        return self.log


@contextmanager
def crawling(stand: Stand, delay: float = 0.1) -> Iterator[RunningCrawl]:
    """A crawl that has stored something and has more to store, for two seconds at least."""
    command = [sys.executable, "-m", "scrapy", "crawl", OUTLET, "-a", "since=60d"]
    settings = (
        f"DOWNLOAD_DELAY={delay}",
        "AUTOTHROTTLE_ENABLED=False",  # it takes our standing still for the host's slowness
        f"DATABASE_URL=sqlite:///{stand.database}",
    )
    stand.database.parent.mkdir(exist_ok=True)
    command += [part for setting in settings for part in ("-s", setting)]
    process = RunningCrawl(command, stand)
    with process:
        try:
            wait_for(lambda: stored(stand.database) >= 5)
            yield process
        finally:
            process.kill()


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
    """Return the URLs of gold articles that are missing.

    Every stored article must equal one of the gold, and none may be there twice.
    """
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
