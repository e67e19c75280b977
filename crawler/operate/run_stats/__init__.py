"""A crawl's row in the store: begun with the spider, written anew while it runs, ended with it."""

from __future__ import annotations

import logging
import resource
import sys
from functools import partial
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call

from crawler import __version__
from crawler.article import Article
from crawler.crawl.spider import OutletSpider, page_failed
from crawler.dates.utc import utc_now
from crawler.operate.run_stats.counts import stats_from_crawl
from crawler.operate.run_stats.tally import RunStats
from crawler.outcomes import exit_codes as verdict
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier.outlet_lock import this_process
from crawler.store.runs import runs

logger = logging.getLogger(__name__)

NOTED_EVERY = 30
"""Seconds between two writings of a running crawl's row: what is known of one that is killed."""

run_noted = object()
"""Signal: the crawl has ended and its row is written; tells ``run``, its number."""


class RunRecorder:
    """Scrapy's extension that counts along and writes; a store that fails ends no crawl here, it
    has been said by whoever stored articles."""

    def __init__(self, crawler: Crawler, command: str) -> None:
        self.crawler, self.command = crawler, command
        self.tally = RunStats()
        self.number = 0
        self.beat = create_looping_call(partial(self.write, {}))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler, crawler.settings["RUN_BY"])
        crawler.signals.connect(self.begin, signals.spider_opened)
        crawler.signals.connect(self.scraped, signals.item_scraped)
        crawler.signals.connect(self.dropped, signals.item_dropped)
        crawler.signals.connect(self.lost, page_failed)
        crawler.signals.connect(self.end, signals.engine_stopped)
        return self

    @property
    def store(self) -> Store:
        return crawl.store_of(self.crawler)

    def begin(self, spider: Spider) -> None:
        if not isinstance(spider, OutletSpider):
            return
        values = {
            "outlet": spider.name,
            "command": self.command,
            "arguments": spider.arguments.given,
            "version": __version__,
        }
        try:
            self.number = runs.begin(self.store, values, this_process(), utc_now())
        except StoreError as error:
            crawl.abort(self.crawler, error)
            return
        self.beat.start(NOTED_EVERY, now=False)

    def scraped(self, item: Article) -> None:
        self.tally.take(item)

    def dropped(self, item: Article, exception: DropItem, response: Response | None) -> None:
        self.tally.examples[type(exception).__name__] = item.url

    def lost(self, canonical_url: str, kind: str) -> None:
        self.tally.examples[kind] = canonical_url

    def end(self) -> None:
        if not self.number:
            return
        if self.beat.running:
            self.beat.stop()
        stats = self._stats()
        how = stats.get("finish_reason", "finished")
        ending = {"ended_at": utc_now(), "finish_reason": how, "exit_code": verdict.of_crawl(stats)}
        if not self.write(ending):
            return
        self.crawler.signals.send_catch_log(run_noted, run=self.number)
        code = verdict.of_crawl(self._stats())
        if code != ending["exit_code"]:  # what was found in the row itself
            self.write(ending | {"exit_code": code})

    def write(self, ending: dict[str, Any]) -> bool:
        """Write what is counted by now; False where the store cannot take it."""
        values = {"updated_at": utc_now(), "stats": self.so_far().kept(), **ending}
        try:
            runs.note(self.store, self.number, **values)
        except StoreError as error:
            logger.warning("This run's row could not be written: %s", error)
            return False
        return True

    def so_far(self) -> RunStats:
        """What is counted by now."""
        tally = RunStats.read(self.tally.kept())
        tally.counts.update(stats_from_crawl(self._stats()))
        tally.counts["memory"] = peak_memory()
        return tally

    def _stats(self) -> dict[str, Any]:
        return self.crawler.stats.get_stats() if self.crawler.stats else {}


def peak_memory() -> int:
    """The most memory that this process had at a time, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
