"""What ``scrapy replay`` runs: every page of the files to the stages, in order."""

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
from crawler.reprocess.replay.from_archive import Read
from crawler.reprocess.replay.from_files import BadInput
from crawler.reprocess.replay.progress import Progress
from crawler.reprocess.replay.sources import Wanted, jobs
from crawler.reprocess.replay.task import Job, read
from crawler.runtime.process_pool import ProcessPool, WorkerLost
from crawler.store import StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)

IN_WORKERS = ("pipelines.clean.Clean", "pipelines.dates.Dates")
"""Stages that know nothing but the article: each process does them."""
AT_ONCE = 64
"""Articles on their way through the stages at the most."""


class Arguments:
    """What stages ask a spider for."""

    def __init__(self, period: Period) -> None:
        self.period = period


class ReplaySpider(scrapy.Spider):
    """Yields the item of each page; what is no page is said, counted and passed over."""

    name = "replay"
    progress: Progress

    def __init__(
        self,
        files: Iterable[Path] = (),
        wanted: Wanted | None = None,
        period: Period | None = None,
        processes: int = 1,
        asked: str = "",
        again: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.files, self.wanted = list(files), wanted or Wanted(())
        self.arguments = Arguments(period or Period())
        self.processes, self.asked, self.again = processes, asked, again
        self.on_the_way: dict[int, tuple[Job, str]] = {}
        """By the identity of their items: where they are from, and their addresses."""
        self.cut: dict[str, int] = {}
        """Pages of our archive that were cut, by address: how long they came."""
        self.open_ended: set[type[OutletSpider] | None] = set()
        """Outlets whose pages never come to an end."""
        self.unlike: Counter[tuple[str, str, str]] = Counter()
        """Pages of known outlets that do not look like their family."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        stages = settings.getdict("ITEM_PIPELINES")
        left = {stage: order for stage, order in stages.items() if stage not in IN_WORKERS}
        settings.set("ITEM_PIPELINES", left, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ReplaySpider:
        self = super().from_crawler(crawler, *args, **kwargs)
        connect = crawler.signals.connect
        connect(self.stored, signals.item_scraped)
        connect(self.dropped, signals.item_dropped)
        connect(self.failed, signals.item_error)
        connect(self.end, signals.spider_closed)
        self.progress = Progress(crawl.store_of(crawler), self.asked, again=self.again)
        return self

    async def start(self) -> AsyncIterator[Article]:
        try:
            with ProcessPool(self.processes) as workers:
                work = jobs(self.files, self.wanted, self.progress, self.refuse)
                async for job, found in workers.results_async(read, work):
                    self.progress.handed(job)
                    article = self.take(job, found)
                    if article is None:
                        self.progress.ended(job)
                    else:
                        self.on_the_way[id(article)] = job, article.canonical_url
                        yield article
                    while len(self.on_the_way) >= AT_ONCE:
                        await asyncio.sleep(0)
                    self.progress.look()
        except StoreError as error:
            crawl.abort(self.crawler, error)
        except WorkerLost as error:
            inc(self.crawler, RunOutcome.WORKER_LOST.stat)
            logger.critical("%s", error)

    def take(self, job: Job, found: Read) -> Article | None:
        """Count what became of a page; its article where it goes to the stages."""
        if found.looks_like is not None and job.outlet:
            family = job.outlet.cms.name
            self.unlike[job.outlet.name, family, found.looks_like] += 1
        if found.kind == "unreadable":
            self.refuse(BadInput(found.why))
        elif found.kind:
            inc(self.crawler, NO_PAGE + found.kind)
            logger.debug("%s: %s", job.page.url, found.why)
        elif found.article:
            if found.cut_at is None or self.is_wanted(job, found.article, found.cut_at):
                inc(self.crawler, REPLAYED_PAGES)
                for rule, times in found.rules.items():
                    inc(self.crawler, RULE + rule, times)
                return found.article
            inc(self.crawler, NO_PAGE + "cut_short")
        return None

    def is_wanted(self, job: Job, article: Article, length: int) -> bool:
        """Whether a page that was cut is taken. Saved pages are, as they are. Of other archives,
        where nothing better is known. Of ours, as the crawl did: one that came as long twice."""
        if not isinstance(job.page, Entry):
            return True
        url = article.canonical_url
        if job.page.listing_offset is None:
            is_on_the_way = any(url == other for _, other in self.on_the_way.values())
            return not (is_on_the_way or self.progress.store.known([url]))
        if self.cut.get(job.page.url) == length:
            self.open_ended.add(job.outlet)
        self.cut[job.page.url] = length
        return job.outlet in self.open_ended

    def stored(self, item: Article) -> None:
        job, _ = self.on_the_way.pop(id(item))
        self.progress.ended(job)

    def dropped(self, item: Article, exception: DropItem) -> None:
        job, _ = self.on_the_way.pop(id(item))
        if isinstance(exception, PageDropped):
            inc(self.crawler, exception.outcome.stat("page"))
        if not isinstance(exception, crawl.NotStored):
            self.progress.ended(job)

    def failed(self, item: Article) -> None:
        """A stage broke on it: it is read again next time."""
        self.on_the_way.pop(id(item))

    def end(self) -> None:
        """Say what came of it."""
        try:
            self.progress.note()
        except StoreError as error:
            crawl.abort(self.crawler, error)
        logger.info("%s", self.progress)
        if resumed := len(self.progress.resumed):
            logger.info(
                "%d files were replayed before, and read from where that ended; --again reads all"
                " of them.", resumed,
            )  # fmt: skip
        for (outlet, family, like), count in sorted(self.unlike.items()):
            as_what = f"but like {like}, and were read as that" if like else "nor any other"
            logger.warning("%d pages of %s do not look like %s, %s", count, outlet, family, as_what)

    def refuse(self, error: BadInput) -> None:
        inc(self.crawler, RunOutcome.BAD_INPUT.stat)
        logger.error("%s", error)
