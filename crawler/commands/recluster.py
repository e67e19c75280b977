"""``scrapy recluster``: compares every stored article again."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.progress import Progress

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK
from crawler.store.clusters.recluster import count_articles, recluster


class Command(PlainCommand):
    """Command that assigns every article to its cluster again."""

    summary = "Find the press releases among all stored articles again"
    details = "For changed rules of comparison, and for articles that were stored without cluster."
    example = """\
$ scrapy recluster
12034 articles compared again"""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that no argument is given."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("recluster takes no arguments")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Compare all articles, with the progress on stderr."""
        self.exitcode = OK
        compared = 0
        with store_for(self.settings) as store, Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("Comparing", total=count_articles(store))
            for compared in recluster(store, utc_now()):
                progress.update(task, completed=compared)
        print(f"{compared} articles compared again")
