"""``scrapy crawl``: Scrapy's own, with every argument checked before anything is fetched."""

from __future__ import annotations

import argparse
import difflib
import re
from datetime import UTC, datetime

from scrapy.commands import crawl

from crawler import verdict
from crawler.arguments import read_arguments
from crawler.outlet import Outlet
from crawler.running import check_feeds, check_options, checked_store, follow, stop

MOBILE = re.compile(
    r"phone|samsung.*mobile|lgtel|mobile|[^A]skt|nokia|blackberry|BB10|android|sony", re.IGNORECASE
)
"""User agents for which Gnuboard serves its mobile skin (its own ``config.php``)."""


class Command(crawl.Command):
    """Exit codes as in ``crawler/verdict.py``."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        assert self.crawler_process is not None
        check_options(args)
        if len(args) != 1:
            stop(f"crawl takes the name of one outlet, not {len(args)}; see scrapy list")
        spider = self._spider(args[0])
        try:
            read_arguments(opts.spargs, spider.sections, datetime.now(UTC))
        except ValueError as error:
            stop(str(error))
        if MOBILE.search(self.settings["USER_AGENT"]):
            stop("the user agent reads like a phone's, for which outlets serve another page")
        check_feeds(self.settings)
        with checked_store(self.settings) as store:
            crawler = self._create_crawler(spider)
            follow(crawler, store)
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
        failed = self.crawler_process.bootstrap_failed or crawler.stats is None
        self.exitcode = (
            verdict.UNEXPECTED if failed else verdict.of_crawl(crawler.stats.get_stats())
        )

    def _spider(self, name: str) -> type[Outlet]:
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        try:
            spider = loader.load(name)
        except KeyError:
            near = difflib.get_close_matches(name, loader.list(), n=1)
            hint = f"; did you mean {near[0]}?" if near else f": {', '.join(sorted(loader.list()))}"
            stop(f"there is no outlet {name!r}{hint}")
        assert issubclass(spider, Outlet)
        return spider
