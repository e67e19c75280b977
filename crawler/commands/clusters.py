"""``scrapy clusters -O FILE``: which stored articles are one press release."""

from __future__ import annotations

import argparse

from crawler.asked import check_options, stop
from crawler.command import PlainCommand
from crawler.opening import checked_store, warn_of_unclustered
from crawler.output import add_output_option, output_target, write_output
from crawler.store import StoreError
from crawler.store.releases import Membership, memberships
from crawler.terminal import printing
from crawler.verdict import STORE_TROUBLE, WELL


class Command(PlainCommand):
    does = "Write url, cluster_id and edit_kind of every stored article"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_output_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            stop("clusters takes no arguments, only -O FILE")
        self.target = output_target(opts.target, self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = WELL
        with checked_store(self.settings) as store, printing():
            try:
                warn_of_unclustered(store)
                rows = (row._asdict() for row in memberships(store))
                write_output(self.target, rows, list(Membership._fields))
            except StoreError as error:
                stop(str(error), STORE_TROUBLE)
