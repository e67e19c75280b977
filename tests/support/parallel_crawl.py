"""Crawls of several outlets at the same time in one process, each with its own settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings

from crawler.outcomes.exit_rules import exit_code_of_crawl
from tests.support.scrapy_process import forked
from tests.support.timed_downloader import TIMED, Exchange, TimedDownloader

ABOVE = 50
"""Priority of one outlet's settings: a process gives its own again to each crawler that it runs, and
at equal priority they win."""


@dataclass
class Ended:
    code: int
    stats: dict[str, Any]
    exchanges: list[Exchange]
    """With the outlet's own host, in order."""

    @property
    def seconds(self) -> float:
        """From the outlet's own beginning to its own end."""
        return float(self.stats["elapsed_time_seconds"])

    @property
    def requests(self) -> int:
        return int(self.stats.get("downloader/request_count", 0))


def crawl_at_once(
    proxy: str, settings: dict[str, Any], outlets: dict[str, dict[str, Any]]
) -> tuple[dict[str, Ended], str]:
    """How each outlet's crawl ended, and the log of all."""
    run = forked(main, settings, outlets, proxy=proxy)
    assert run.returncode == 0, run.stderr[-3000:]
    ended = json.loads(run.stdout)
    for end in ended.values():
        end["exchanges"] = [Exchange(*times) for times in end["exchanges"]]
    return {name: Ended(**one) for name, one in ended.items()}, run.stderr


def main(settings: dict[str, Any], outlets: dict[str, dict[str, Any]]) -> None:
    """Print each outlet's exit code and stats as JSON, and log to stderr.

    ``settings`` hold for all; ``outlets``: name → its own ``settings`` and ``arguments``.
    """
    ours = get_project_settings()
    ours.setdict(settings | TIMED, priority="cmdline")
    process = AsyncCrawlerProcess(ours)
    loader = get_spider_loader(ours)
    crawlers = {}
    for name, options in outlets.items():
        own = ours.copy()
        own.setdict(options.get("settings", {}), priority=ABOVE)
        crawlers[name] = Crawler(loader.load(name), own)
        process.crawl(crawlers[name], **{"since": "60d"} | options.get("arguments", {}))
    process.start()
    results = {}
    for name, crawler in crawlers.items():
        assert crawler.stats is not None
        stats = crawler.stats.get_stats()
        host = urlsplit(crawler.spidercls.home).hostname or ""  # type: ignore[attr-defined]
        exchanges = TimedDownloader.exchanges.get(host, [])
        results[name] = {"code": exit_code_of_crawl(stats), "stats": stats, "exchanges": exchanges}
    print(json.dumps(results, default=str))
