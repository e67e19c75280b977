"""Spider without store and stages: fetches URLs with the project's settings, in one process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from resource import RUSAGE_SELF, getrusage
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from crawler.crawl.failures import RequestRejected, classify_error
from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD
from tests.support.faulty_proxy import Server
from tests.support.scrapy_process import forked
from tests.support.timed_downloader import TIMED, TimedDownloader

ALONE = {
    "DOWNLOAD_DELAY": 0,
    "ITEM_PIPELINES": {},
    "SPIDER_MIDDLEWARES": {},
    "ARCHIVE": "",
} | TIMED
"""No stages and no store; the server is our own, so no delay is owed to it."""


class Guest(OutletSpider):
    name = "guest"
    display_name = "손님"
    home = "http://paper.test"
    aliases = tuple(f"{name}.test" for name in ("one", "two", "three", "four", "refused", "silent"))
    cms = GNUBOARD

    urls: ClassVar[list[str]] = []
    timeouts: ClassVar[dict[str, float]] = {}
    ends: ClassVar[dict[str, dict[str, Any]]] = {}

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            timeout = {"download_timeout": self.timeouts[url]} if url in self.timeouts else {}
            yield scrapy.Request(
                url, self.had, errback=self.lost, cb_kwargs={"url": url}, meta=timeout
            )

    def had(self, response: Response, url: str) -> None:
        self.ends[url] = {"kind": "page", "url": response.url, "sentence": ""}

    def lost(self, failure: Failure) -> None:
        kind, sentence = classify_error(failure.value)
        refused = failure.value.kind if isinstance(failure.value, RequestRejected) else None
        url = failure.request.cb_kwargs["url"]  # type: ignore[attr-defined]
        self.ends[url] = {"kind": kind, "sentence": sentence, "refused": refused}


@dataclass
class Visit:
    ends: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    delays: dict[str, list[float]]
    """Host → delay of its downloader slot at the end, in seconds, and its jitter."""
    exchanges: dict[str, list[tuple[float, float]]]
    """Host → when each request was sent and when its answer was there, in seconds."""
    grown: float
    """MiB that the process held at its peak above what it began with."""
    log: str

    def kind(self, url: str) -> str:
        kind: str = self.ends[url]["kind"]
        return kind

    def sent(self, host: str) -> list[float]:
        return [sent for sent, _ in self.exchanges[host]]


def visit(
    server: Server, urls: list[str], *, timeouts: dict[str, float] | None = None, **settings: Any
) -> Visit:
    """Ask for the addresses through the server, in order; ``timeouts``: URL → seconds."""
    run = forked(main, urls, timeouts or {}, ALONE | settings, proxy=server.address)
    assert run.returncode == 0, run.stderr[-3000:]
    return Visit(**json.loads(run.stdout), log=run.stderr)


def main(urls: list[str], timeouts: dict[str, float], settings: dict[str, Any]) -> None:
    """Prints how each fetch ended, and the crawl's stats, as JSON, and logs to stderr."""
    Guest.urls, Guest.timeouts = urls, timeouts
    ours = get_project_settings()
    ours.setdict(settings, priority="cmdline")
    process = AsyncCrawlerProcess(ours)
    crawler = process.create_crawler(Guest)
    before = getrusage(RUSAGE_SELF).ru_maxrss
    process.crawl(crawler)
    process.start()
    grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024
    assert crawler.stats is not None
    assert crawler.engine is not None
    slots = crawler.engine.downloader.slots
    result = {
        "ends": Guest.ends,
        "stats": crawler.stats.get_stats(),
        "delays": {host: (slot.delay, slot.jitter) for host, slot in slots.items()},
        "exchanges": TimedDownloader.exchanges,
        "grown": grown,
    }
    print(json.dumps(result, default=str))
