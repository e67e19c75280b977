"""``scrapy forget URL…``: take articles out for good, as a legal takedown asks."""

from __future__ import annotations

import argparse
from functools import cache

from crawler.archive.config import ArchiveConfig
from crawler.archive.redact import redact_records
from crawler.cli.arguments import check_options, fail, outlets_by_host, web_addresses
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.crawl.stored_urls import addresses_of, outlet_name
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK, PARTIAL, STORE_ERROR
from crawler.store import Store, StoreError
from crawler.store.articles.forget import Takedown, Taken, forget, forgotten_of, wipe
from crawler.terminal.output import escape_terminal, safe_stdout


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``: 3 where the file could not be overwritten yet."""

    takes = "[options] URL [URL ...]"
    does = "Take articles out for good: never fetched, stored or shown again"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--why", metavar="TEXT", help="the reason, kept with the tombstone")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if not args:
            fail("forget takes one URL or more")
        self.asked = web_addresses(args)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        outlets = outlets_by_host(self.settings)
        takedowns = [
            Takedown(addresses_of(url, outlets), outlet_name(url, outlets)) for url in self.asked
        ]
        now = utc_now()
        with checked_store(self.settings) as store:
            try:
                done = forget(store, takedowns, at=now, reason=opts.why, dry_run=opts.dry_run)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            with safe_stdout():
                for url, taken in zip(self.asked, done, strict=True):
                    for sentence in told(url, taken, opts.dry_run):
                        print(escape_terminal(sentence))
            if not opts.dry_run:
                overwrite(store)
            named = {one.outlet for one in takedowns}
            addresses = {address for taken in done for address in taken.addresses}
            for outlet in sorted(named):
                self._take_out(store, outlet, addresses, opts.dry_run)
        self.exitcode = OK

    def _take_out(self, store: Store, outlet: str, addresses: set[str], dry_run: bool) -> None:
        """Take an outlet's forgotten articles, those of earlier calls too, out of the archive."""
        assert self.settings is not None
        outlets = outlets_by_host(self.settings)
        try:
            asked = ArchiveConfig.of(self.settings)
            if asked is None:
                return
            wanted = addresses | forgotten_of(store, outlet)

            @cache
            def is_wanted(url: str) -> bool:
                try:
                    return not wanted.isdisjoint(addresses_of(url, outlets))
                except ValueError:  # a link to nowhere
                    return False

            done = redact_records(asked.folder, outlet, is_wanted, dry_run=dry_run)
        except (StoreError, ValueError, OSError) as error:
            fail(f"the archive of {outlet} still has its pages: {error}; run it again", PARTIAL)
        if done.records:
            will = "would be" if dry_run else "are"
            print(f"The archive of {outlet}: {done.records} records {will} taken out.")
        if done.in_use:
            fail(
                f"{', '.join(done.in_use)} is in use; run it again when no crawl is at it", PARTIAL
            )


def overwrite(store: Store) -> None:
    again = "all is deleted, but not yet overwritten on disk; run it again"
    try:
        if not wipe(store):
            fail(f"{again} when no other process uses the store", PARTIAL)
    except StoreError as error:
        fail(f"{again}: {error}", PARTIAL)


def told(url: str, taken: Taken, dry_run: bool) -> list[str]:
    """What was done, one sentence a line."""
    will = "would be" if dry_run else "is"
    if not taken.versions:
        if taken.since:
            return [f"{url} was forgotten before, at {taken.since}; nothing of it was stored."]
        return [f"{url} {will} forgotten; nothing of it was stored."]
    return [
        f"{url} {will} forgotten: addresses {len(taken.addresses)}, versions {taken.versions}.",
        *(f"The same text stays at {copy}" for copy in taken.copies),
    ]
