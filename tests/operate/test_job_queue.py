"""``scrapy work``: outlets as jobs, and workers that are killed; real PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.trials.crawls import held
from crawler.operate.job_queue import app_for
from crawler.store import Store, open_store
from newsstand.server import serving
from tests.support.articles import rows
from tests.support.paths import ROOT
from tests.support.postgresql import Server
from tests.support.scrapy_process import scrapy
from tests.support.waiting import HANG, wait_for

OUTLETS = ("papns", "gosiweek", "seonamtoday")


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


def worker(url: str, proxy: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "scrapy", "work", *OUTLETS, "-a", "since=60d", *arguments]
    settings = ("DOWNLOAD_DELAY=0.2", f"ARCHIVE={folder}/archive", "AUTOTHROTTLE_ENABLED=False")
    command += [part for setting in settings for part in ("-s", setting)]
    known = {"MALGEUM_DATABASE_URL": url, "http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""}
    with (folder / "work.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | known,
            stderr=log,
            stdout=log,
            start_new_session=True,
        )


def jobs(store: Store) -> list[tuple[str, str]]:
    """Outlet and status of each crawl, in order."""
    query = "SELECT args ->> 'outlet', status FROM procrastinate_jobs WHERE task_name = 'crawl' ORDER BY id"
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@contextmanager
def ended(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_each_outlet_is_crawled_and_the_worker_ends(url: str, tmp_path: Path):
    with serving(seed=3, articles=6, gold=tmp_path / "gold.jsonl") as proxy:
        rarely = ("--every", "0 0 29 2 *")  # else the hour may turn
        first = worker(url, proxy, tmp_path, "--now", "--drain", *rarely, "-s", "DOWNLOAD_DELAY=0")
        with ended(first):
            assert first.wait(300) == 0
    with open_store(url) as store:
        found = held(tmp_path / "gold.jsonl", url, OUTLETS)
        assert found.is_right, found
        assert sorted(jobs(store)) == [(outlet, "succeeded") for outlet in sorted(OUTLETS)]
    log = (tmp_path / "work.log").read_text("utf-8")
    assert "geheim" not in log
    assert "Traceback" not in log


def test_two_workers_one_killed_with_its_crawls(url: str, tmp_path: Path):
    """Every article once: its jobs go to the other, which goes on where they were."""
    with serving(seed=3, articles=10, gold=tmp_path / "gold.jsonl") as proxy:
        doomed = worker(url, proxy, tmp_path, "--now", "--jobs", "2")
        with ended(doomed), open_store(url) as store:
            wait_for(lambda: len(rows(store)) >= 3)
            other = worker(url, proxy, tmp_path, "--now", "--jobs", "2")
            with ended(other):
                os.killpg(doomed.pid, signal.SIGKILL)
                wait_for(lambda: {one for _, one in jobs(store)} <= {"succeeded", "failed"}, 300)
                other.send_signal(signal.SIGTERM)
                assert other.wait(HANG) == 0
            assert {one for one, how in jobs(store) if how == "succeeded"} == set(OUTLETS)
    found = held(tmp_path / "gold.jsonl", url, OUTLETS)
    assert found.is_right, found


def test_a_worker_told_to_end_ends_its_crawls(url: str, tmp_path: Path):
    with serving(seed=3, articles=10, gold=tmp_path / "gold.jsonl") as proxy:
        stopped = worker(url, proxy, tmp_path, "--now", "-s", "DOWNLOAD_DELAY=2")
        with ended(stopped), open_store(url) as store:
            wait_for(lambda: len(rows(store)) >= 1)
            stopped.send_signal(signal.SIGTERM)
            assert stopped.wait(HANG) == 0
            assert "Traceback" not in (tmp_path / "work.log").read_text("utf-8")
            with store.engine.begin() as connection:
                codes = connection.scalars(text("SELECT exit_code FROM run")).all()
                assert codes
                assert set(codes) == {3}
                assert connection.scalar(text("SELECT count(*) FROM outlet_lock")) == 0


def test_every_outlet_has_a_lock_and_a_time():
    app = app_for("postgresql+psycopg://me@/news?host=/tmp", OUTLETS, [], {}, "7 * * * *")
    found = {
        id: (one.cron, one.configure_kwargs)
        for (name, id), one in app.periodic_registry.periodic_tasks.items()
        if name == "crawl"
    }
    assert found.keys() == set(OUTLETS)
    for outlet, (cron, kwargs) in found.items():
        assert cron == "7 * * * *"
        assert kwargs["lock"] == kwargs["queueing_lock"] == f"crawl {outlet}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-s", "DATABASE_URL=sqlite:///x.db"), "work needs DATABASE_URL of a PostgreSQL store"),
        (("--every", "hourly"), "--every must be a schedule as in a crontab"),
        (("--jobs", "0"), "--jobs must be a whole number of at least 1, not '0'"),
        (("nowhere",), ""),
        (("-a", "sicne=7d"), "unknown argument 'sicne'"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], says: str):
    database = ("-s", "DATABASE_URL=postgresql+psycopg://me:geheim@/news?host=/nowhere")
    run = scrapy("work", *database, *arguments)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].startswith(f"scrapy: {says}")
    assert "Traceback" not in run.stderr
    assert "geheim" not in run.stderr
