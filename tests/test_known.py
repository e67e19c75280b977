"""Known articles are not fetched again, and a store that fails ends the crawl: real crawls."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import scrapy
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from crawler.article import Article
from crawler.known import KnownArticleMiddleware
from crawler.store import StoreError, open_store
from crawler.store.crawl import lend
from crawler.store.forget import Takedown, forget
from tests.test_store import ROOT, article, rows


class Paper(scrapy.Spider):
    """A list of three articles, one of them under two links."""

    name = "paper"
    start_urls = ("data:,list",)

    def parse(self, response: Response) -> Iterator[Request]:
        for order, number in enumerate((1, 2, 2, 3)):
            yield Request(
                f"data:,{number}-{order}",
                self.parse_article,
                meta={"canonical_url": article(number).canonical_url},
                cb_kwargs={"number": number},
            )

    def parse_article(self, response: Response, number: int) -> Iterator[Article]:
        yield article(number, body=f"글 {number}")


def run_here(url: str, lent: str) -> None:
    process = AsyncCrawlerProcess(
        {
            "DATABASE_URL": "sqlite:////dev/null/never" if lent else url,
            "SPIDER_MIDDLEWARES": {"crawler.known.KnownArticleMiddleware": 950},
            "ITEM_PIPELINES": {"pipelines.dedupe.Dedupe": 400, "pipelines.store.Store": 500},
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    crawler = process.create_crawler(Paper)
    if lent:
        lend(crawler, open_store(url))
    process.crawl(crawler)
    process.start()
    print(json.dumps(crawler.stats.get_stats(), default=str))


def crawl(url: str, lent: str = "") -> tuple[dict[str, object], str]:
    """The stats and the log of one crawl, in a process of its own."""
    command = [sys.executable, "-m", "tests.test_known", url, lent]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("lent", ["", "lent"])
def test_a_second_crawl_fetches_only_what_is_new(tmp_path: Path, lent: str):
    url = f"sqlite:///{tmp_path}/malgeum.db"
    with open_store(url) as store:
        store.add(article(1, body="글 1"))
        first, _ = crawl(url, lent)
        assert first["malgeum/known"] == 1
        assert first["malgeum/repeated"] == 1
        assert first["item_scraped_count"] == 2
        second, log = crawl(url, lent)
        assert second["malgeum/known"] == 4
        assert second["response_received_count"] == 1
        assert len(rows(store)) == 3
    assert "ERROR" not in log
    assert url not in log  # it may hold a password


def test_a_store_that_fails_ends_the_crawl_with_one_sentence(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/malgeum.db"
    with open_store(url) as store, store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON article "
            "BEGIN SELECT raise(ABORT, 'the disk is full'); END"
        )
    stats, log = crawl(url)
    assert stats["finish_reason"] == "store_trouble"
    assert stats["malgeum/store_errors"] >= 1
    assert log.count("] CRITICAL: ") == 1
    assert f"The store {url} fails: the disk is full. The crawl ends" in log
    assert "Traceback" not in log


class TestOnePage:
    @pytest.fixture
    def troubles(self) -> list[StoreError]:
        return []

    @pytest.fixture
    def middleware(self, troubles):
        with open_store("sqlite://") as store:
            store.add(article(1))
            stats = MemoryStatsCollector(get_crawler())
            yield KnownArticleMiddleware(store, stats, troubles.append)

    @staticmethod
    def request(number: int, **more: object) -> Request:
        address = article(number).canonical_url
        return Request(address, meta={"canonical_url": address}, **more)

    @staticmethod
    def passed(middleware: KnownArticleMiddleware, *found: object) -> list[object]:
        async def page() -> AsyncIterator[object]:
            for entry in found:
                if isinstance(entry, Exception):
                    raise entry
                yield entry

        kept: list[object] = []

        async def collect() -> None:
            async for entry in middleware.process_spider_output(None, page()):
                kept.append(entry)

        try:
            asyncio.run(collect())
        except ZeroDivisionError as error:
            kept.append(error)
        return kept

    def test_order_and_everything_else_stay(self, middleware):
        plain, item, new = Request("https://x.example/list"), article(1), self.request(2)
        assert self.passed(middleware, plain, self.request(1), item, new, plain) == [
            plain,
            item,
            new,
            plain,
        ]

    def test_an_article_is_asked_for_once_in_a_crawl(self, middleware):
        new = self.request(2)
        assert self.passed(middleware, new) == [new]
        assert self.passed(middleware, self.request(2)) == []

    def test_what_was_forgotten_is_not_asked_for(self, middleware):
        forget(middleware.store, [Takedown([article(2).canonical_url], "hangang")], at="2024-09-11")
        assert self.passed(middleware, self.request(2)) == []
        assert middleware.stats.get_value("malgeum/forgotten") == 1

    def test_a_retry_passes(self, middleware):
        retry = self.request(1, dont_filter=True)
        assert self.passed(middleware, retry) == [retry]

    def test_what_a_page_gave_before_it_failed_goes_on(self, middleware):
        new, error = self.request(2), ZeroDivisionError()
        assert self.passed(middleware, new, error) == [new, error]

    def test_a_failing_store_is_told_and_no_article_asked_for(self, middleware, troubles):
        with middleware.store.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE address")
        item = article(1)
        assert self.passed(middleware, self.request(2), item) == [item]
        assert "no such table" in str(troubles)


if __name__ == "__main__":
    run_here(*sys.argv[1:])
