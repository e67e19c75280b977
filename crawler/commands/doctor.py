"""``scrapy doctor``: checks this installation and its settings, one line per check."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import fail
from crawler.cli.checks import check_notifications
from crawler.cli.command import PlainCommand
from crawler.dates.utc import utc_now
from crawler.operate.doctor import CHECKS
from crawler.operate.notifications.notifier import Notifier
from crawler.outcomes.exit_codes import BAD_USAGE, OK, STORE_ERROR, UNEXPECTED
from crawler.store import StoreError
from crawler.terminal.output import escape_terminal


class Command(PlainCommand):
    """Command that runs every check and returns the highest exit code."""

    summary = "Check everything that a crawl needs, and say how to get what is missing"
    exit_notes = (
        (OK, "every check passed"),
        (UNEXPECTED, "--notify: a channel failed"),
        (BAD_USAGE, "something that a crawl needs is missing, or a setting is invalid"),
    )
    see_also = ("notifications.md",)
    example = """\
$ scrapy doctor
python     3.11.7 on Linux
store      sqlite:////srv/malgeum/output/malgeum.db opens with schema 0011 and is writable
contact    not set: set CONTACT so that outlets can reach you
browser    Chromium 156.0.8078.114 at /usr/bin/chromium starts; no outlet needs one"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--notify",
            action="store_true",
            help="also send a test notification to every channel",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that a channel is set if one is to be tested."""
        super().process_options(args, opts)
        if args:
            fail("doctor takes no arguments")
        if opts.notify:
            check_notifications(self.settings)
            if not Notifier.of(self.settings).channels:
                fail("--notify needs a notification channel; see docs/notifications.md")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print a line per check."""
        codes = [OK]
        for name, check in CHECKS.items():
            try:
                result = check(self.settings)
            except StoreError as error:
                result = f"failed: {error}"
                codes.append(STORE_ERROR)
            except ValueError as error:
                result = f"failed: {error}"
                codes.append(BAD_USAGE)
            _print(name, result)
        if opts.notify:
            for name, failure in Notifier.of(self.settings).send_test(utc_now()).items():
                _print(name, f"failed: {failure}" if failure else "accepted the test notification")
                codes.append(UNEXPECTED if failure else OK)
        self.exitcode = max(codes)


def _print(name: str, result: str) -> None:
    print(escape_terminal(f"{name:<13} {result}"), flush=True)
