"""``scrapy demo``: the main job on embedded defaults, against the newsstand.

Opens the newsstand, crawls every outlet through it as cron would, closes it and shows what
was stored and where. Invented articles go to a store of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any, ClassVar

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from crawler.cli.checks import check_log
from crawler.cli.newsstand import fail_without_newsstand
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.runtime.locations import CHECKOUT, OUTPUT
from crawler.store import Count, open_store

DATABASE = OUTPUT / "demo.db"
NOTIFY = "MALGEUM_NOTIFY"
"""Settings of who is told what is found; nobody is told of invented articles."""


class Command(ScrapyCommand):
    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Crawl all outlets from the newsstand and show what was stored"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            from newsstand.server import serving  # no other command loads it
        except ModuleNotFoundError as error:
            fail_without_newsstand("demo", error)
        assert self.crawler_process is not None
        outlets = self.crawler_process.spider_loader.list()
        console = Console()
        url = f"sqlite:///{DATABASE}"
        with open_store(url) as store:
            before = {count.outlet: count for count in store.counts()}
            console.print("The newsstand opens: five papers with invented articles, on loopback.")
            with serving() as proxy:
                codes = {outlet: crawl(outlet, url, proxy, console) for outlet in outlets}
            after = {count.outlet: count for count in store.counts()}
        console.print(table(outlets, codes, before, after))
        where = f"Stored in {DATABASE} (SQLite). Run it again: nothing is stored twice."
        console.print(where, soft_wrap=True, highlight=False)
        self.exitcode = PARTIAL if any(codes.values()) else OK


def crawl(outlet: str, url: str, proxy: str, console: Console) -> int:
    """One ``scrapy crawl`` as a process of its own; returns its exit code."""
    console.print(f"Crawling {outlet} …")
    command = [sys.executable, "-m", "malgeum", "crawl", outlet, "-a", "since=30d"]
    # The newsstand is our own: no delay is owed to it, and no contact.
    command += ["-L", "ERROR", "-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL={url}"]
    own = {name: value for name, value in os.environ.items() if not name.startswith(NOTIFY)}
    environment = own | {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode


def table(
    outlets: list[str], codes: dict[str, int], before: dict[str, Count], after: dict[str, Count]
) -> Table:
    """A row an outlet: how many articles are new, how many there are, from when to when."""
    shown = Table("outlet", "new", "stored", "aliases", "from", "to", "exit code")
    for outlet in outlets:
        now, then = after.get(outlet), before.get(outlet)
        stored = now.articles if now else 0
        new = stored - (then.articles if then else 0)
        dates = [(now.oldest or "")[:10], (now.newest or "")[:10]] if now else ["", ""]
        aliases = now.aliases if now else 0
        shown.add_row(outlet, str(new), str(stored), str(aliases), *dates, str(codes[outlet]))
    return shown
