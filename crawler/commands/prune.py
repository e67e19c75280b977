"""``scrapy prune --before DAY|AGE``: deletes old articles from the store while crawls continue."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import check_options, fail, parse_cutoff
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.articles.prune import count_before, prune


class Command(PlainCommand):
    """Command that deletes articles by their day of publication."""

    summary = "Delete articles published before a day from the store"
    details = (
        "An article without a day of publication counts by the day on which it was stored. "
        "Articles are deleted in batches: a call that was interrupted can be repeated."
    )
    see_also = ("operations.md#pruning",)
    example = """\
$ scrapy prune --before 400d --dry-run
312 articles from before 2023-08-08 would be deleted"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--before",
            metavar="DAY|AGE",
            help="required: delete articles published before 2026-01-01, or older than 400d",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only print how many would be deleted"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the day."""
        super().process_options(args, opts)
        check_options(args)
        if args or opts.before is None:
            fail("prune takes --before DAY or AGE, and no arguments")
        self.day = parse_cutoff(opts.before).isoformat()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Delete the articles, or count them."""
        deleted = 0
        with store_for(self.settings, must_exist=True) as store:
            try:
                if opts.dry_run:
                    deleted = count_before(store, self.day)
                else:
                    for deleted in prune(store, self.day, utc_now()):  # noqa: B007 - the last is printed
                        pass
            except StoreError as error:
                fail(f"{error} Articles deleted until then: {deleted}; run it again.", STORE_ERROR)
        verb = "would be deleted" if opts.dry_run else "deleted"
        print(f"{deleted} articles from before {self.day} {verb}")
        self.exitcode = OK
