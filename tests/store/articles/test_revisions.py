"""Revisions: each new text of an article is stored and numbered, never as another article."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, text

from crawler.article import Article, Block
from crawler.store import DedupeResult, Store, StoreError, open_store
from crawler.store.articles.dedupe import _WITH_TEXT
from crawler.store.db import schema as tables
from crawler.store.session import DuplicateAddress, OlderRevision
from pipelines.dedupe import Dedupe, content_hash
from pipelines.store import SaveArticle as StoreStage
from tests.support.articles import (
    AGAIN,
    CORRECTED,
    LONG,
    URL,
    at,
    check_file,
    day,
    only_sqlite,
    rows,
    state,
    trail,
)
from tests.support.paths import ROOT


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def store(url: str):
    with open_store(url) as opened:
        yield opened


# -- another text ---------------------------------------------------------------------


def test_another_body_is_a_new_revision_and_what_it_replaces_is_kept(store: Store):
    store.upsert(at(1, date_modified=None))
    later = at(2, CORRECTED, date_modified="2024-09-02")
    assert store.upsert(later) == DedupeResult("revised")
    assert later.revision == 2
    (row,) = rows(store)
    assert (row["body"], row["revision"], row["date_modified"], row["last_seen_at"]) == (
        CORRECTED, 2, "2024-09-02", day(2),
    )  # fmt: skip
    assert trail(store) == [(1, LONG, day(1), 0), (2, CORRECTED, day(2), 1)]
    assert store.counts() == [("hangang", 1, 0, None, None)]


def test_another_headline_is_a_new_revision(store: Store):
    store.upsert(at(1))
    assert store.upsert(at(2, headline="주민 설명회 다시 열려")).kind == "revised"
    assert len(trail(store)) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"body": LONG.replace(" ", "  ").replace(".", ".\n")},
        {"headline": "주민  설명회, 열려."},
        {"keywords": ["군청"], "images": [{"url": "/1.jpg", "caption": None}]},
        {"date_modified": "2024-09-02"},
    ],
)
def test_what_is_no_letter_of_body_or_headline_is_no_revision(store: Store, more):
    store.upsert(at(1))
    again = at(2)
    for name, value in more.items():
        setattr(again, name, value)
    again.content_hash = content_hash(again.body or "")
    assert store.upsert(again) == DedupeResult("known", URL)
    assert trail(store) == [(1, LONG, day(2), 1)]


def test_a_page_that_only_this_code_reads_otherwise_is_no_revision(store: Store):
    page = {
        "blocks": [Block(LONG, "body"), Block("기자 한결")],
        "headline_raw": "설명회 | 한강\ud800",
    }
    store.upsert(at(1, **page, extractor_version="1"))
    assert store.upsert(at(2, LONG[:-20], **page, extractor_version="2")).kind == "known"
    changed = page | {"headline_raw": "설명회 | 한강신문"}
    assert store.upsert(at(3, LONG[:-20], **changed, extractor_version="2")).kind == "revised"


def test_seen_at_only_moves_forward(store: Store):
    for number in (3, 5, 4, 1):
        store.upsert(at(number))
    assert trail(store) == [(1, LONG, day(5), 1)]


def test_the_paper_takes_its_change_back(store: Store):
    for number, body in ((1, LONG), (2, CORRECTED), (3, LONG)):
        store.upsert(at(number, body))
    assert trail(store) == [
        (1, LONG, day(1), 0), (2, CORRECTED, day(2), 0), (3, LONG, day(3), 1),
    ]  # fmt: skip


def test_an_older_page_is_kept_in_the_trail_and_the_current_one_stays(store: Store):
    store.upsert(at(5, CORRECTED))
    older = at(1)
    assert store.upsert(older) == DedupeResult("older")
    assert older.revision == 2
    assert store.find(URL).body == CORRECTED
    assert trail(store) == [(1, CORRECTED, day(5), 1), (2, LONG, day(1), 0)]
    assert store.upsert(at(1)).kind == "known"
    assert store.upsert(at(7, AGAIN)).kind == "revised"
    assert [version[0] for version in trail(store)] == [1, 2, 3]
    assert store.find(URL).revision == 3


def test_a_page_between_two_sights_of_the_current_one_is_older(store: Store):
    store.upsert(at(1))
    store.upsert(at(5))
    assert store.upsert(at(3, CORRECTED)).kind == "older"
    assert store.find(URL).body == LONG


def test_the_same_pages_once_more_change_nothing(store: Store):
    """However often: also two versions of one second, as files copied together have."""
    pages = ((1, LONG), (1, CORRECTED), (3, AGAIN), (2, LONG), (4, CORRECTED))
    for number, body in pages:
        store.upsert(at(number, body))
    once = trail(store)
    for _ in range(3):
        for number, body in pages:
            assert store.upsert(at(number, body)).kind == "known"
    assert trail(store) == once


# -- copies ---------------------------------------------------------------------------


def test_a_new_text_is_linked_to_the_outlet_that_had_it_first(store: Store):
    store.upsert(at(1))
    store.upsert(at(1, CORRECTED, outlet="namdo"))
    namdo = at(1, outlet="namdo").canonical_url
    later = at(2, CORRECTED)
    assert store.upsert(later) == DedupeResult("revised", namdo)
    assert later.duplicate_of == namdo
    third = at(3, CORRECTED, outlet="seohae")
    assert store.upsert(third) == DedupeResult("copy", namdo)  # not the one that copied it later


def test_a_copy_of_a_text_that_its_outlet_has_changed_since_is_linked_still(store: Store):
    store.upsert(at(1))
    store.upsert(at(2, CORRECTED))
    assert store.upsert(at(3, outlet="namdo")) == DedupeResult("copy", URL)


def test_an_article_is_never_a_duplicate_of_itself(store: Store):
    store.upsert(at(1))
    store.upsert(at(2, CORRECTED))
    store.upsert(at(2, outlet="namdo"))
    back = at(3)
    assert store.upsert(back) == DedupeResult("revised")
    assert back.duplicate_of is None


@only_sqlite
@pytest.mark.parametrize("query", [_WITH_TEXT, _WITH_TEXT.limit(1)])
def test_a_text_is_looked_up_by_index_in_both_tables_of_the_trail(store: Store, query):
    compiled = query.compile(dialect=store.engine.dialect)
    values = tuple({**compiled.params, "hash": "x"}[name] for name in compiled.positiontup)
    with store.engine.begin() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        steps = [row[3] for row in plan]
    for table in ("article", "revision"):
        assert f"SEARCH {table} USING INDEX ix_{table}_content_hash (content_hash=?)" in steps
    assert not [
        step for step in steps if step.startswith("SCAN") and step != "SCAN article_version"
    ]
    assert "MATERIALIZE" not in " ".join(steps)


# -- aliases --------------------------------------------------------------------------


@pytest.fixture
def with_alias(store: Store) -> Store:
    store.upsert(at(1))
    assert store.upsert(at(1, number=2)).kind == "same"
    return store


def test_an_alias_speaks_for_its_article_while_headline_or_body_stays(with_alias: Store):
    later = at(2, CORRECTED, number=2, article_id="2")
    assert with_alias.upsert(later).kind == "revised"
    assert (later.canonical_url, later.article_id, later.revision) == (URL, None, 2)
    assert with_alias.upsert(at(3, CORRECTED, number=2, headline="새 제목")).kind == "revised"
    assert len(rows(with_alias)) == 1


def test_an_alias_that_still_shows_the_old_text_takes_nothing_back(with_alias: Store):
    with_alias.upsert(at(2, CORRECTED))
    assert with_alias.upsert(at(3, number=2)).kind == "known"
    assert with_alias.find(URL).body == CORRECTED


def test_an_alias_with_another_headline_and_body_becomes_an_article(with_alias: Store):
    other = at(2, "축제가 열렸다.", number=2, headline="축제 열려")
    assert with_alias.upsert(other) == DedupeResult("new")
    assert [row["canonical_url"] for row in rows(with_alias)] == [URL, other.canonical_url]
    assert with_alias.find(other.canonical_url).body == "축제가 열렸다."
    assert with_alias.counts() == [("hangang", 2, 0, None, None)]


# -- gone -----------------------------------------------------------------------------


def absences(store: Store) -> list[tuple[str, str]]:
    query = select(tables.absence.c.gone_at, tables.absence.c.back_at)
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_gone_article_is_marked_and_its_text_kept(store: Store):
    store.upsert(at(1))
    assert store.mark_gone(URL, day(3))
    assert state(store) == (LONG, day(3))
    assert not store.mark_gone(URL, day(4))
    assert state(store) == (LONG, day(3))


def test_what_is_not_stored_or_was_seen_later_is_not_marked(with_alias: Store):
    assert not with_alias.mark_gone("https://hangang.example/news/9", day(3))
    assert not with_alias.mark_gone(at(1, number=2).canonical_url, day(3))
    with_alias.upsert(at(5))
    assert not with_alias.mark_gone(URL, day(3))
    assert state(with_alias) == (LONG, None)


@pytest.mark.parametrize(("body", "versions"), [(LONG, 1), (CORRECTED, 2)])
def test_an_article_that_is_back_is_not_gone_and_the_trail_knows(store: Store, body, versions):
    store.upsert(at(1))
    store.mark_gone(URL, day(3))
    store.upsert(at(2, body))
    assert state(store) == (body, day(3)), "an old page brings nothing back"
    store.upsert(at(5, body))
    assert state(store) == (body, None)
    assert absences(store) == [(day(3), day(5))]
    assert len(trail(store)) == versions
    assert store.mark_gone(URL, day(6))


# -- the stages -----------------------------------------------------------------------


@pytest.fixture
def run(store: Store):
    troubles: list[StoreError] = []
    dedupe, last = Dedupe(), StoreStage(store, troubles.append)

    def through(item: Article) -> Article:
        return last.process_item(dedupe.process_item(item))

    return through


def test_a_revision_goes_on_to_the_feeds_with_its_number(run):
    assert run(at(1)).revision == 1
    revised = run(at(2, CORRECTED))
    assert (revised.revision, revised.body) == (2, CORRECTED)
    with pytest.raises(DuplicateAddress):
        run(at(3, CORRECTED))
    with pytest.raises(OlderRevision):
        run(at(1, AGAIN))


def test_an_older_text_is_stored_with_the_version_that_read_it(run, store: Store):
    run(at(2))
    with pytest.raises(OlderRevision):
        run(at(1, AGAIN))
    with store.engine.begin() as connection:
        versions = (
            connection.execute(text("SELECT extractor_version FROM article_version"))
            .scalars()
            .all()
        )
    assert len(versions) == 2
    assert all(versions)


# -- a database of the version before ---------------------------------------------------


def test_a_database_at_0001_is_brought_forward_with_its_rows(tmp_path: Path):
    from alembic import command
    from alembic.config import Config

    from crawler.store.db.engine import engine_of

    url = f"sqlite:///{tmp_path}/old.db"
    engine = engine_of(url)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
    with engine.execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO article (id, url, canonical_url, outlet, fetched_at, keywords, images,"
            " in_language, headline, body, authors, author_details, mentioned_dates, content_hash,"
            " revision, blocks, shown_dates) VALUES (1, ?, ?, 'hangang', ?, '[]', '[]', 'ko',"
            " '주민 설명회 열려', ?, '[]', '[]', '[]', ?, 1, '[]', '[]')",
            (URL, URL, day(1), LONG, content_hash(LONG)),
        )
        connection.exec_driver_sql("INSERT INTO address VALUES (?, 1, 'article', ?)", (URL, day(1)))
    engine.dispose()
    with open_store(url) as store:
        assert trail(store) == [(1, LONG, day(1), 1)]
        assert state(store) == (LONG, None)
        assert store.upsert(at(1)).kind == "known"
        assert store.upsert(at(2, CORRECTED)).kind == "revised"
        assert len(trail(store)) == 2


# -- several processes, and kills -------------------------------------------------------

REVISER = """
import sys
from tests.support.articles import at
from crawler.store import open_store
url, first, count = sys.argv[1:]
with open_store(url) as store:
    for number in range(int(count)):
        item = at(1, f"{'고쳐 쓴 글이다. ' * 20} {first} {number}")
        item.fetched_at = f"2024-09-02T{number // 60:02}:{number % 60:02}:0{first}Z"
        print(store.upsert(item).kind, flush=True)
"""


def reviser(url: str, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", REVISER, url, str(first), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_processes_that_revise_one_article_at_once_lose_no_version(url: str):
    open_store(url).close()
    kinds = []
    for process in [reviser(url, first, 100) for first in (1, 2)]:
        kinds += process.communicate(timeout=120)[0].split()
        assert process.returncode == 0
    assert len(kinds) == 200
    assert kinds.count("new") == 1
    with open_store(url) as store:
        versions = trail(store)
        assert len(rows(store)) == 1
    assert [version[0] for version in versions] == list(range(1, 201))
    assert len({version[1] for version in versions}) == 200
    (current,) = [version for version in versions if version[3]]
    assert current[2] == max(version[2] for version in versions)


@pytest.mark.parametrize("kill", range(5))
def test_a_killed_writer_leaves_a_whole_trail(url: str, kill: int):
    process = reviser(url, 1, 1000)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.03 * kill)
    process.kill()
    reported = 1 + sum(1 for line in process.stdout if line.endswith("\n"))
    process.wait()
    process.stdout.close()
    with open_store(url) as store:
        versions = trail(store)
        assert len(versions) in (reported, reported + 1)
        assert [version[0] for version in versions] == list(range(1, len(versions) + 1))
        assert [version[3] for version in versions] == [0] * (len(versions) - 1) + [1]
        check_file(store)
