"""``scrapy prune`` and ``scrapy backup``, also while crawls write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.store import Store, StoreError, open_store
from crawler.store.articles.prune import count_before, prune
from crawler.store.changes.feed import changes_after, newest_change
from crawler.store.db.backup import backup
from crawler.store.db.schema import address, change, cluster, page, revision, sketch
from newsstand.server import serving
from tests.support.articles import CORRECTED, article, at, check_file, day, rows
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url) as opened:
        yield opened


def fill(store: Store) -> None:
    store.upsert(at(1, number=1, date_published="2024-09-01"))
    store.upsert(at(2, CORRECTED, number=1, date_published="2024-09-01"))
    store.upsert(at(2, number=2, outlet="namdo", date_published="2024-09-02T09:00+09:00"))
    store.upsert(at(3, "셋째 날의 글", number=3, date_published="2024-09-03T00:00+09:00"))
    store.upsert(at(2, "날짜가 없는 글", number=4))
    store.upsert(at(3, "날짜가 없는 새 글", number=5))


def left(store: Store) -> list[str]:
    return [row["canonical_url"].rsplit("/", 1)[-1] for row in rows(store)]


def test_what_is_older_goes_with_all_its_versions(store: Store):
    fill(store)
    last = newest_change(store)
    assert count_before(store, "2024-09-03") == 3
    assert list(prune(store, "2024-09-03", day(9))) == [3]
    assert left(store) == ["3", "5"]
    with store.engine.begin() as connection:
        ids = [row["id"] for row in rows(store)]
        for column in (address.c.article, sketch.c.article, change.c.article):
            assert set(connection.scalars(select(column))) <= set(ids)
        assert connection.scalars(select(revision.c.article)).all() == []
        assert set(connection.scalars(select(cluster.c.first)).all()) <= {*ids, None}
    check_file(store)
    assert list(changes_after(store, last, newest_change(store), ["url"])) == []
    assert list(prune(store, "2024-09-03", day(9))) == []


def test_those_that_stay_are_settled_anew_and_told(store: Store):
    store.upsert(at(1, date_published="2024-09-01"))
    store.upsert(at(3, outlet="namdo", date_published="2024-09-03"))
    last = newest_change(store)
    list(prune(store, "2024-09-02", day(9)))
    (row,) = rows(store)
    assert row["edit_kind"] is None
    (line,) = changes_after(store, last, newest_change(store), ["cluster_id", "edit_kind"])
    assert line == {
        "seq": last + 1,
        "change": "clustered",
        "changed_at": day(9),
        "cluster_id": row["cluster_id"],
        "edit_kind": None,
    }


def test_what_was_pruned_is_not_fetched_again(tmp_path: Path):
    database = ("-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db")
    journal = tmp_path / "journal.jsonl"
    crawl = ("crawl", "papns", "-a", "since=60d", "-s", "DOWNLOAD_DELAY=0", "-s", "ARCHIVE=")
    with serving(seed=7, articles=6, gold=tmp_path / "gold.jsonl", journal=journal) as proxy:
        assert scrapy(*crawl, *database, proxy=proxy).returncode == 0
        fetched = journal.read_text("utf-8").count('"kind": "article"')
        assert fetched >= 6
        dry = scrapy("prune", "--before", "2030-01-01", "--dry-run", *database)
        count = dry.stdout.split(" ", 1)[0]
        assert dry.returncode == 0
        assert 6 <= int(count) <= fetched
        pruned = scrapy("prune", "--before", "2030-01-01", *database)
        assert pruned.stdout == f"{count} articles from before 2030-01-01 deleted\n"
        assert pruned.returncode == 0
        again = scrapy(*crawl, *database, proxy=proxy)
        assert again.returncode == 0, again.stderr[-2000:]
        assert journal.read_text("utf-8").count('"kind": "article"') == fetched
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert rows(store) == []
        with store.engine.begin() as connection:
            gone = select(page.c.due_at).where(page.c.outcome == "stored")
            assert set(connection.scalars(gone)) == {None}


# -- backup ---------------------------------------------------------------------------------

WRITER = """
import sys
from tests.support.articles import article
from crawler.store import open_store
with open_store(sys.argv[1]) as store:
    number = 0
    while True:
        store.upsert(article(number, "hangang", f"{number}번째 소식이다."))
        number += 1
        print(number, flush=True)
"""


def test_a_copy_made_while_a_crawl_writes_is_a_whole_store(database_url: str, tmp_path: Path):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    file = tmp_path / "copies" / "backup"
    file.parent.mkdir()
    try:
        assert writer.stdout
        for _ in range(60):
            writer.stdout.readline()
        with open_store(database_url) as store:
            assert backup(store, file) == file.stat().st_size > 0
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    assert [path.name for path in file.parent.iterdir()] == ["backup"]
    assert file.stat().st_mode & 0o077 == 0
    if database_url.startswith("sqlite"):
        with open_store(f"sqlite:///{file}") as copy:
            numbers = [int(number) for number in left(copy)]
            assert len(numbers) >= 60
            assert numbers == list(range(len(numbers)))
            check_file(copy)
    else:
        listed = subprocess.run(
            ["pg_restore", "--list", str(file)],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        assert "TABLE DATA public article" in listed.stdout


def test_a_failed_copy_leaves_the_one_before(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.upsert(article())
        with pytest.raises(FileExistsError):
            backup(store, tmp_path / "store.db")
        assert len(rows(store)) == 1
    done = scrapy("backup", f"{tmp_path}/b.db", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{tmp_path}/b.db: ")
    assert done.stdout.endswith(" MB, 1 articles\n")
    before = (tmp_path / "b.db").read_bytes()
    again = scrapy(
        "backup", f"{tmp_path}/b.db", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db"
    )
    assert again.returncode == 6
    assert again.stderr == f"scrapy: {tmp_path}/b.db cannot be written: File exists\n"
    none = scrapy("backup", f"{tmp_path}/c.db", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/none.db")
    assert (none.returncode, none.stderr) == (
        6,
        f"scrapy: There is no store at sqlite:///{tmp_path}/none.db yet: `scrapy crawl` creates one.\n",
    )
    assert not (tmp_path / "none.db").exists()
    wrong = scrapy(
        "backup", f"{tmp_path}/nowhere/b.db", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db"
    )
    assert wrong.returncode == 6
    assert (
        wrong.stderr
        == f"scrapy: {tmp_path}/nowhere/b.db cannot be written: No such file or directory\n"
    )
    assert (tmp_path / "b.db").read_bytes() == before


def test_pg_dump_that_fails_is_told_without_the_password(
    postgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with open_store(postgresql.database()) as store:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(StoreError, match="pg_dump is not installed"):
            backup(store, tmp_path / "x")
        (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "wrong: $PGPASSWORD" >&2\nexit 1\n')
        os.chmod(tmp_path / "pg_dump", 0o755)  # noqa: S103
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        with pytest.raises(StoreError, match=r"cannot be copied: wrong: \*\*\*\.$"):
            backup(store, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("prune",), "prune takes --before DAY or AGE"),
        (("prune", "--before", "soon"), "--before='soon' is not a date"),
        (("backup",), "backup takes one FILE"),
        (("backup", "a", "b"), "backup takes one FILE"),
    ],
)
def test_bad_usage_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], says: str):
    run = scrapy(*arguments, "-s", f"DATABASE_URL=sqlite:///{tmp_path}/x.db")
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {says}")
    assert run.stderr.count("\n") == 1
