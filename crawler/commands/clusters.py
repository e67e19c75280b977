"""``scrapy clusters``: exports the press release that each stored article belongs to."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.output_option import add_output_option, output_target, write_output
from crawler.cli.store import store_for, warn_of_unclustered
from crawler.outcomes.exit_codes import OK
from crawler.store.clusters.queries import Membership, memberships
from crawler.terminal.output import safe_stdout


class Command(PlainCommand):
    """Command that writes a row per stored article."""

    summary = "Write url, cluster_id and edit_kind of every stored article"
    details = "Articles with one cluster_id were written from one press release."
    example = """\
$ scrapy clusters -O output/clusters.csv"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add_output_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the output file."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("clusters takes no arguments, only -O FILE")
        self.target = output_target(opts.target, self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the rows."""
        self.exitcode = OK
        with store_for(self.settings) as store, safe_stdout():
            warn_of_unclustered(store)
            rows = (row._asdict() for row in memberships(store))
            write_output(self.target, rows, list(Membership._fields))
