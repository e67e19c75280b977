"""``scrapy clusters -O FILE``: which stored articles are one press release."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.output_option import add_output_option, output_target, write_output
from crawler.cli.store import checked_store, warn_of_unclustered
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.clusters.queries import Membership, memberships
from crawler.terminal.output import safe_stdout


class Command(PlainCommand):
    does = "Write url, cluster_id and edit_kind of every stored article"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_output_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("clusters takes no arguments, only -O FILE")
        self.target = output_target(opts.target, self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        with checked_store(self.settings) as store, safe_stdout():
            try:
                warn_of_unclustered(store)
                rows = (row._asdict() for row in memberships(store))
                write_output(self.target, rows, list(Membership._fields))
            except StoreError as error:
                fail(str(error), STORE_ERROR)
