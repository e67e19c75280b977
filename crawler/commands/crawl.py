"""``scrapy crawl OUTLET``: Scrapy's own, with every argument and setting checked first."""

from __future__ import annotations

import argparse
import logging

from scrapy.commands import crawl

from crawler.cli.arguments import fail, only_outlet
from crawler.cli.checks import check_arguments, check_browser, check_crawl, log_warnings
from crawler.cli.command import DocumentedCommand
from crawler.cli.store import checked_store, exit_on_store_error
from crawler.operate.crawlall.result import OutletResult
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes.exit_codes import LOCKED, NAMES, OK
from crawler.store.frontier.outlet_lock import Lease

logger = logging.getLogger(__name__)


class Command(DocumentedCommand, crawl.Command):
    """Command that crawls one outlet, whose lock it holds."""

    usage = "[options] OUTLET"
    summary = "Crawl one outlet and store its articles"
    details = (
        "scrapy list prints the names of outlets. Spider arguments (-a): since, until (a day or an "
        "age; since=7d by default), limit (articles), pages (list pages per section), sections, "
        "revisit."
    )
    see_also = ("crawling.md", "feeds.md")
    example = """\
$ scrapy crawl papns -a since=3d -O output/papns.jsonl"""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the first request."""
        super().process_options(args, opts)
        self.outlet = only_outlet(self.settings, "crawl", args)
        check_arguments(self.outlet, opts.spargs)
        check_crawl(self.settings)
        check_browser(self.settings, self.outlet)
        self.store = checked_store(self.settings)
        self._acquire_outlet()

    def _acquire_outlet(self) -> None:
        """Lock the outlet for this process, or exit: only one process sends requests to a host."""
        with exit_on_store_error():
            holder = Lease(self.store, self.outlet.name).acquire()
        if holder is not None:
            fail(f"{self.outlet.name} is being crawled by {holder}", LOCKED)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and derive the exit code from the stats."""
        log_warnings(self.settings, self.store)
        crawl = Crawl(self.outlet, self.settings)
        with self.store:
            run_to_end(self.crawler_process, self.store, {crawl: opts.spargs})
            result = OutletResult.of(crawl)
        self.exitcode = result.exit_code or OK
        if self.exitcode:
            logger.warning("%s: %s: %s", self.outlet.name, NAMES[self.exitcode], result.message)
