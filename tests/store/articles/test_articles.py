"""Articles in the store: each once, for any URL, process or kill; migrations and store errors."""

import logging
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from crawler.article import Article, Block, DateCandidate
from crawler.store import DedupeResult, Store, StoreError, open_store
from crawler.store.db import schema as tables
from tests.support.articles import LONG, article, check_file, only_sqlite, rows
from tests.support.paths import ROOT


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def store(url: str):
    with open_store(url) as opened:
        yield opened


# -- one article --------------------------------------------------------------------


def test_every_field_of_the_item_has_a_column():
    columns = set(tables.article.c.keys()) - {"id", "last_seen_at", "gone_at"}
    passing = {"error_page", "is_revisit", "is_fetch_time_known", "author_candidates"}
    assert {field.name for field in fields(Article)} - columns == passing
    assert columns <= {field.name for field in fields(Article)}


def test_what_is_stored_comes_back_unharmed(store: Store):
    full = article(
        headline="“똠방각하” 펲시 🌾 it's 100% \\ ; DROP TABLE article;--",
        keywords=["쌀", '"따옴표"'],
        authors=["홍길동"],
        images=[{"url": None, "caption": "들녘\n사진"}],
        translation={"language": "vi", "headline": None, "body": "Xin chào"},
        blocks=[Block("본문  첫 줄", "body")],
        date_candidates=[DateCandidate("입력 2024-09-11", "label")],
        date_published="2024-09-11T09:14+09:00",
    )
    assert store.upsert(full) == DedupeResult("new")
    (row,) = rows(store)
    assert row["headline"] == full.headline
    assert row["keywords"] == full.keywords
    assert row["images"] == full.images
    assert row["translation"] == full.translation
    assert row["rights"] is None
    assert row["blocks"] == [{"text": "본문  첫 줄", "kind": "body", "inside": "", "role": ""}]
    assert row["date_candidates"] == [
        {"text": "입력 2024-09-11", "source": "label", "shown_at": None}
    ]
    assert row["date_published"] == "2024-09-11T09:14+09:00"
    assert row["revision"] == 1


def test_nul_and_lone_surrogates_are_replaced_and_it_is_said(
    store: Store, caplog: pytest.LogCaptureFixture
):
    bad = article(
        headline="가\x00나", authors=["\ud83c홍"], canonical_url="https://x.example/\udc80"
    )
    store.upsert(bad)
    (row,) = rows(store)
    assert (row["headline"], row["authors"]) == ("가\ufffd나", ["\ufffd홍"])
    assert store.known([bad.canonical_url]) == {bad.canonical_url}
    assert store.upsert(bad).kind == "known"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


# -- the same article ---------------------------------------------------------------


def test_twice_is_once(store: Store):
    assert store.upsert(article()).kind == "new"
    assert store.upsert(article()) == DedupeResult("known", article().canonical_url)
    assert len(rows(store)) == 1


def test_another_outlet_is_stored_and_linked_to_the_first(store: Store):
    first = article()
    store.upsert(first)
    for number, outlet in enumerate(["namdo", "seohae"]):
        copy = article(number, outlet, LONG.replace(" ", "\n").replace(".", "․"))
        assert store.upsert(copy) == DedupeResult("copy", first.canonical_url)
        assert copy.duplicate_of == first.canonical_url
    assert [row["duplicate_of"] for row in rows(store)] == [None] + [first.canonical_url] * 2


def test_the_outlet_itself_gets_an_alias(store: Store):
    store.upsert(article(1))
    again = article(2, headline="주민 설명회, 열려")
    assert store.upsert(again) == DedupeResult("same", article(1).canonical_url)
    assert len(rows(store)) == 1
    assert store.known([again.canonical_url]) == {again.canonical_url}
    assert store.upsert(again) == DedupeResult("known", article(1).canonical_url)
    assert store.counts() == [("hangang", 1, 1, None, None)]


@pytest.mark.parametrize(
    ("body", "headline", "kind"),
    [
        ("가" * 100, "주민 설명회 열려", "same"),
        ("가" * 99, "주민 설명회 열려", "new"),
        ("가" * 100, "주민 설명회 또 열려", "new"),
    ],
)
def test_short_bodies_and_other_headlines_are_articles_of_their_own(
    store: Store, body: str, headline: str, kind: str
):
    store.upsert(article(1, body=body))
    later = article(2, body=body, headline=headline)
    assert store.upsert(later).kind == kind
    assert later.duplicate_of is None


def test_counts(store: Store):
    assert store.counts() == []
    store.upsert(article(1, date_published="2024-09-11T09:14+09:00"))
    store.upsert(article(2, body="다른 글", date_published="2024-09-10"))
    store.upsert(article(3))
    store.upsert(article(4, "namdo"))
    assert store.counts() == [
        ("hangang", 2, 1, "2024-09-10", "2024-09-11T09:14+09:00"),
        ("namdo", 1, 0, None, None),
    ]


def test_known_takes_any_number(store: Store):
    for number in range(3):
        store.upsert(article(number, body=f"글 {number}"))
    urls = [article(number).canonical_url for number in range(2500)]
    assert store.known(urls) == set(urls[:3])
    assert store.known([]) == set()


def test_in_memory():
    with open_store("sqlite://") as store:
        store.upsert(article())
        assert len(rows(store)) == 1
    with open_store("sqlite://") as store:
        assert rows(store) == []


# -- the schema ---------------------------------------------------------------------


def test_migrations_make_the_tables(store: Store):
    with store.engine.begin() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == tables.SCHEMA


def test_the_schema_number_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == tables.SCHEMA


def test_alembic_by_hand(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/malgeum.db"
    for command in (["upgrade", "head"], ["check"]):
        subprocess.run(
            [sys.executable, "-m", "alembic", *command],
            cwd=ROOT,
            env={**os.environ, "MALGEUM_DATABASE_URL": url},
            check=True,
        )
    open_store(url).close()


def test_tables_compile_for_postgresql():
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in tables.metadata.sorted_tables
    }
    assert "id SERIAL NOT NULL" in made["article"]
    assert "keywords JSON NOT NULL" in made["article"]
    assert "REFERENCES article (id)" in made["address"]


def test_an_up_to_date_store_opens_without_alembic(url: str):
    open_store(url).close()
    code = f"import sys; from crawler.store import open_store; open_store({url!r}).close()"
    check = code + "; assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


# -- several processes, and kills -----------------------------------------------------

WRITER = """
import sys
from tests.support.articles import article
from crawler.store import open_store
url, outlet, count = sys.argv[1:]
with open_store(url) as store:
    for number in range(int(count)):
        store.upsert(article(number, outlet, f"{'같은 글이다. ' * 20} {number}"))
        print(number, flush=True)
"""


def writer(url: str, outlet: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, outlet, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_processes_that_write_at_once_store_nothing_twice(url: str):
    outlets = ["hangang", "hangang", "namdo", "namdo"]
    for process in [writer(url, outlet, 150) for outlet in outlets]:
        process.communicate(timeout=120)
        assert process.returncode == 0
    with open_store(url) as store:
        stored = rows(store)
    assert len({row["canonical_url"] for row in stored}) == len(stored) == 300
    firsts = {row["content_hash"]: row["canonical_url"] for row in reversed(stored)}
    for row in stored:
        first = firsts[row["content_hash"]]
        assert row["duplicate_of"] == (None if row["canonical_url"] == first else first)
    assert sum(row["duplicate_of"] is None for row in stored) == 150


@pytest.mark.parametrize("kill", range(5))
def test_a_killed_writer_loses_nothing_it_had_stored(url: str, kill: int):
    process = writer(url, "hangang", 10_000)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.03 * kill)
    process.kill()
    reported = 1 + sum(1 for line in process.stdout if line.endswith("\n"))
    process.wait()
    process.stdout.close()
    with open_store(url) as store:
        stored = rows(store)
        assert len(stored) in (reported, reported + 1)  # the last may be committed and not yet told
        assert store.known(row["canonical_url"] for row in stored) == {
            row["canonical_url"] for row in stored
        }
        check_file(store)
        assert store.upsert(article(0, body=stored[0]["body"])).kind == "known"
        assert store.upsert(article(20_000, body="새 글")).kind == "new"


# -- trouble --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("", "is not an SQLAlchemy URL"),
        ("output/malgeum.db", "is not an SQLAlchemy URL"),
        ("postgresql://me:geheim@host:port/news", "is not an SQLAlchemy URL"),
        ("postgresq://me:geheim@host/news", "names postgresq, which is not a known database."),
        ("mssql+pymssql://me:geheim@host/news", "whose driver pymssql is not installed."),
        ("sqlite://me:geheim@host/news.db", "options or a form that sqlite rejects"),
        ("sqlite:////tmp/news.db?password=geheim", "options or a form that sqlite rejects"),
        ("sqlite:////dev/null/news.db", "fails: File exists: /dev/null."),
        ("sqlite:////dev", "fails: unable to open database file."),
        ("sqlite:////proc/malgeum/news.db", "fails: No such file or directory: /proc/malgeum."),
    ],
)
def test_a_bad_address_gets_a_sentence(bad: str, says: str):
    with pytest.raises(StoreError) as raised:
        open_store(bad)
    sentence = str(raised.value)
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "geheim" not in sentence


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("아무 글이나 적은 파일" * 100)
    with pytest.raises(StoreError, match="file is not a database"):
        open_store(f"sqlite:///{tmp_path}/notes.txt")


def test_a_schema_newer_than_the_code(url: str):
    with open_store(url) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        StoreError, match=r"schema 9999, which .* newer version or another program made it\."
    ):
        open_store(url)


def test_another_programs_tables_are_left_alone(tmp_path: Path):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE article (title)")
    other.close()
    with pytest.raises(StoreError, match="table article already exists"):
        open_store(f"sqlite:///{tmp_path}/other.db")


@only_sqlite
def test_a_file_that_fails_under_way(store: Store):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as on a full disk
    long = "가나다라" * 100_000
    with pytest.raises(StoreError, match="database or disk is full"):
        store.upsert(article(1, body=long))
    assert store.known([article(1).canonical_url]) == set()
