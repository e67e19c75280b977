"""``scrapy backup FILE``: a consistent copy of the store while crawls continue."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store.db.backup import backup


class Command(PlainCommand):
    """Command that copies the store into a new file."""

    usage = "[options] FILE"
    summary = "Copy the store to a new FILE, consistent, while crawls continue"
    details = (
        "Of SQLite the copy is a store, checked; of PostgreSQL it is the output of pg_dump, for "
        "pg_restore. An existing FILE is not replaced."
    )
    see_also = ("operations.md#backup-while-it-runs",)
    example = """\
$ scrapy backup /backup/malgeum-2024-09-11.db
/backup/malgeum-2024-09-11.db: 84.2 MB, 12034 articles"""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that one file is named."""
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("backup takes one FILE")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the copy and print its size."""
        file = Path(args[0])
        with store_for(self.settings, must_exist=True) as store:
            try:
                size = backup(store, file)
            except OSError as error:
                fail(f"{file} cannot be written: {error.strerror}", STORE_ERROR)
            count = sum(outlet.articles for outlet in store.counts())
        print(f"{file}: {size / 1e6:.1f} MB, {count} articles")
        self.exitcode = OK
