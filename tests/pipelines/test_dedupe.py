"""Stages ``dedupe`` and ``store``, run one after the other as in a crawl."""

import re

import pytest

from crawler.article import Article
from crawler.store import StoreError, open_store
from crawler.store.session import DuplicateAddress, NotStored, SameArticle
from pipelines.dedupe import Dedupe, content_hash
from pipelines.extractor_version import extractor_version
from pipelines.store import SaveArticle
from tests.support.articles import LONG, article, rows


@pytest.fixture
def store(database_url: str):
    with open_store(database_url) as opened:
        yield opened


@pytest.fixture
def troubles() -> list[StoreError]:
    return []


@pytest.fixture
def run(store, troubles):
    dedupe, last = Dedupe(), SaveArticle(store, troubles.append)

    def through(item: Article) -> Article:
        return last.process_item(dedupe.process_item(item))

    return through


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("가을 들녘, 황금빛", "가을  들녘\n황금빛."),
        ("‘쌀값’ 20만원", '"쌀값" 20만원'),
        ("ＡＢＣ 방송 １２", "abc방송 12"),
        ("가나다", "\u1100\u1161\u1102\u1161\u1103\u1161"),
        ("▲ 홍길동 🌾", "홍길동"),
        ("하나\u200b\ufeff둘\xa0셋", "하나둘셋"),
    ],
)
def test_the_hash_sees_letters_and_numbers_only(one: str, other: str):
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    ("one", "other"), [("20만원", "21만원"), ("◇", "◆"), ("…", "!"), ("가", ""), ("\ud800", "!")]
)
def test_the_hash_tells_texts_apart(one: str, other: str):
    assert content_hash(one) != content_hash(other)


def test_the_hash_stays_what_it_was():
    """Stored hashes are compared with new ones: a change here needs a migration."""
    assert content_hash("맑음, 7°") == (
        "b61afb515efe0e51beffd7cd4bd9de2b7bc099887886c90f730525f5f60e7b47"
    )


def test_an_article_gets_its_hash_and_the_version_that_took_it(run, store):
    item = run(article(content_hash=None))
    assert item.content_hash == content_hash(LONG)
    (row,) = rows(store)
    assert (row["content_hash"], row["extractor_version"]) == (
        item.content_hash,
        extractor_version(item.outlet),
    )


def test_an_address_once(run, store):
    run(article())
    with pytest.raises(DuplicateAddress):
        run(article())
    assert len(rows(store)) == 1


def test_an_address_with_another_text_is_a_revision(run, store):
    run(article())
    assert run(article(body="고쳐 쓴 글")).revision == 2
    (row,) = rows(store)
    assert (row["body"], row["revision"]) == ("고쳐 쓴 글", 2)


def test_a_copy_is_stored_and_linked(run, store):
    run(article())
    assert run(article(outlet="namdo")).duplicate_of == article().canonical_url
    assert len(rows(store)) == 2


def test_the_same_article_becomes_an_alias(run, store):
    run(article(1))
    with pytest.raises(SameArticle):
        run(article(2))
    assert store.known([article(2).canonical_url])
    assert len(rows(store)) == 1


def test_what_another_process_stored_between_the_stages_is_dropped(store, troubles):
    dedupe, last = Dedupe(), SaveArticle(store, troubles.append)
    met = dedupe.process_item(article(1))
    copy = dedupe.process_item(article(1, "namdo"))
    again = dedupe.process_item(article(2))
    store.upsert(article(1))
    with pytest.raises(DuplicateAddress):
        last.process_item(met)
    with pytest.raises(SameArticle):
        last.process_item(again)
    assert copy.duplicate_of is None
    assert last.process_item(copy).duplicate_of == article(1).canonical_url


def test_a_failing_store_is_told_and_the_article_dropped(run, store, troubles):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE address")
    with pytest.raises(NotStored):
        run(article())
    assert re.search(r"no such table: address|relation \"address\" does not exist", str(troubles))
