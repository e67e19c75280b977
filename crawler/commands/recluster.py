"""``scrapy recluster``: compare every stored article anew."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.progress import Progress

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.clusters.recluster import count, recluster


class Command(PlainCommand):
    takes = ""
    does = "Find all press releases anew; for new rules, and for articles stored without"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("recluster takes no arguments")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        now = utc_now()
        self.exitcode = OK
        done = 0
        with checked_store(self.settings) as store:
            try:
                with Progress(console=Console(stderr=True)) as progress:
                    task = progress.add_task("Comparing", total=count(store))
                    for done in recluster(store, now):
                        progress.update(task, completed=done)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
        print(f"{done} articles compared anew")
