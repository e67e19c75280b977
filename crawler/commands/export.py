"""``scrapy export``: the store's changes after a sequence number, for programs that follow it."""

from __future__ import annotations

import argparse
import re
import sys

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.output_option import add_output_option, output_target, write_output
from crawler.cli.store import check_outlet, store_for
from crawler.outcomes.exit_codes import OK
from crawler.store.changes.feed import CHANGE_FIELDS, changes_after, newest_change
from crawler.terminal.output import safe_stdout


class Command(PlainCommand):
    """Command that writes changes and prints the number to continue from on stderr."""

    summary = "Write every change of the store after a sequence number, once, in order"
    details = (
        "stderr names the number for --after of the next call. -O also takes the formats and "
        "destinations of Scrapy's feeds."
    )
    see_also = ("following.md", "feeds.md")
    example = """\
$ scrapy export --after 1204 -O output/changes.jsonl
37 changes; continue with --after 1241"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--after",
            metavar="SEQ",
            default="0",
            help="number of the last change that you have (default: 0, which writes all)",
        )
        parser.add_argument(
            "--outlet",
            action="append",
            default=[],
            metavar="NAME",
            help="only changes of this outlet; may be repeated",
        )
        add_output_option(parser)
        parser.add_argument(
            "--by-day",
            action="store_true",
            help="FILE is a folder: write Parquet files by day of publication",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the number and the output file."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("export takes no arguments, only --after SEQ, --outlet NAME and -O FILE")
        if not re.fullmatch(r"[0-9]{1,18}", opts.after):
            fail(f"--after must be the number of a change, or 0, not {opts.after!r}")
        self.target = output_target(opts.target, self.settings, opts.by_day)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the changes."""
        self.exitcode = OK
        after = int(opts.after)
        fields = self.settings["FEED_EXPORT_FIELDS"]
        with store_for(self.settings, must_exist=True) as store, safe_stdout():
            for name in opts.outlet:
                check_outlet(self.settings, store, name)
            until = newest_change(store)
            lines = changes_after(store, after, until, fields, opts.outlet)
            number = write_output(self.target, lines, [*CHANGE_FIELDS, *fields])
        print(f"{number} changes; continue with --after {until}", file=sys.stderr)
