"""``scrapy doctor``: whether all is here that a crawl needs, a line each."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import fail
from crawler.cli.checks import check_notices
from crawler.cli.command import PlainCommand
from crawler.dates.utc import utc_now
from crawler.operate.doctor import CHECKS
from crawler.operate.notifications.notifier import Notifier
from crawler.outcomes.exit_codes import BAD_USAGE, OK, STORE_ERROR, UNEXPECTED
from crawler.store import StoreError
from crawler.terminal.output import escape_terminal


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``; 0 where all that is needed is well."""

    takes = ""
    does = "Say whether all is here that a crawl needs, and how to get what is not"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--notify", action="store_true", help="send a test notice through every channel"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if args:
            fail("doctor takes no argument")
        if opts.notify:
            check_notices(self.settings)
            if not Notifier.of(self.settings).channels:
                fail("no notification channel is set; see docs/notifications.md")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        codes = [OK]
        for what, check in CHECKS.items():
            try:
                said = check(self.settings)
            except StoreError as error:
                said = f"not well: {error}"
                codes.append(STORE_ERROR)
            except ValueError as error:
                said = f"not well: {error}"
                codes.append(BAD_USAGE)
            _print(what, said)
        if opts.notify:
            for name, failure in Notifier.of(self.settings).send_test(utc_now()).items():
                _print(name, f"not well: {failure}" if failure else "took the test notice")
                codes.append(UNEXPECTED if failure else OK)
        self.exitcode = max(codes)


def _print(what: str, said: str) -> None:
    print(escape_terminal(f"{what:<10} {said}"), flush=True)
