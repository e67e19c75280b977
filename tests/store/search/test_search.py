"""``scrapy search``: articles by parts of words, on both databases, with and without the index."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text

from crawler.store import Store, StoreError, open_store
from crawler.store.articles.forget import wipe
from crawler.store.db import schema as tables
from crawler.store.search import index as indexing
from crawler.store.search import query as searching
from crawler.store.search.index import build_index, has_index, is_migrated
from crawler.store.search.query import SearchQuery, has_words, search, words_of
from crawler.terminal.snippet import marked, snippet
from tests.support.articles import article, check_file, rows
from tests.support.erasure import on_disk, take
from tests.support.paths import ROOT
from tests.support.postgresql import Server
from tests.support.scrapy_process import scrapy


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store; PostgreSQL's knows which characters are letters."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/malgeum.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.database(ctype="C.UTF-8")


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url) as opened:
        yield opened


@pytest.fixture
def index_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No article is looked at before the index is asked."""
    monkeypatch.setattr(searching, "SCANNED_ARTICLES", 0)


def found(store: Store, words: str, limit: int = 1000, **options: Any) -> list[str]:
    """The canonical addresses of what is found, the newest first."""
    hits = search(store, SearchQuery(words_of(words), **options), limit)
    return [hit.canonical_url for hit in hits]


def numbers(store: Store, words: str, **options: Any) -> list[int]:
    return [int(url.rpartition("/")[2]) for url in found(store, words, **options)]


def indexed(store: Store) -> set[tuple[str, int]]:
    """What SQLite's index holds: which trigram in which article."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS temp.instance")
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.instance USING fts5vocab(main, search_text, instance)"
        )
        return {tuple(row) for row in connection.exec_driver_sql("SELECT term, doc FROM instance")}


def anew(store: Store) -> set[tuple[str, int]]:
    """What it holds once it is made anew."""
    with store.engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER search_delete")
    build_index(store)
    return indexed(store)


# -- what is found ------------------------------------------------------------------------

LETTERS = "군의회청가나Aaß%_\"'*()\\^-:다.é🌾Ｋｋ"


def invented(said: random.Random, longest: int) -> str | None:
    letters = "".join(said.choices(LETTERS + " \n", k=said.randint(0, longest)))
    return letters.strip() or None


def by_hand(store: Store, words: list[str]) -> list[str]:
    """Every article with the words, told without a database."""
    texts = ("headline", "alternative_headline", "body")
    hits = [row for row in rows(store) if has_words(words, *(row[name] for name in texts))]
    hits.sort(key=lambda row: (row["date_published"] or "", row["id"]), reverse=True)
    return [row["canonical_url"] for row in hits]


@pytest.mark.parametrize("newest", [0, 7, 2000])
def test_whatever_is_searched_is_what_reading_everything_finds(
    store: Store, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    """Through additions, revisions and takedowns, before and after the index is made."""
    monkeypatch.setattr(searching, "SCANNED_ARTICLES", newest)
    said = random.Random(5)  # noqa: S311
    urls = []
    for number in range(90):
        if number == 30:
            build_index(store)
        date = said.choice([None, "2024-09-11", f"2024-09-{number % 29 + 1:02}T09:14+09:00"])
        added = article(
            number,
            body=invented(said, 40) or "글",
            headline=invented(said, 9),
            alternative_headline=invented(said, 4),
            date_published=date,
        )
        store.upsert(added)
        urls.append(added.canonical_url)
        if number % 5 == 4:
            revised = article(number - 2, body=f"{invented(said, 30)} 고침")
            revised.fetched_at = "2024-10-01T00:00:00Z"
            store.upsert(revised)
        if number % 7 == 6:
            take(store, said.choice(urls))
    some = 0
    for _ in range(200):
        words = words_of(" ".join(invented(said, 4) or "군" for _ in range(said.randint(1, 3))))
        expected = by_hand(store, words)
        assert found(store, " ".join(words)) == expected, words
        assert found(store, " ".join(words), limit=3) == expected[:3]
        some += 0 < len(expected) < 20
    assert some > 20
    check_file(store)


@pytest.mark.usefixtures("index_alone")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("군의회", [2]),
        ("군의", [2]),
        ("진안 예산", [2]),
        ("진안군의회가 예산", [2]),
        ("예산 없는말", []),
        ("끝", [3]),
        ("끝말", [3]),
        ("말", [3]),
        ("꿱", [4]),
        ("부제", [4]),
        ("abc", [5]),
        ("ＡＢＣ", [5]),
        ("ABC 100%", [5]),
        ("1%", []),
        ("a_c", []),
        ("0%", [5]),
        (unicodedata.normalize("NFD", "진안군의회"), [2]),
        ("AND", []),
        ("예산 OR 끝말", []),
        ("예산*", []),
        ('"예산"', []),
        ("-예산", []),
        ("body:예산", []),
        ("NEAR(예산", []),
        ("'; DROP TABLE article; --", []),
        ("\\", []),
        ("\udcff", []),
        ("예산" * 400, []),
        (" ".join(f"예산{number}" for number in range(300)), []),
    ],
)
def test_a_word_is_its_letters(store: Store, words: str, expected: list[int]) -> None:
    for number, said in {
        2: "진안군의회가 예산을 심사했다.",
        3: "마지막은 끝말",
        5: "abc와 ＡＢＣ는 100% 다르다",
    }.items():
        store.upsert(article(number, body=said, headline=None))
    store.upsert(article(4, body="짧", headline="꿱", alternative_headline="부제"))
    build_index(store)
    assert numbers(store, words) == expected


@pytest.mark.usefixtures("index_alone")
@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [5, 4, 3, 2, 1, 6]),
        ("2024-09-11", None, [5, 4, 3, 2]),
        ("2024-09-11T09:14", None, [5, 4, 3, 2]),
        ("2024-09-11T09:15", None, [5, 2]),
        (None, "2024-09-11", [1]),
        (None, "2024-09-11T09:14", [2, 1]),
        ("2024-09-11", "2024-09-12", [4, 3, 2]),
    ],
)
def test_in_a_time_a_day_lies_if_it_does_in_part(
    store: Store, since: str | None, until: str | None, expected: list[int]
) -> None:
    dates = ["2024-09-10", "2024-09-11", "2024-09-11T09:14+09:00", "2024-09-11T09:14:32+09:00",
             "2024-09-12T00:00+09:00", None]  # fmt: skip
    for number, date in enumerate(dates, 1):
        store.upsert(article(number, body=f"예산 {number}", date_published=date))
    store.upsert(article(7, "namdo", "예산 7", date_published="2024-09-11"))
    build_index(store)
    options = {"since": since, "until": until, "outlet": "hangang"}
    assert numbers(store, "예산", **options) == expected
    assert numbers(store, "예산", outlet="namdo") == [7]
    assert numbers(store, "예산", outlet="nobody") == []


def test_a_word_that_begins_many_trigrams_is_looked_for_in_the_texts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SCANNED_ARTICLES", 0)
    monkeypatch.setattr(searching, "MAX_TERMS", 2)
    for number, said in enumerate(["군가나", "군다라", "군마바 의", "다른 글"]):
        store.upsert(article(number, body=said, headline=None))
    build_index(store)
    assert sorted(numbers(store, "군")) == [0, 1, 2]
    assert numbers(store, "군 의") == [2]


# -- the index ----------------------------------------------------------------------------


def test_the_tables_are_the_migrations_with_it_too(store: Store) -> None:
    build_index(store)
    with store.engine.begin() as connection:
        options = {"include_name": is_migrated}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


@pytest.mark.usefixtures("index_alone")
def test_a_store_is_migrated_and_opened_as_before(store: Store, database_url: str) -> None:
    """A migration that makes the table anew, as Alembic does in SQLite, takes the triggers away."""
    store.upsert(article(1, body="예산"))
    build_index(store)
    with store.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP VIEW article_version")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("CREATE TABLE made AS SELECT * FROM article")
            (made,) = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = 'article'"
            ).one()
            connection.exec_driver_sql("DELETE FROM address")
            connection.exec_driver_sql("DROP TABLE article")
            connection.exec_driver_sql(made)
            connection.exec_driver_sql("INSERT INTO article SELECT * FROM made")
            connection.exec_driver_sql("DROP TABLE made")
        else:
            connection.exec_driver_sql(
                "ALTER TABLE article DROP COLUMN alternative_headline CASCADE"
            )
            connection.exec_driver_sql("ALTER TABLE article ADD COLUMN alternative_headline TEXT")
        connection.exec_driver_sql("UPDATE article SET body = '고친 글'")
    build_index(store)
    assert (numbers(store, "예산"), numbers(store, "고친")) == ([], [1])


@only_sqlite
def test_triggers_keep_what_making_it_anew_makes(store: Store) -> None:
    from crawler.store.clusters.recluster import recluster

    build_index(store)
    for number in range(40):
        store.upsert(article(number, ("hangang", "namdo")[number % 2], f"글 {number % 9} " * 30))
    for number in range(0, 40, 4):
        again = article(number, body=f"고친 글 {number}", fetched_at="2024-10-01T00:00:00Z")
        store.upsert(again)
    list(recluster(store, "2024-10-02T00:00:00Z"))
    take(store, *(article(number).canonical_url for number in range(0, 40, 8)))
    kept = indexed(store)
    assert kept
    assert kept == anew(store)
    assert wipe(store)
    assert indexed(store) == kept
    check_file(store)


@only_sqlite
def test_a_store_that_is_never_searched_has_no_index(store: Store) -> None:
    store.upsert(article())
    with store.engine.begin() as connection:
        names = connection.scalars(text("SELECT name FROM sqlite_master")).all()
    assert not [name for name in names if name.startswith("search")]


@pytest.mark.parametrize("is_indexed_before", [True, False])
def test_nothing_of_a_forgotten_text_is_left(store: Store, is_indexed_before: bool) -> None:
    """Neither its letters nor three of them."""
    secret = "꿻뷁쀍"  # noqa: S105
    store.upsert(article(1, body=f"앞 {secret} 뒤"))
    if is_indexed_before:
        build_index(store)
    for number in range(2, 40):
        store.upsert(article(number, body=f"다른 {number} 글 " * 20))
    build_index(store)
    store.upsert(article(1, body="고친 글", fetched_at="2024-10-01T00:00:00Z"))
    assert secret.encode() in on_disk(store)
    take(store, article(1).canonical_url)
    assert wipe(store)
    assert secret.encode() not in on_disk(store)
    assert len(numbers(store, "다른")) == 38


WRITING = """
import sys
from crawler.store import open_store
from tests.support.articles import article
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    for number in range(5000, 5120):
        store.upsert(article(number, body=f"새 글 {number}"))
        store.upsert(article(number - 5000, body=f"고친 {number}", fetched_at="2024-10-01T00:00:00Z"))
"""
MAKING = """
import sys
from crawler.store import open_store
from crawler.store.search import index as fulltext
fulltext._AT_ONCE = 40
with open_store(sys.argv[1]) as store:
    fulltext.build_index(store, lambda done, of: print(done, flush=True))
"""


def started(source: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", source, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.usefixtures("index_alone")
def test_it_is_made_beside_a_crawl_by_several_and_by_some_who_are_killed(
    store: Store, database_url: str
) -> None:
    for number in range(400):
        store.upsert(article(number, body=f"글 {number}", content_hash=f"{number}"))
    writer = started(WRITING, database_url)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"
    with started(MAKING, database_url) as killed:
        assert killed.stdout
        killed.stdout.readline()
        time.sleep(0.2)
        killed.kill()
    others = [started(MAKING, database_url) for _ in range(2)]
    ends = [process.wait(120) for process in (*others, writer)]
    for process in (*others, writer):
        assert process.stdout
        process.stdout.close()
    assert ends == [0, 0, 0]
    build_index(store)
    assert len(numbers(store, "새")) == 120
    assert len(numbers(store, "고친")) == 120
    assert len(numbers(store, "글")) == 280 + 120
    if store.engine.dialect.name == "sqlite":
        kept = indexed(store)
        assert kept == anew(store)
    check_file(store)


@only_postgresql
def test_an_index_whose_making_was_killed_is_made_anew(store: Store) -> None:
    store.upsert(article())
    build_index(store)
    with store.engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'search_text'::regclass"
        )
    build_index(store)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = f"SELECT id FROM article WHERE {indexing.INDEXED_TEXT} LIKE '%%회의실%%'"  # noqa: S608
        assert "search_text" in str(connection.exec_driver_sql(f"EXPLAIN {query}").all())


@pytest.mark.usefixtures("index_alone")
def test_where_the_database_knows_no_korean_letters_all_is_read_and_it_is_said(
    postgresql: Server,
) -> None:
    with open_store(postgresql.database()) as store:
        store.upsert(article(1, body="진안군의회"))
        build_index(store)
        assert not has_index(store)
        assert numbers(store, "군의회") == numbers(store, "군의") == [1]


def test_who_may_not_make_the_extension_is_told_what_to_do(
    postgresql: Server, request: pytest.FixtureRequest
) -> None:
    url = postgresql.database(ctype="C.UTF-8")
    name = make_url(url).database or ""
    with postgresql.connect(name) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'geheim'")
        connection.execute("GRANT ALL ON SCHEMA public TO guest")
    request.addfinalizer(lambda: drop_guest(postgresql, name))
    guests = url.replace("malgeum:geheim", "guest:geheim")
    with open_store(guests) as store, pytest.raises(StoreError) as error:
        build_index(store)
    assert "may not create: the database's owner must run CREATE EXTENSION pg_trgm" in str(
        error.value
    )
    assert "geheim" not in str(error.value)


def drop_guest(server: Server, name: str) -> None:
    with server.connect(name) as connection:
        connection.execute("DROP OWNED BY guest")
        connection.execute("DROP ROLE guest")


# -- the command --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('search')}/store.db"
    with open_store(url) as store:
        store.upsert(
            article(1, body="앞의 말 " * 40 + "\n군의회가 예산을 \x1b[31m늘렸다. " + "뒤의 말 " * 40,
                    date_published="2024-09-11T09:14+09:00", headline="진안군의회")
        )  # fmt: skip
        store.upsert(article(2, "namdo", "군의회 소식", date_published="2024-09-12"))
        store.upsert(article(3, "seohae", "다른 소식", headline=None))
    return url


def run(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return scrapy("search", "-s", f"DATABASE_URL={database}", *arguments)


def test_hits_are_shown_newest_first_and_steer_no_terminal(database: str) -> None:
    done = run(database, "군의회", "예산")
    assert done.returncode == 0, done.stderr
    first, around, address = done.stdout.rstrip().splitlines()
    assert first == "2024-09-11T09:14+09:00     hangang          진안군의회"
    assert around.startswith(("    …앞의 말", "    …의 말"))
    assert "군의회가 예산을 \\u001b[31m늘렸다." in around
    assert len(around) < 160
    assert address == "    https://hangang.example/news?no=1"
    again = run(database, "의회", "--json", "--since", "2024-09-11", "--until", "2024-09-12")
    assert [json.loads(line)["outlet"] for line in again.stdout.splitlines()] == [
        "namdo",
        "hangang",
    ]
    assert again.stderr == "", "the index is there"
    assert json.loads(again.stdout.splitlines()[0])["snippet"] == "군의회 소식"
    one = run(database, "소식", "--outlet", "seohae", "--limit", "1")
    assert "(no headline)" in one.stdout
    assert run(database, "없는말").stdout == "No stored article has all of these words.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ([], 2, "search takes one or more words"),
        ([" "], 2, "search takes one or more words"),
        (["군", "--limit", "0"], 2, "--limit must be a whole number of at least 1, not '0'"),
        (["군", "--since", "gestern"], 2, "--since='gestern' is not a date"),
        (["군", "--outlet", "papsn"], 2, "unknown outlet 'papsn'; did you mean papns?"),
        (["군", "-s", "DATABASE_URL=sqlite:////proc/version"], 6, "The store"),
        (["군", "-s", "DATABASE_URL=sqlite:////proc/no.db"], 6, "There is no store at "),
    ],
)
def test_bad_usage_is_one_sentence(
    database: str, arguments: list[str], code: int, sentence: str
) -> None:
    done = run(database, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"scrapy: {sentence}")
    assert len(done.stderr.splitlines()) == 1


def test_a_store_whose_index_is_spoilt_is_one_sentence(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.upsert(article())
        build_index(store)
    with sqlite3.connect(tmp_path / "store.db") as spoilt:
        spoilt.execute("UPDATE search_text_data SET block = x'00'")
    spoilt.close()
    done = run(f"sqlite:///{tmp_path}/store.db", "없는말")
    assert done.returncode == 0, "there is so little that nobody asks the index"


# -- what stands around a hit -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "words", "expected"),
    [
        (["가" * 100 + "군청" + "나" * 100], ["군청"], "…" + "가" * 60 + "군청" + "나" * 60 + "…"),
        (["군청\n  소식"], ["군청"], "군청 소식"),
        (["본문", "부제 군청"], ["군청"], "부제 군청"),
        (["본문", None], ["군청"], "본문"),
        ([None, ""], ["군청"], ""),
        (["KBS 뉴스"], ["kbs"], "KBS 뉴스"),
        (["a.b (c"], ["(c"], "a.b (c"),
    ],
)
def test_what_stands_around_a_hit(texts: list[str | None], words: list[str], expected: str) -> None:
    assert snippet(texts, words) == expected


def test_hits_are_marked_the_longest_first() -> None:
    parts = marked("진안군의회와 군의회, KBS", ["군의", "군의회", "kbs"])
    hits = [part for part, is_hit in parts if is_hit]
    assert hits == ["군의회", "군의회", "KBS"]
