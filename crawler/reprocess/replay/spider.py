"""Spider of ``scrapy replay``: sends every page of the files to the stages, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings

from crawler.archive.captures.model import Entry
from crawler.article import Article
from crawler.crawl.spider import OutletSpider
from crawler.dates.period import Period
from crawler.outcomes.drops import PageDropped
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import NO_PAGE, REPLAYED_PAGES, RULE, inc
from crawler.reprocess.replay.from_archive import PageResult
from crawler.reprocess.replay.from_files import BadInput
from crawler.reprocess.replay.progress import ReplayProgress
from crawler.reprocess.replay.sources import Selection, replay_tasks
from crawler.reprocess.replay.task import ReplayTask, replay_page
from crawler.runtime.process_pool import ProcessPool, WorkerLost
from crawler.store import StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)

IN_WORKERS = ("pipelines.clean.Clean", "pipelines.dates.Dates")
"""Stages that need only the article: the processes of the pool run them."""
MAX_IN_FLIGHT = 64
"""Maximum number of articles in the stages."""


class ReplayArguments:
    """Spider arguments that the stages use."""

    def __init__(self, period: Period) -> None:
        self.period = period


class ReplaySpider(scrapy.Spider):
    """Spider that yields the article of each page; other pages are logged and counted."""

    name = "replay"
    progress: ReplayProgress

    def __init__(
        self,
        files: Iterable[Path] = (),
        selection: Selection | None = None,
        period: Period | None = None,
        processes: int = 1,
        selection_key: str = "",
        again: bool = False,
        keeps_aliases: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.files, self.selection = list(files), selection or Selection(())
        self.arguments = ReplayArguments(period or Period())
        self.processes, self.selection_key, self.again = processes, selection_key, again
        self.keeps_aliases = keeps_aliases
        """Whether an article that an outlet shows under another address goes to the feeds too."""
        self.in_flight: dict[int, tuple[ReplayTask, str]] = {}
        """Task and canonical URL of each article in the stages, by ``id`` of the item."""
        self.truncated: dict[str, int] = {}
        """Length of the last truncated page of our archive, by URL."""
        self.open_ended: set[type[OutletSpider] | None] = set()
        """Outlets whose pages always lack their end."""
        self.mismatches: Counter[tuple[str, str, str]] = Counter()
        """Pages unlike their outlet's CMS, by outlet, its CMS, and the CMS that they look like."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Leave out the stages that the processes run."""
        super().update_settings(settings)
        stages = settings.getdict("ITEM_PIPELINES")
        remaining = {stage: order for stage, order in stages.items() if stage not in IN_WORKERS}
        settings.set("ITEM_PIPELINES", remaining, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ReplaySpider:
        """Connect the signals and open the progress in the store."""
        self = super().from_crawler(crawler, *args, **kwargs)
        connect = crawler.signals.connect
        connect(self.item_stored, signals.item_scraped)
        connect(self.item_dropped, signals.item_dropped)
        connect(self.item_failed, signals.item_error)
        connect(self.close_replay, signals.spider_closed)
        self.progress = ReplayProgress(
            crawl.store_of(crawler), self.selection_key, again=self.again
        )
        return self

    async def start(self) -> AsyncIterator[Article]:
        """Yield the articles, as fast as the stages take them."""
        try:
            with ProcessPool(self.processes) as workers:
                work = replay_tasks(self.files, self.selection, self.progress, self.reject)
                async for task, result in workers.results_async(replay_page, work):
                    self.progress.page_read(task)
                    article = self.accept(task, result)
                    if article is None:
                        self.progress.page_done(task)
                    else:
                        self.in_flight[id(article)] = task, article.canonical_url
                        yield article
                    while len(self.in_flight) >= MAX_IN_FLIGHT:
                        await asyncio.sleep(0)
                    self.progress.tick()
        except StoreError as error:
            crawl.abort(self.crawler, error)
        except WorkerLost as error:
            inc(self.crawler, RunOutcome.WORKER_LOST.stat)
            logger.critical("%s", error)

    def accept(self, task: ReplayTask, result: PageResult) -> Article | None:
        """Count the result of a page; return its article if it goes to the stages."""
        if result.looks_like is not None and task.outlet:
            cms = task.outlet.cms.name
            self.mismatches[task.outlet.name, cms, result.looks_like] += 1
        if result.kind == "unreadable":
            self.reject(BadInput(result.reason))
        elif result.kind:
            inc(self.crawler, NO_PAGE + result.kind)
            logger.debug("%s: %s", task.page.url, result.reason)
        elif result.article:
            if result.cut_at is None or self.is_usable(task, result.article, result.cut_at):
                inc(self.crawler, REPLAYED_PAGES)
                for rule, times in result.rules.items():
                    inc(self.crawler, RULE + rule, times)
                return result.article
            inc(self.crawler, NO_PAGE + "cut_short")
        return None

    def is_usable(self, task: ReplayTask, article: Article, length: int) -> bool:
        """Return True if a truncated page is used.

        Saved pages always are; pages of other archives if the article is not known yet; pages of
        ours as in the crawl: if they came with the same length twice.
        """
        if not isinstance(task.page, Entry):
            return True
        url = article.canonical_url
        if task.page.listing_offset is None:
            is_in_flight = any(url == other for _, other in self.in_flight.values())
            return not (is_in_flight or self.progress.store.known([url]))
        if self.truncated.get(task.page.url) == length:
            self.open_ended.add(task.outlet)
        self.truncated[task.page.url] = length
        return task.outlet in self.open_ended

    def item_stored(self, item: Article) -> None:
        """Mark the page as done."""
        task, _ = self.in_flight.pop(id(item))
        self.progress.page_done(task)

    def item_dropped(self, item: Article, exception: DropItem) -> None:
        """Mark the page as done, unless the store failed."""
        task, _ = self.in_flight.pop(id(item))
        if isinstance(exception, PageDropped):
            inc(self.crawler, exception.outcome.stat("page"))
        if not isinstance(exception, crawl.NotStored):
            self.progress.page_done(task)

    def item_failed(self, item: Article) -> None:
        """Forget an item on which a stage failed: the next replay reads it again."""
        self.in_flight.pop(id(item))

    def close_replay(self) -> None:
        """Save the progress and log the summary."""
        try:
            self.progress.save()
        except StoreError as error:
            crawl.abort(self.crawler, error)
        logger.info("%s", self.progress)
        if resumed := len(self.progress.resumed):
            logger.info(
                "%d files were replayed before and continued from there; --again reads them from"
                " the beginning.", resumed,
            )  # fmt: skip
        for (outlet, cms, like), count in sorted(self.mismatches.items()):
            likeness = f"but like {like}, and were read as such" if like else "or any other CMS"
            logger.warning("%d pages of %s do not look like %s, %s", count, outlet, cms, likeness)

    def reject(self, error: BadInput) -> None:
        """Log and count an input that cannot be used."""
        inc(self.crawler, RunOutcome.BAD_INPUT.stat)
        logger.error("%s", error)
