"""Whole crawls: each outlet over the newsstand's real HTTP, through the proxy, into SQLite."""

import json
import sqlite3
from collections.abc import Iterator

import pytest

from newsstand.server import serving
from tests.support.newsstand_crawl import EQUAL, OUTLETS, Stand, stat


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The newsstand, with all five outlets crawled once."""
    folder = tmp_path_factory.mktemp("stand")
    with serving(seed=7, articles=20, gold=folder / "gold.jsonl") as proxy:
        lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        gold = [json.loads(line) for line in lines]
        stand = Stand(proxy, folder / "store.db", gold)
        for outlet in OUTLETS:
            run = stand.crawl(outlet, "-a", "since=60d")
            assert run.returncode == 0, run.stderr[-3000:]
        yield stand


@pytest.mark.parametrize("outlet", OUTLETS)
def test_every_article_of_the_gold_is_stored_once_and_equals_it(stand: Stand, outlet: str) -> None:
    stored = stand.stored(outlet)
    gold = {page["canonical_url"]: page for page in stand.gold if page["outlet"] == outlet}
    assert stored.keys() == gold.keys()
    for address, page in gold.items():
        shown = {name: stored[address][name] for name in EQUAL}
        assert shown == {name: page[name] for name in EQUAL}, address
        assert json.loads(stored[address]["authors"]) == page["authors"], address


def test_the_same_text_of_several_outlets_is_linked_to_the_first_stored(stand: Stand) -> None:
    stored = stand.stored()
    first: dict[str, str] = {}
    for address, row in stored.items():
        origin = stored[first.setdefault(row["content_hash"], address)]
        elsewhere = origin["outlet"] != row["outlet"]
        assert row["duplicate_of"] == (origin["canonical_url"] if elsewhere else None)
    printed_again = [page for page in stand.gold if page["duplicate_of"]]
    assert printed_again, "the newsstand shows no press release twice"
    for page in printed_again:
        again, before = stored[page["canonical_url"]], stored[page["duplicate_of"]]
        assert again["content_hash"] == before["content_hash"]


def test_another_address_of_an_article_is_kept_as_its_alias(stand: Stand) -> None:
    with sqlite3.connect(stand.database) as database:
        aliases = set(
            database.execute(
                "SELECT article.canonical_url, address.canonical_url FROM address"
                " JOIN article ON article.id = address.article WHERE kind = 'alias'"
            )
        )
    database.close()
    assert aliases == {
        (page["canonical_url"], alias) for page in stand.gold for alias in page["aliases"]
    }


@pytest.mark.parametrize("outlet", OUTLETS)
def test_a_second_run_stores_nothing_and_fetches_no_known_article(
    stand: Stand, outlet: str
) -> None:
    before = stand.stored()
    run = stand.crawl(outlet, "-a", "since=60d")
    assert run.returncode == 0, run.stderr[-3000:]
    assert stand.stored() == before
    assert stat(run, "item_scraped_count") == 0
    assert stat(run, "malgeum/known") > 0
    assert stat(run, "malgeum/list_pages") == 1
    assert stat(run, "downloader/request_count") <= 3  # robots.txt, a feed where there is one
