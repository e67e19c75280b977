"""``scrapy crawl``: Scrapy's own, with every argument checked before anything is fetched."""

from __future__ import annotations

import argparse
import logging
import re
from datetime import UTC, datetime

from scrapy.commands import crawl

from crawler import CONTACT_PAGE, settings, user_agent, verdict, visits
from crawler.arguments import read_arguments
from crawler.running import (
    check_archive,
    check_browser,
    check_feeds,
    check_log,
    check_manners,
    check_monitors,
    check_notices,
    check_options,
    checked_store,
    one_outlet,
    run_to_end,
    stop,
)
from crawler.store import StoreError
from crawler.store.lease import Lease
from crawler.store.trouble import shown

logger = logging.getLogger(__name__)

MOBILE = re.compile(
    r"phone|samsung.*mobile|lgtel|mobile|[^A]skt|nokia|blackberry|BB10|android|sony", re.IGNORECASE
)
"""User agents for which Gnuboard serves its mobile skin (its own ``config.php``)."""


class Command(crawl.Command):
    """Exit codes as in ``crawler/verdict.py``."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        if len(args) != 1:
            stop(f"crawl takes the name of one outlet, not {len(args)}; see scrapy list")
        self.outlet = one_outlet(self.settings, args[0])
        try:
            read_arguments(opts.spargs, self.outlet.sections, datetime.now(UTC))
            visits.read_ages(self.settings["REVISIT_AGES"])
        except ValueError as error:
            stop(str(error))
        check_manners(self.settings)
        check_monitors(self.settings)
        check_notices(self.settings)
        check_browser(self.settings, self.outlet)
        check_archive(self.settings)
        self._introduce()
        check_feeds(self.settings)
        check_log(self.settings)
        self.store = checked_store(self.settings)
        self._take_outlet()

    def _take_outlet(self) -> None:
        """Hold the outlet for this process, or end: its host is asked by one at a time."""
        try:
            holder = Lease(self.store, self.outlet.name).take()
        except StoreError as error:
            stop(str(error), verdict.STORE_TROUBLE)
        if holder is not None:
            stop(f"{self.outlet.name} is being crawled by {holder}", verdict.LOCKED)

    def _introduce(self) -> None:
        """The user agent with the contact that ``-s CONTACT=…`` gives, if it is not one's own."""
        assert self.settings is not None
        if self.settings["USER_AGENT"] == user_agent(settings.CONTACT):
            agent = user_agent(self.settings["CONTACT"])
            self.settings.set("USER_AGENT", agent, priority="cmdline")
        if MOBILE.search(self.settings["USER_AGENT"]):
            stop("the user agent reads like a phone's, for which outlets serve another page")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        assert self.settings is not None
        if not self.settings["CONTACT"]:
            logger.warning(
                "No contact is given: set CONTACT, so that outlets can reach you, and not %s.",
                CONTACT_PAGE,
            )
        if self.store.is_new:  # or the disk that the old one lies on is not there
            logger.warning("A new store is made: %s", shown(self.store.engine.url))
        crawler = self._create_crawler(self.outlet)
        stats = run_to_end(self.crawler_process, crawler, self.store, **opts.spargs)
        self.exitcode = verdict.of_crawl(stats)
