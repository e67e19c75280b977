"""``scrapy prune --before DAY|AGE``: take old articles out of the store, while crawls go on."""

from __future__ import annotations

import argparse

from crawler.cli.arguments import check_options, fail, parse_cutoff
from crawler.cli.command import PlainCommand
from crawler.cli.store import existing_store
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.articles.prune import count_before, prune


class Command(PlainCommand):
    does = "Take articles published before a day out of the store"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--before",
            metavar="DAY|AGE",
            help="published before 2026-01-01, or longer ago than 400d; where the day of "
            "publication is not known, the day of storing counts",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args or opts.before is None:
            fail("prune takes --before DAY or AGE, and no arguments")
        self.day = parse_cutoff(opts.before).isoformat()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        now = utc_now()
        done = 0
        with existing_store(self.settings) as store:
            try:
                if opts.dry_run:
                    done = count_before(store, self.day)
                else:
                    for done in prune(store, self.day, now):  # noqa: B007 - the last is told
                        pass
            except StoreError as error:
                fail(f"{error} Articles taken out before: {done}; run it again.", STORE_ERROR)
        will = "would be" if opts.dry_run else "are"
        print(f"{done} articles from before {self.day} {will} taken out.")
        self.exitcode = OK
