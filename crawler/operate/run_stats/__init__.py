"""Scrapy extension that records each run in the store: begun, updated while it runs, ended."""

from __future__ import annotations

import logging
import resource
import sys
from functools import partial
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler import __version__
from crawler.article import Article
from crawler.crawl.frontier.results import visit_ended
from crawler.crawl.spider import OutletSpider
from crawler.dates.utc import utc_now
from crawler.operate.run_stats.counts import stats_from_crawl
from crawler.operate.run_stats.stats import RunStats
from crawler.outcomes.exit_rules import exit_code_of_crawl
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import FINISH_REASON
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.frontier.outlet_lock import this_process
from crawler.store.runs import runs

logger = logging.getLogger(__name__)

UPDATE_SECONDS = 30
"""Seconds between updates of a running crawl's row, from which a killed crawl is known."""

run_recorded = object()
"""Signal: the crawl has ended and its row is written; argument ``run``: its number."""


class RunRecorder:
    """Counts during the crawl and writes the row.

    A store error is logged and does not end the crawl here; the pipeline that stores articles
    does that.
    """

    def __init__(self, crawler: Crawler, command: str) -> None:
        self.crawler, self.command = crawler, command
        self.stats = RunStats()
        self.number = 0
        self.timer = create_looping_call(partial(self.write, {}))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect to the crawl's signals."""
        self = cls(crawler, crawler.settings["RUN_BY"])
        crawler.signals.connect(self.begin, signals.spider_opened)
        crawler.signals.connect(self.scraped, signals.item_scraped)
        crawler.signals.connect(self.visit_ended, visit_ended)
        crawler.signals.connect(self.end, signals.engine_stopped)
        return self

    @property
    def store(self) -> Store:
        """The store that the crawl writes to."""
        return crawl.store_of(self.crawler)

    def begin(self, spider: Spider) -> None:
        """Insert the row; a store error ends the crawl."""
        if not isinstance(spider, OutletSpider):
            return
        values = {
            "outlet": spider.name,
            "command": self.command,
            "arguments": spider.arguments.given,
            "version": __version__,
        }
        try:
            self.number = runs.start_run(self.store, values, this_process(), utc_now())
        except StoreError as error:
            crawl.abort(self.crawler, error)
            return
        self.timer.start(UPDATE_SECONDS, now=False)

    def scraped(self, item: Article) -> None:
        """Count a stored article."""
        self.stats.add_article(item)

    def visit_ended(self, url: str, outcome: PageOutcome) -> None:
        """Keep an example of each outcome that somebody may want to look at."""
        if outcome.row.waits or outcome.row.kept:
            self.stats.examples[outcome.value] = url

    def end(self) -> None:
        """Write the end of the run, and again if its findings change the exit code."""
        if not self.number:
            return
        if self.timer.running:
            self.timer.stop()
        stats = self._scrapy_stats()
        ending = {
            "ended_at": utc_now(),
            "finish_reason": stats.get(FINISH_REASON, "finished"),
            "exit_code": exit_code_of_crawl(stats),
        }
        if not self.write(ending):
            return
        self.crawler.signals.send_catch_log(run_recorded, run=self.number)
        code = exit_code_of_crawl(self._scrapy_stats())
        if code != ending["exit_code"]:  # a new finding
            self.write(ending | {"exit_code": code})

    def write(self, ending: dict[str, Any]) -> bool:
        """Write the current counts; return False if the store fails."""
        values = {"updated_at": utc_now(), "stats": self.current_stats().as_json(), **ending}
        try:
            runs.update_run(self.store, self.number, **values)
        except StoreError as error:
            logger.warning("This run's row could not be written: %s", error)
            return False
        return True

    def current_stats(self) -> RunStats:
        """Return the counts so far."""
        stats = RunStats.read(self.stats.as_json())
        stats.counts.update(stats_from_crawl(self._scrapy_stats()))
        stats.counts["memory"] = peak_memory()
        return stats

    def _scrapy_stats(self) -> dict[str, Any]:
        return self.crawler.stats.get_stats() if self.crawler.stats else {}


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
