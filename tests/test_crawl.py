"""The whole way: each outlet over the newsstand's real HTTP, through the proxy, into SQLite."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsstand.server import serving
from tests.starting import Run, scrapy

OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")
EQUAL = (
    "article_id",
    "headline",
    "alternative_headline",
    "body",
    "date_published",
    "date_modified",
)


@dataclass
class Stand:
    proxy: str
    database: Path
    gold: list[dict[str, Any]]
    ended: int = 0

    def crawl(self, outlet: str, *arguments: str, by: Callable[..., Run] = scrapy) -> Run:
        """Not in the second in which the last one ended: a store's times are whole seconds."""
        while int(time.time()) == self.ended:
            time.sleep(0.02)
        options = ("-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL=sqlite:///{self.database}")
        run = by("crawl", outlet, *options, *arguments, proxy=self.proxy)
        self.ended = int(time.time())
        return run

    def stored(self, outlet: str | None = None) -> dict[str, dict[str, Any]]:
        with sqlite3.connect(self.database) as database:
            database.row_factory = sqlite3.Row
            rows = [dict(row) for row in database.execute("SELECT * FROM article ORDER BY id")]
        database.close()
        return {row["canonical_url"]: row for row in rows if outlet in (None, row["outlet"])}


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


def stat(run: Run, name: str) -> int:
    """A number of the stats that Scrapy prints when a crawl ends."""
    found = re.search(rf"'{re.escape(name)}': (\d+)", run.stderr)
    return int(found[1]) if found else 0
