"""Full disks, locks, files that are gone and power cuts, all made to happen under real crawls.

Nothing is lost, nothing is stored twice, and what ends a crawl is told in one sentence.
``MALGEUM_TROUBLE=long`` holds the lock for a minute, and takes the file away for one.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.export.feeds.storage import FeedFile
from crawler.store import StoreError, open_store
from crawler.store.db.waiting import MAX_WAIT
from crawler.store.frontier.outlet_lock import HEARTBEAT_SECONDS, LEASE_SECONDS
from newsstand import gold
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.starting import ROOT, Run, scrapy, started
from tests.test_crawl import EQUAL, Stand, stat
from tests.test_store import article

NOW = datetime.now(UTC)
OUTLET = "papns"
A_WHILE = 60 if os.environ.get("MALGEUM_TROUBLE") == "long" else 1.5
"""Seconds for which the store cannot be used."""


@pytest.fixture(scope="module")
def newsstand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsstand, Stand]]:
    folder = tmp_path_factory.mktemp("gold")
    stand = Newsstand(7, NOW, 20)
    gold.write(stand.posts, folder / "gold.jsonl")
    pages = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    with beside(stand, NOW) as proxy:
        wanted = [page for page in pages if page["outlet"] == OUTLET]
        yield stand, Stand(proxy, folder, wanted)


@pytest.fixture
def stand(newsstand: tuple[Newsstand, Stand], tmp_path: Path) -> Stand:
    newsstand[0].asked.clear()
    return Stand(newsstand[1].proxy, tmp_path / "store" / "store.db", newsstand[1].gold)


def crawl(stand: Stand, *arguments: str, by: Callable[..., Run] = scrapy) -> Run:
    return stand.crawl(OUTLET, "-a", "since=60d", "-s", "ARCHIVE_FREE_MB=0", *arguments, by=by)


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


@contextmanager
def locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


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


def check_told(log: str, sentence: str) -> None:
    """Said once, and no traceback."""
    (line,) = [line for line in log.splitlines() if "] CRITICAL: " in line]
    assert sentence in line
    assert "Traceback" not in log


def refetched(newsstand: Newsstand) -> int:
    """How often pages of articles were asked for that had been before."""
    articles = [address for address in newsstand.asked if "wr_id=" in address]
    return len(articles) - len(set(articles))


# -- a full disk ----------------------------------------------------------------------


MOUNT, UNMOUNT = shutil.which("mount"), shutil.which("umount")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A disk of so many bytes at ``folder``; gives what makes it larger."""
    if not MOUNT or not UNMOUNT:
        pytest.skip("there is no mount here")
    folder.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run([MOUNT, *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")

    def grow(size: str) -> None:
        subprocess.run([MOUNT, "-o", f"remount,size={size}", str(folder)], check=True)

    try:
        yield grow
    finally:
        subprocess.run([UNMOUNT, "-l", str(folder)], check=True)


def test_a_full_disk_ends_the_crawl_and_the_next_goes_on(
    newsstand: tuple[Newsstand, Stand], stand: Stand
) -> None:
    with small_disk(stand.database.parent, "900k") as grow:
        run = crawl(stand)
        assert run.returncode == 6
        check_told(run.stderr, "fails: database or disk is full. The crawl ends;")
        missing = check_part(stand)
        assert 0 < len(missing) < len(stand.gold)
        assert is_sound(stand.database)
        grow("32m")
        assert crawl(stand).returncode == 0
        check_whole(stand)
        assert refetched(newsstand[0]) <= 5


def test_a_file_that_may_not_grow_is_like_a_full_disk(
    newsstand: tuple[Newsstand, Stand], stand: Stand
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))  # the crawl inherits it
    try:
        run = crawl(stand, by=started)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert run.returncode == 6
    check_told(run.stderr, "The crawl ends;")
    assert 0 < len(check_part(stand)) < len(stand.gold)
    assert crawl(stand).returncode == 0
    check_whole(stand)
    assert refetched(newsstand[0]) <= 5


def test_a_feed_that_cannot_be_written_ends_the_crawl(stand: Stand) -> None:
    run = crawl(stand, "-O", "/dev/full:jsonl")
    assert run.returncode == 6
    check_told(
        run.stderr, "The feed /dev/full cannot be written: No space left on device. The crawl"
    )
    assert stat(run, "malgeum/feed_errors") == 1
    assert len(stand.stored()) < len(stand.gold)  # or nothing was left for the next run's feed


def test_a_feed_has_whole_articles_alone(tmp_path: Path) -> None:
    told: list[OSError] = []
    line = ("가" * 1000 + "\n").encode()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with FeedFile(str(tmp_path / "feed"), "wb", told.append) as feed:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        try:
            for _ in range(5):
                assert feed.write(line) == len(line)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert (tmp_path / "feed").read_bytes() == line * 3  # at once, and without a half
    assert len(told) == 1


def test_a_log_that_cannot_be_written_costs_no_article(stand: Stand) -> None:
    run = crawl(stand, "--logfile", "/dev/full")
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "scrapy: the log file /dev/full cannot be written: No space left on device; "
        "the run goes on without"
    ]
    check_whole(stand)


def test_a_log_file_that_cannot_be_is_bad_usage() -> None:
    run = scrapy("crawl", OUTLET, "--logfile", "/proc/nope/x.log")
    assert run.returncode == 2
    assert run.stderr.startswith("scrapy: the log file /proc/nope/x.log cannot be written: ")
    assert "Traceback" not in run.stderr


# -- a lock ---------------------------------------------------------------------------


def test_a_lock_is_waited_for_and_nothing_is_asked_meanwhile(
    newsstand: tuple[Newsstand, Stand], stand: Stand
) -> None:
    with crawling(stand) as process:
        with locked(stand.database):
            time.sleep(1)
            asked = len(newsstand[0].asked)
            time.sleep(A_WHILE)
            assert len(newsstand[0].asked) <= asked + 2
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 0, log[-2000:]
    assert "is locked by another process: waiting." in log
    check_whole(stand)
    assert refetched(newsstand[0]) <= 3


def test_a_signal_is_heard_while_a_lock_is_waited_for(stand: Stand) -> None:
    with crawling(stand) as process:
        with locked(stand.database):
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            log = process.communicate(timeout=10)[1]
        assert process.returncode == 6
    check_told(log, "is locked by another process, and a signal to end has come. The crawl ends;")
    assert check_part(stand)


def test_a_lock_for_ever_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT", 2)
        with locked(tmp_path / "store.db"):
            waits = []
            for _ in range(2):
                began = time.monotonic()
                with pytest.raises(
                    StoreError, match=r"is locked by another process for too long\.$"
                ):
                    store.add(article())
                waits.append(time.monotonic() - began)
            assert waits[0] > 2 > waits[1]
        assert store.add(article()).kind == "new"


def test_a_lease_outlives_what_its_owner_waits_for() -> None:
    assert LEASE_SECONDS.total_seconds() > 2 * MAX_WAIT + HEARTBEAT_SECONDS
    assert MAX_WAIT > 60


# -- a file that is gone ----------------------------------------------------------------


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_that_is_gone_for_a_while_is_waited_for(
    newsstand: tuple[Newsstand, Stand], stand: Stand, what: str
) -> None:
    place = stand.database if what == "file" else stand.database.parent
    with crawling(stand) as process:
        place.rename(place.with_name("away"))
        time.sleep(A_WHILE)
        assert not place.exists()
        place.with_name("away").rename(place)
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 0, log[-2000:]
    assert "has lost its file: waiting." in log
    check_whole(stand)
    assert refetched(newsstand[0]) <= 3


def test_another_file_in_its_place_ends_the_crawl(stand: Stand) -> None:
    away = stand.database.with_name("away.db")
    with crawling(stand) as process:
        stand.database.rename(away)
        stand.database.touch()
        log = process.communicate(timeout=30)[1]
    assert process.returncode == 6
    check_told(log, "has lost its file, and another one is in its place. The crawl ends;")
    run = crawl(stand)  # SQLite would make a new store, and delete the old one's log for it
    assert run.returncode == 6
    assert "put the file back, or take both away" in run.stderr
    away.rename(stand.database)
    assert crawl(stand).returncode == 0
    check_whole(stand)


def test_a_missing_file_is_not_made_anew_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT", 0.1)
    file = tmp_path / "store.db"
    with open_store(f"sqlite:///{file}") as store:
        store.add(article())
        file.rename(tmp_path / "away.db")
        with pytest.raises(StoreError, match=r"has lost its file for too long\.$"):
            store.add(article(2, body="다른 글"))
        store.engine.dispose()
        with pytest.raises(StoreError, match=r"has lost its file\.$"):
            store.known([])
        assert not file.exists()


# -- a power cut ------------------------------------------------------------------------


def test_every_connection_has_its_commits_on_the_disk(tmp_path: Path) -> None:
    asked = ("journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync")
    with (
        open_store(f"sqlite:///{tmp_path}/store.db") as store,
        store.engine.connect() as one,
        store.writing() as other,
    ):
        for connection in (one, other):
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
            assert found == ["wal", 2, 1, 1]


def test_what_a_power_cut_leaves_is_sound_and_gone_on_with(stand: Stand, tmp_path: Path) -> None:
    """The files as they are on a disk at any moment; what was written last may be missing or
    torn, for it was not synchronised yet."""
    rng = random.Random(1)  # noqa: S311 - no secret
    cuts = []
    with crawling(stand) as process:
        for number in range(12):
            process.send_signal(signal.SIGSTOP)
            if log_of(stand.database).exists():  # else the crawl is at its end
                cuts.append(cut(stand.database, tmp_path / f"cut{number}", rng))
            process.send_signal(signal.SIGCONT)
            time.sleep(0.1 * rng.random())
    had = [stored(one) for one in cuts]
    for one in cuts:
        assert is_sound(one)
        check_part(Stand(stand.proxy, one, stand.gold))
    assert max(had) > min(had)
    last = Stand(stand.proxy, cuts[rng.randrange(len(cuts))], stand.gold)
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
