"""PostgreSQL as the store: it behaves as SQLite does; server restarts, locks and drivers."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from crawler.store import Store, StoreError, open_store
from crawler.store.changes.feed import changes_after, newest_change
from crawler.store.db.engine import engine_of
from crawler.store.db.waiting import MAX_WAIT_SECONDS
from newsstand.server import serving
from tests.support.articles import article, rows
from tests.support.paths import ROOT
from tests.support.postgresql import Server
from tests.support.scrapy_process import Run, scrapy
from tests.support.waiting import HANG, wait_for

SECRET = "geheim"  # noqa: S105
"""The password of every test's address."""


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


def run(url: str, *arguments: str, **more: str) -> Run:
    done = scrapy(*arguments, "-s", f"DATABASE_URL={url}", **more)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


# -- the same as on SQLite ------------------------------------------------------------------


def test_crawls_replays_and_every_command_as_on_sqlite(url: str, tmp_path: Path):
    """One archive, replayed into both, gives exports that are equal byte for byte."""
    log = f"LOG_FILE={tmp_path}/crawl.jsonl"
    archive = ("-s", f"ARCHIVE={tmp_path}/archive")
    with serving(seed=7, articles=12, gold=tmp_path / "gold.jsonl") as proxy:
        crawl = ("crawl", "papns", "-a", "since=60d", "-s", "DOWNLOAD_DELAY=0", "-s", log)
        crawled = run(url, *crawl, *archive, proxy=proxy)
        assert crawled.returncode == 0, crawled.stderr[-2000:]
    assert SECRET not in (tmp_path / "crawl.jsonl").read_text(encoding="utf-8")
    exports = []
    for other in (f"sqlite:///{tmp_path}/one.db", _beside(url)):
        replayed = run(other, "replay", f"{tmp_path}/archive")
        assert replayed.returncode == 0, replayed.stderr[-2000:]
        file = tmp_path / f"{len(exports)}.jsonl"
        assert run(other, "export", "-O", str(file)).returncode == 0
        exports.append(file.read_bytes())
    assert exports[0] == exports[1]
    assert exports[0].count(b"\n") >= 12
    with open_store(url) as store:
        address = rows(store)[0]["canonical_url"]
    for words in (
        ("history", address),
        ("status",),
        ("recluster",),
        ("releases", "--since", "3000d"),
        ("doctor", *archive),
        ("forget", address, *archive),
    ):
        done = run(url, *words)
        assert done.returncode in (0, 3), (words, done.stderr[-2000:])


def _beside(url: str) -> str:
    """An empty database of the same server."""
    engine = engine_of(url)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE beside"))
    engine.dispose()
    return url.replace(f"/{engine.url.database}?", "/beside?")


def test_two_crawls_of_one_outlet_share_it_by_lease(url: str):
    holding = (
        "import sys, time; from crawler.store import open_store; "
        "from crawler.store.frontier.outlet_lock import Lease\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    assert Lease(store, 'papns').acquire() is None\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", holding, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert run(url, "crawl", "papns").returncode == 7
    finally:
        holder.kill()
        holder.communicate()


# -- the schema -----------------------------------------------------------------------------


def test_a_database_at_0009_is_brought_forward_with_its_rows(postgresql: Server):
    url = postgresql.database(locale="en-US")
    engine = engine_of(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        one = {
            "url": "u", "canonical_url": "u", "outlet": "o", "fetched_at": "2024-09-11T00:14:32Z",
            "keywords": "[]", "images": "[]", "in_language": "ko", "authors": "[]",
            "author_details": "[]", "mentioned_dates": "[]", "revision": 2, "blocks": "[]",
            "shown_dates": "[]", "gone_at": "2024-09-12T00:00:00Z", "headline": "둘째",
        }  # fmt: skip
        names = ", ".join(one)
        values = ", ".join(f":{name}" for name in one)
        insert = f"INSERT INTO article ({names}) VALUES ({values})"  # noqa: S608
        connection.execute(text(insert), one)
        older = {**one, "article": 1, "revision": 1, "headline": "첫째"}
        del older["gone_at"]
        names, values = ", ".join(older), ", ".join(f":{name}" for name in older)
        insert = f"INSERT INTO revision ({names}) VALUES ({values})"  # noqa: S608
        connection.execute(text(insert), older)
    engine.dispose()
    with open_store(url) as store:
        found = list(changes_after(store, 0, newest_change(store), ["canonical_url", "headline"]))
        summaries = [(line["seq"], line["change"], line["headline"]) for line in found]
        assert summaries == [(1, "new", "첫째"), (2, "revised", "둘째"), (3, "gone", "둘째")]
        with store.engine.begin() as connection:
            unsorted = connection.scalars(
                text(
                    "SELECT table_name || '.' || column_name FROM information_schema.columns "
                    "WHERE table_schema = 'public' AND data_type = 'text' "
                    "AND collation_name IS DISTINCT FROM 'C'"
                )
            ).all()
        assert unsorted == []
        store.upsert(article())
        assert newest_change(store) == 4


def test_an_encoding_that_lacks_letters_is_refused(postgresql: Server):
    url = postgresql.database(encoding="LATIN1")
    with pytest.raises(StoreError, match=r"has the encoding LATIN1; it must be UTF8\.$"):
        open_store(url)


@pytest.mark.parametrize("driver", ["postgresql+psycopg_async", "postgresql+pg8000"])
def test_another_driver_is_refused(driver: str):
    with pytest.raises(StoreError, match=r"^DATABASE_URL names ") as raised:
        engine_of(f"{driver}://me:{SECRET}@host/news")
    assert SECRET not in str(raised.value)


def test_a_server_that_never_answered_is_said_at_once(tmp_path: Path):
    began = time.monotonic()
    done = run(f"postgresql+psycopg://me:{SECRET}@/news?host={tmp_path}", "status")
    assert done.returncode == 6
    assert done.stderr.count("\n") == 1
    assert time.monotonic() - began < MAX_WAIT_SECONDS / 2


# -- writers that wait, and a server that goes away ------------------------------------------


def test_a_lock_is_waited_for_and_given_up(url: str, monkeypatch: pytest.MonkeyPatch):
    with open_store(url) as other:
        with open_store(url) as hasty, other.writing():
            monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT_SECONDS", 0.5)
            with pytest.raises(StoreError, match="is locked by another process for too long"):
                hasty.upsert(article(1))
        monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT_SECONDS", 90)
        store = open_store(url)
        with other.writing():
            adding = threading.Thread(target=store.upsert, args=[article(2)])
            adding.start()
            time.sleep(1.5)  # longer than one try
            assert adding.is_alive()
        adding.join(HANG)
        assert store.known([article(2).canonical_url])
        store.close()


def test_a_writer_cut_while_it_waits_writes_all_the_same(url: str, postgresql: Server):
    with open_store(url) as store, open_store(url) as other:
        with other.writing():
            adding = threading.Thread(target=store.upsert, args=[article(1)])
            adding.start()
            wait_for(lambda: cut_waiting(postgresql, store) == [(True,)])
            time.sleep(0.2)
        adding.join(HANG)
        assert store.known([article(1).canonical_url])


def cut_waiting(postgresql: Server, store: Store) -> list[tuple[bool]]:
    """Cut the connections that wait for the writers' lock of this store."""
    with postgresql.connect() as server:
        return server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND wait_event = 'advisory'",
            [store.engine.url.database],
        ).fetchall()


WRITER = """
import sys
from tests.support.articles import article
from crawler.store import open_store
url, count = sys.argv[1:]
with open_store(url) as store:
    for number in range(int(count)):
        store.upsert(article(number, "hangang", f"{number}번째 소식이다."))
        print(number, flush=True)
"""


def writing(url: str, articles: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(articles)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_starts_anew_costs_no_article(own_server: Server, mode: str):
    url = own_server.database()
    writer = writing(url, 600)
    assert writer.stdout
    for _ in range(3):
        for _ in range(50):
            writer.stdout.readline()
        own_server.restart(mode)
    _, said = writer.communicate(timeout=300)
    assert writer.returncode == 0, said
    with open_store(url) as store:
        assert len(rows(store)) == 600
        changes = list(changes_after(store, 0, newest_change(store), ["canonical_url"]))
    assert len(changes) == len({line["canonical_url"] for line in changes}) == 600


def test_a_signal_is_heard_while_the_server_is_away(own_server: Server):
    url = own_server.database()
    writer = writing(url, 100000)
    assert writer.stdout
    writer.stdout.readline()
    own_server.stop()
    time.sleep(1)
    writer.send_signal(signal.SIGTERM)
    writer.communicate(timeout=60)
    assert writer.returncode != 0
    own_server.start()
