"""``scrapy backup FILE``: a whole copy of the store, while crawls go on."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import existing_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.db.backup import backup


class Command(PlainCommand):
    takes = "[options] FILE"
    does = "Copy the store into FILE as it is at one moment, while crawls go on"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("backup takes one FILE")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        file = Path(args[0])
        with existing_store(self.settings) as store:
            try:
                size = backup(store, file)
                count = sum(one.articles for one in store.counts())
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            except OSError as error:
                fail(f"{file} cannot be written: {error.strerror}", STORE_ERROR)
        print(f"{file}: {size / 1e6:.1f} MB, of a store of {count} articles.")
        self.exitcode = OK
