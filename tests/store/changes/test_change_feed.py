"""Change feed: every change once and in order, with several writers and after kills."""

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler import settings
from crawler.store import Store, StoreError, open_store
from crawler.store.articles.forget import Takedown, forget
from crawler.store.changes.feed import changes_after, newest_change
from crawler.store.clusters.recluster import recluster
from tests.support.articles import CORRECTED, URL, article, at, day
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy
from tests.support.store_writer import WRITER

FIELDS = settings.FEED_EXPORT_FIELDS
KILLS = 50 if os.environ.get("MALGEUM_FOLLOWING") == "long" else 5


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url) as opened:
        yield opened


def lines(store: Store, after: int = 0) -> list[dict[str, Any]]:
    return list(changes_after(store, after, newest_change(store), FIELDS))


def summaries(store: Store, after: int = 0) -> list[tuple[str, str, int | None]]:
    return [(line["change"], line["outlet"], line["revision"]) for line in lines(store, after)]


# -- what is told ---------------------------------------------------------------------------


def test_the_life_of_an_article(store: Store):
    store.upsert(at(1))
    store.upsert(at(1))
    store.upsert(at(1, number=2))  # an alias is no change
    store.mark_gone(URL, day(2))
    store.mark_gone(URL, day(3))
    store.upsert(at(4, CORRECTED))
    store.upsert(at(3, "늦게 온 글이다. " * 20))
    store.mark_gone(URL, day(5))
    store.upsert(at(6, CORRECTED))
    assert [(line["change"], line["changed_at"], line["revision"]) for line in lines(store)] == [
        ("new", day(1), 1),
        ("gone", day(2), 1),
        ("revised", day(4), 2),
        ("back", day(4), 2),
        ("older", day(3), 3),
        ("gone", day(5), 2),
        ("back", day(6), 2),
    ]
    bodies = {line["change"]: line["body"] for line in lines(store)}
    assert bodies["older"].startswith("늦게")
    assert bodies["back"] == CORRECTED


def test_a_line_has_every_field_as_a_crawls_feed_has_it(store: Store):
    item = at(1, authors=["홍길동"], images=[{"url": None, "caption": "가\n나"}], article_id="7")
    store.upsert(item)
    (line,) = lines(store)
    assert list(line) == ["seq", "change", "changed_at", *FIELDS]
    assert {name: line[name] for name in FIELDS} == {name: getattr(item, name) for name in FIELDS}


def test_a_line_stays_as_it_was(store: Store):
    store.upsert(at(1))
    (before,) = lines(store)
    store.upsert(at(2, CORRECTED))
    store.upsert(at(3, outlet="namdo", number=5))
    assert lines(store)[0] == before


def test_the_first_print_that_comes_later_changes_the_others(store: Store):
    store.upsert(at(3, date_published="2024-09-03T09:00+09:00"))
    store.upsert(at(4, outlet="namdo", date_published="2024-09-02T09:00+09:00"))
    assert summaries(store) == [
        ("new", "hangang", 1),
        ("clustered", "hangang", 1),
        ("new", "namdo", 1),
    ]
    assert [line["edit_kind"] for line in lines(store)] == [None, "verbatim", None]
    last = newest_change(store)
    list(recluster(store, day(9)))
    assert lines(store, last) == []


def test_of_a_forgotten_article_only_that_is_told(store: Store):
    store.upsert(at(1))
    store.upsert(at(2, CORRECTED))
    store.upsert(at(3, outlet="namdo"))
    last = newest_change(store)
    forget(store, [Takedown([URL], "hangang")], at=day(9))
    everything = lines(store)
    gone = [line for line in everything if line["canonical_url"] == URL]
    assert [line["change"] for line in gone] == ["forgotten"]
    assert gone[0]["seq"] > last
    assert gone[0]["outlet"] == "hangang"
    filled = {name for name in FIELDS if gone[0][name] is not None}
    assert filled == {"canonical_url", "outlet"}
    copy = [line for line in everything if line["outlet"] == "namdo"][-1]
    assert (copy["change"], copy["duplicate_of"]) == ("clustered", None)


def test_a_number_is_never_given_again(store: Store):
    store.upsert(at(1))
    store.upsert(at(1, "다른 글", number=9))
    forget(store, [Takedown([at(1, number=9).canonical_url], "hangang")], at=day(9))
    last = newest_change(store)
    forget(store, [Takedown([URL], "hangang")], at=day(9))
    assert newest_change(store) == last + 1
    assert len({line["seq"] for line in lines(store)}) == len(lines(store)) == 2


def test_a_number_above_all_is_of_another_store(store: Store):
    store.upsert(at(1))
    with pytest.raises(StoreError, match=r"has changes up to 1 and none after 2"):
        changes_after(store, 2, 2, FIELDS)


# -- the command ------------------------------------------------------------------------------


def test_export(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/malgeum.db"
    database = ("-s", f"DATABASE_URL={url}")
    with open_store(url) as store:
        for number in range(3):
            body = f"글 {number}"
            store.upsert(article(number, body=body, headline="=1+1"))
        store.upsert(article(9, "namdo", "남도의 글"))
        expected = lines(store)
    everything = scrapy("export", *database)
    assert everything.returncode == 0
    assert [json.loads(line) for line in everything.stdout.splitlines()] == expected
    assert everything.stderr == "4 changes; continue with --after 4\n"
    rest = scrapy("export", "--after", "2", "-O", f"{tmp_path}/rest.csv", *database)
    assert (rest.returncode, rest.stdout) == (0, "")
    with (tmp_path / "rest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["seq"], row["headline"]) for row in rows] == [
        ("3", "'=1+1"),
        ("4", "주민 설명회 열려"),
    ]
    one = scrapy("export", "--outlet", "namdo", *database)
    assert [json.loads(line)["seq"] for line in one.stdout.splitlines()] == [4]
    days = scrapy("export", "-O", f"{tmp_path}/days", "--by-day", *database)
    assert days.returncode == 0, days.stderr
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/days/**/*.parquet'").fetchall() == [(4,)]  # noqa: S608
    none = scrapy("export", "--after", "4", "-O", f"{tmp_path}/none.jsonl", *database)
    assert none.returncode == 0
    assert (tmp_path / "none.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--after", "-1"), 2, "--after must be the number of a change, or 0, not '-1'"),
        (("--after", "x"), 2, "--after must be the number of a change, or 0, not 'x'"),
        (("rest",), 2, "export takes no arguments"),
        (("-O", "x.nope"), 2, ""),
        (("-O", "/proc/nope/x.jsonl"), 2, "the output file /proc/nope/x.jsonl cannot be written"),
        (("--outlet", "papsn"), 2, "unknown outlet 'papsn'; did you mean papns?"),
        (("--after", "9"), 6, "The store "),
        (
            ("-s", "DATABASE_URL=sqlite:////nowhere/malgeum.db"),
            6,
            "There is no store at sqlite:////nowhere/malgeum.db",
        ),
    ],
)
def test_bad_usage_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
):
    url = f"sqlite:///{tmp_path}/x.db"
    open_store(url).close()
    run = scrapy("export", "-s", f"DATABASE_URL={url}", *arguments)
    assert run.returncode == code
    assert run.stderr.startswith(f"scrapy: {says}")
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr


# -- several writers, and a consumer that is killed ---------------------------------------------


def test_a_consumer_killed_at_any_moment_has_each_change_once(database_url: str, tmp_path: Path):
    """``MALGEUM_FOLLOWING=long``: killed 50 times."""
    chance = random.Random(7)  # noqa: S311
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url, outlet],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for outlet in ("hangang", "namdo")
    ]  # fmt: skip
    command = [sys.executable, "-m", "tests.support.feed_consumer", database_url, str(tmp_path)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "open\n"
        subprocess.run(command, check=True, **quiet)
        for _ in range(KILLS):
            consumer = subprocess.Popen(command, start_new_session=True, **quiet)
            time.sleep(chance.uniform(0.3, 3))
            os.killpg(consumer.pid, signal.SIGKILL)
            consumer.wait()
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    subprocess.run(command, check=True, **quiet)
    with closing(sqlite3.connect(tmp_path / "consumer.db")) as own:
        loaded = own.execute("SELECT seq, text FROM line ORDER BY arrived").fetchall()
    numbers = [seq for seq, _ in loaded]
    assert numbers == sorted(set(numbers))
    with open_store(database_url) as store:
        there = {line["seq"]: line for line in lines(store)}
    has = {seq: json.loads(text) for seq, text in loaded}
    assert there.items() <= has.items()
    deleted = {has[seq]["canonical_url"] for seq in has.keys() - there.keys()}
    forgotten = {line["canonical_url"] for line in there.values() if line["change"] == "forgotten"}
    assert deleted <= forgotten
    assert {line["change"] for line in there.values()} == {"new", "revised", "gone", "forgotten"}
