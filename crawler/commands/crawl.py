"""``scrapy crawl``: Scrapy's own, with every argument checked before anything is fetched."""

from __future__ import annotations

import argparse

from scrapy.commands import crawl

from crawler.cli.arguments import check_options, fail, get_outlet
from crawler.cli.checks import check_arguments, check_browser, check_crawl, warn
from crawler.cli.store import checked_store
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes import exit_codes as verdict
from crawler.store import StoreError
from crawler.store.frontier.outlet_lock import Lease


class Command(crawl.Command):
    """Exit codes: ``outcomes/exit_codes.py``."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        if len(args) != 1:
            fail(f"crawl takes the name of one outlet, not {len(args)}; see scrapy list")
        self.outlet = get_outlet(self.settings, args[0])
        check_arguments(self.outlet, opts.spargs)
        check_crawl(self.settings)
        check_browser(self.settings, self.outlet)
        self.store = checked_store(self.settings)
        self._take_outlet()

    def _take_outlet(self) -> None:
        """Hold the outlet for this process, or end: its host is asked by one at a time."""
        try:
            holder = Lease(self.store, self.outlet.name).take()
        except StoreError as error:
            fail(str(error), verdict.STORE_ERROR)
        if holder is not None:
            fail(f"{self.outlet.name} is being crawled by {holder}", verdict.LOCKED)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        assert self.settings is not None
        warn(self.settings, self.store)
        crawl = Crawl(self.outlet, self.settings)
        with self.store:
            stats = run_to_end(self.crawler_process, self.store, {crawl: opts.spargs})[crawl]
        self.exitcode = verdict.of_crawl(stats)
