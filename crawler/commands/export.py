"""``scrapy export --after SEQ -O FILE``: what changed in the store, for those who follow it."""

from __future__ import annotations

import argparse
import re
import sys

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.output_option import add_output_option, output_target, write_output
from crawler.cli.store import check_outlet, existing_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.changes.feed import OWN, changes_after, newest_change
from crawler.terminal.output import safe_stdout


class Command(PlainCommand):
    does = "Write every change of the store after a number: each once, in order"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--after",
            metavar="SEQ",
            default="0",
            help="the number of the last change that you have (default: 0, all)",
        )
        parser.add_argument(
            "--outlet",
            action="append",
            default=[],
            metavar="NAME",
            help="changes of this outlet alone; may be given more than once",
        )
        add_output_option(parser)
        parser.add_argument(
            "--by-day",
            action="store_true",
            help="FILE is a folder: Parquet by the day of publication",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("export takes no arguments, only --after SEQ, --outlet NAME and -O FILE")
        if not re.fullmatch(r"[0-9]{1,18}", opts.after):
            fail(f"--after {opts.after!r} is no number of a change: give the last one's, or 0")
        self.target = output_target(opts.target, self.settings, opts.by_day)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        after = int(opts.after)
        fields = self.settings["FEED_EXPORT_FIELDS"]
        with existing_store(self.settings) as store, safe_stdout():
            try:
                for name in opts.outlet:
                    check_outlet(self.settings, store, name)
                until = newest_change(store)
                lines = changes_after(store, after, until, fields, opts.outlet)
                number = write_output(self.target, lines, [*OWN, *fields])
            except StoreError as error:
                fail(str(error), STORE_ERROR)
        print(f"{number} changes; the next: --after {until}", file=sys.stderr)
