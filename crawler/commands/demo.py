"""``scrapy demo``: crawls every outlet from the newsstand, and prints what was stored.

The invented articles go to a store of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any, ClassVar

from rich.console import Console
from rich.table import Table

from crawler.cli.arguments import check_options, fail
from crawler.cli.checks import check_log
from crawler.cli.command import DocumentedCommand
from crawler.cli.newsstand import fail_without_newsstand
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.runtime.locations import CHECKOUT, OUTPUT
from crawler.store import Count, open_store

DATABASE = OUTPUT / "demo.db"
NOTIFY = "MALGEUM_NOTIFY"
"""Prefix of the variables that name notification channels: none gets invented findings."""


class Command(DocumentedCommand):
    """Command that runs ``scrapy crawl`` per outlet through the newsstand's proxy."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    summary = "Crawl all outlets from a local newsstand with invented articles"
    details = (
        "No request leaves this machine. The articles are stored in output/demo.db; a second run "
        "stores nothing twice."
    )
    exit_notes = ((PARTIAL, "the crawl of an outlet ended with another exit code than 0"),)
    example = """\
$ scrapy demo
Opening the newsstand: five outlets with invented articles on loopback.
Crawling papns …"""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that no argument is given, and open the log."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("demo takes no arguments")
        check_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl one outlet after the other and print a table."""
        try:  # not above: Scrapy loads every command's module
            from newsstand.server import serving
        except ModuleNotFoundError as error:
            fail_without_newsstand("demo", error)

        outlets = self.crawler_process.spider_loader.list()
        console = Console()
        url = f"sqlite:///{DATABASE}"
        with open_store(url) as store:
            before = {count.outlet: count for count in store.counts()}
            console.print("Opening the newsstand: five outlets with invented articles on loopback.")
            with serving() as proxy:
                codes = {outlet: crawl(outlet, url, proxy, console) for outlet in outlets}
            after = {count.outlet: count for count in store.counts()}
        console.print(counts_table(outlets, codes, before, after))
        location = f"Stored in {DATABASE} (SQLite). A second run stores nothing twice."
        console.print(location, soft_wrap=True, highlight=False)
        self.exitcode = PARTIAL if any(codes.values()) else OK


def crawl(outlet: str, url: str, proxy: str, console: Console) -> int:
    """Run ``scrapy crawl`` as a process of its own and return its exit code."""
    console.print(f"Crawling {outlet} …")
    command = [sys.executable, "-m", "malgeum", "crawl", outlet, "-a", "since=30d"]
    # Our own newsstand needs neither a delay nor a contact.
    command += ["-L", "ERROR", "-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL={url}"]
    own = {name: value for name, value in os.environ.items() if not name.startswith(NOTIFY)}
    environment = own | {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode


def counts_table(
    outlets: list[str], codes: dict[str, int], before: dict[str, Count], after: dict[str, Count]
) -> Table:
    """Return a table with a row per outlet: new and stored articles, first and last day."""
    table = Table("outlet", "new", "stored", "aliases", "oldest", "newest", "exit code")
    for outlet in outlets:
        now, earlier = after.get(outlet), before.get(outlet)
        stored = now.articles if now else 0
        new = stored - (earlier.articles if earlier else 0)
        dates = [(now.oldest or "")[:10], (now.newest or "")[:10]] if now else ["", ""]
        aliases = now.aliases if now else 0
        table.add_row(outlet, str(new), str(stored), str(aliases), *dates, str(codes[outlet]))
    return table
