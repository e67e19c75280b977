"""Full disks, locks, lost files and power cuts under real crawls.

Nothing is lost or stored twice, and one sentence gives the reason if a crawl ends.
``MALGEUM_TROUBLE=long`` holds the lock, or takes the file away, for a minute.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crawler.export.feeds.storage import FeedFile
from crawler.store import StoreError, open_store
from crawler.store.db.waiting import MAX_WAIT_SECONDS
from crawler.store.frontier.outlet_lock import HEARTBEAT_SECONDS, LEASE_SECONDS
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.articles import article
from tests.support.interrupted_crawl import (
    OUTLET,
    check_part,
    check_whole,
    crawling,
    is_sound,
    stored,
)
from tests.support.newsstand_crawl import Stand, stat
from tests.support.scrapy_process import Run, scrapy, started
from tests.support.small_disk import small_disk

A_WHILE = 60 if os.environ.get("MALGEUM_TROUBLE") == "long" else 1.5
"""Seconds for which the store cannot be used."""


def crawl(stand: Stand, *arguments: str, by: Callable[..., Run] = scrapy) -> Run:
    return stand.crawl(OUTLET, "-a", "since=60d", "-s", "ARCHIVE_FREE_MB=0", *arguments, by=by)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def check_told(log: str, sentence: str) -> None:
    """Said once, and no traceback."""
    (line,) = [line for line in log.splitlines() if "] CRITICAL: " in line]
    assert sentence in line
    assert "Traceback" not in log


def refetched(newsstand: Newsstand) -> int:
    """How often pages of articles were asked for that had been before."""
    articles = [address for address in newsstand.requested if "wr_id=" in address]
    return len(articles) - len(set(articles))


# -- a full disk ----------------------------------------------------------------------


def test_a_full_disk_ends_the_crawl_and_the_next_goes_on(
    gold_newsstand: tuple[Newsstand, Stand], gold_stand: Stand
) -> None:
    with small_disk(gold_stand.database.parent, "900k") as grow:
        run = crawl(gold_stand)
        assert run.returncode == 6
        check_told(run.stderr, "fails: database or disk is full. The crawl ends;")
        missing = check_part(gold_stand)
        assert 0 < len(missing) < len(gold_stand.gold)
        assert is_sound(gold_stand.database)
        grow("32m")
        assert crawl(gold_stand).returncode == 0
        check_whole(gold_stand)
        assert refetched(gold_newsstand[0]) <= 5


def test_a_file_that_may_not_grow_is_like_a_full_disk(
    gold_newsstand: tuple[Newsstand, Stand], gold_stand: Stand
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))  # the crawl inherits it
    try:
        run = crawl(gold_stand, by=started)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert run.returncode == 6
    check_told(run.stderr, "The crawl ends;")
    assert 0 < len(check_part(gold_stand)) < len(gold_stand.gold)
    assert crawl(gold_stand).returncode == 0
    check_whole(gold_stand)
    assert refetched(gold_newsstand[0]) <= 5


def test_a_feed_that_cannot_be_written_ends_the_crawl(gold_stand: Stand) -> None:
    run = crawl(gold_stand, "-O", "/dev/full:jsonl")
    assert run.returncode == 6
    check_told(
        run.stderr, "The feed /dev/full cannot be written: No space left on device. The crawl"
    )
    assert stat(run, "malgeum/feed_errors") == 1
    assert len(gold_stand.stored()) < len(
        gold_stand.gold
    )  # or nothing was left for the next run's feed


def test_a_feed_has_whole_articles_alone(tmp_path: Path) -> None:
    errors: list[OSError] = []
    line = ("가" * 1000 + "\n").encode()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with FeedFile(str(tmp_path / "feed"), "wb", errors.append) as feed:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        try:
            for _ in range(5):
                assert feed.write(line) == len(line)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (tmp_path / "feed").read_bytes() == line * 3  # at once, and without a half
    assert len(errors) == 1


def test_a_log_that_cannot_be_written_costs_no_article(gold_stand: Stand) -> None:
    run = crawl(gold_stand, "--logfile", "/dev/full")
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "scrapy: the log file /dev/full cannot be written: No space left on device; "
        "the run continues without it"
    ]
    check_whole(gold_stand)


def test_a_log_file_that_cannot_be_is_bad_usage() -> None:
    run = scrapy("crawl", OUTLET, "--logfile", "/proc/nope/x.log")
    assert run.returncode == 2
    assert run.stderr.startswith("scrapy: the log file /proc/nope/x.log cannot be written: ")
    assert "Traceback" not in run.stderr


# -- a lock ---------------------------------------------------------------------------


def test_a_lock_is_waited_for_and_nothing_is_asked_meanwhile(
    gold_newsstand: tuple[Newsstand, Stand], gold_stand: Stand
) -> None:
    with crawling(gold_stand) as process:
        with locked(gold_stand.database):
            process.wait_for("is locked by another process: waiting.")
            requested = len(gold_newsstand[0].requested)
            time.sleep(A_WHILE)
            assert len(gold_newsstand[0].requested) <= requested + 2
        log = process.end()
    assert process.returncode == 0, log[-2000:]
    check_whole(gold_stand)
    assert refetched(gold_newsstand[0]) <= 3


def test_a_signal_is_heard_while_a_lock_is_waited_for(gold_stand: Stand) -> None:
    with crawling(gold_stand) as process:
        with locked(gold_stand.database):
            process.wait_for("is locked by another process: waiting.")
            process.send_signal(signal.SIGTERM)
            log = process.end()
        assert process.returncode == 6
    check_told(log, "is locked by another process, and a signal to end has come. The crawl ends;")
    assert check_part(gold_stand)


def test_a_lock_for_ever_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT_SECONDS", 2)
        with locked(tmp_path / "store.db"):
            for _ in range(2):
                with pytest.raises(
                    StoreError, match=r"is locked by another process for too long\.$"
                ):
                    store.upsert(article())
                said = [record.message for record in caplog.records]
                assert sum(line.endswith(": waiting.") for line in said) == 1
        assert store.upsert(article()).kind == "new"


def test_a_lease_outlives_what_its_owner_waits_for() -> None:
    assert LEASE_SECONDS.total_seconds() > 2 * MAX_WAIT_SECONDS + HEARTBEAT_SECONDS
    assert MAX_WAIT_SECONDS > 60


# -- a file that is gone ----------------------------------------------------------------


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_that_is_gone_for_a_while_is_waited_for(
    gold_newsstand: tuple[Newsstand, Stand], gold_stand: Stand, what: str
) -> None:
    place = gold_stand.database if what == "file" else gold_stand.database.parent
    with crawling(gold_stand) as process:
        place.rename(place.with_name("away"))
        process.wait_for("has lost its file: waiting.")
        time.sleep(A_WHILE)
        assert not place.exists()
        place.with_name("away").rename(place)
        log = process.end()
    assert process.returncode == 0, log[-2000:]
    check_whole(gold_stand)
    assert refetched(gold_newsstand[0]) <= 3


def test_another_file_in_its_place_ends_the_crawl(gold_stand: Stand) -> None:
    away = gold_stand.database.with_name("away.db")
    with crawling(gold_stand) as process:
        gold_stand.database.rename(away)
        gold_stand.database.touch()
        log = process.end()
    assert process.returncode == 6
    check_told(log, "has lost its file, and another one is in its place. The crawl ends;")
    run = crawl(gold_stand)  # SQLite would make a new store, and delete the old one's log for it
    assert run.returncode == 6
    assert "restore the file, or move the log away as well" in run.stderr
    away.rename(gold_stand.database)
    assert crawl(gold_stand).returncode == 0
    check_whole(gold_stand)


def test_a_missing_file_is_not_made_anew_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT_SECONDS", 0.1)
    file = tmp_path / "store.db"
    with open_store(f"sqlite:///{file}") as store:
        store.upsert(article())
        file.rename(tmp_path / "away.db")
        with pytest.raises(StoreError, match=r"has lost its file for too long\.$"):
            store.upsert(article(2, body="다른 글"))
        store.engine.dispose()
        with pytest.raises(StoreError, match=r"has lost its file\.$"):
            store.known([])
        assert not file.exists()


# -- a power cut ------------------------------------------------------------------------


def test_every_connection_has_its_commits_on_the_disk(tmp_path: Path) -> None:
    requested = ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync")
    with (
        open_store(f"sqlite:///{tmp_path}/store.db") as store,
        store.engine.connect() as one,
        store.writing() as other,
    ):
        for connection in (one, other):
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in requested]
            assert found == ["wal", 2, 1, 1]


def test_what_a_power_cut_leaves_is_sound_and_gone_on_with(
    gold_stand: Stand, tmp_path: Path
) -> None:
    """Cut at any moment: the last writes may be missing or torn, as they were not synchronised."""
    rng = random.Random(1)  # noqa: S311 - no secret
    cuts = []
    with crawling(gold_stand) as process:
        first = stored(gold_stand.database)
        while len(cuts) < 12 or stored(gold_stand.database) == first:
            process.send_signal(signal.SIGSTOP)
            if not log_of(gold_stand.database).exists():  # the crawl is at its end
                break
            cuts.append(cut(gold_stand.database, tmp_path / f"cut{len(cuts)}", rng))
            process.send_signal(signal.SIGCONT)
            time.sleep(0.1 * rng.random())
        process.send_signal(signal.SIGCONT)
    had = [stored(one) for one in cuts]
    for one in cuts:
        assert is_sound(one)
        check_part(Stand(gold_stand.proxy, one, gold_stand.gold))
    assert max(had) > min(had)
    last = Stand(gold_stand.proxy, cuts[rng.randrange(len(cuts))], gold_stand.gold)
    assert crawl(last).returncode == 0
    check_whole(last)


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def cut(database: Path, folder: Path, rng: random.Random) -> Path:
    folder.mkdir()
    log = log_of(database)
    for file in (database, log):
        shutil.copy(file, folder / file.name)
    if rng.random() < 0.5:  # noise where the last writing was to be
        with (folder / log.name).open("r+b") as torn:
            torn.seek(-rng.randrange(1, 4096), os.SEEK_END)
            torn.write(rng.randbytes(500))
    return folder / database.name
