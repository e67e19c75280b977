"""``scrapy forget URL``: erases articles for good, for example after a legal takedown."""

from __future__ import annotations

import argparse
from functools import cache

from crawler.archive.redact import redact_records
from crawler.cli.arguments import check_options, fail, outlets_by_host, web_addresses
from crawler.cli.command import PlainCommand
from crawler.cli.store import archive_config, store_for
from crawler.crawl.stored_urls import addresses_of, outlet_name
from crawler.dates.utc import utc_now
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.store import Store, StoreError
from crawler.store.articles.forget import Erasure, Takedown, forget, forgotten_of, wipe
from crawler.terminal.output import escape_terminal, safe_stdout


class Command(PlainCommand):
    """Command that erases articles from the store and the archive, and leaves a tombstone."""

    usage = "[options] URL [URL ...]"
    summary = "Erase articles for good: they are never fetched, stored or exported again"
    details = (
        "Erases every version and alias from the store and the archive. The URL may be any "
        "address of the article, also one that is not stored yet."
    )
    exit_notes = (
        (PARTIAL, "a file is in use and could not be overwritten yet: run the command again"),
    )
    see_also = ("archive.md#forget",)
    example = """\
$ scrapy forget --why "court order 2024-117" "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=7"
https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=7 forgotten: addresses 2, versions 1
archive of papns: 3 records erased"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--why", metavar="TEXT", help="reason, stored with the tombstone (default: none)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only print what would be erased"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the URLs."""
        super().process_options(args, opts)
        check_options(args)
        if not args:
            fail("forget takes one or more URLs")
        self.urls = web_addresses(args)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Erase from the store, then from the archive."""
        outlets = outlets_by_host(self.settings)
        takedowns = [
            Takedown(addresses_of(url, outlets), outlet_name(url, outlets)) for url in self.urls
        ]
        with store_for(self.settings) as store:
            erased = forget(store, takedowns, at=utc_now(), reason=opts.why, dry_run=opts.dry_run)
            with safe_stdout():
                for url, taken in zip(self.urls, erased, strict=True):
                    for sentence in sentences(url, taken, opts.dry_run):
                        print(escape_terminal(sentence))
            if not opts.dry_run:
                overwrite(store)
            addresses = {address for taken in erased for address in taken.addresses}
            for outlet in sorted({takedown.outlet for takedown in takedowns}):
                self._redact(store, outlet, addresses, opts.dry_run)
        self.exitcode = OK

    def _redact(self, store: Store, outlet: str, addresses: set[str], dry_run: bool) -> None:
        """Erase an outlet's forgotten articles, also those of earlier calls, from the archive."""
        outlets = outlets_by_host(self.settings)
        config = archive_config(self.settings)
        if config is None:
            return
        try:
            forgotten = addresses | forgotten_of(store, outlet)

            @cache
            def is_forgotten(url: str) -> bool:
                try:
                    return not forgotten.isdisjoint(addresses_of(url, outlets))
                except ValueError:  # not a web address
                    return False

            redacted = redact_records(config.folder, outlet, is_forgotten, dry_run=dry_run)
        except (StoreError, ValueError, OSError) as error:
            fail(f"the archive of {outlet} still has the pages: {error}; run it again", PARTIAL)
        if redacted.records:
            verb = "would be erased" if dry_run else "erased"
            print(f"archive of {outlet}: {redacted.records} records {verb}")
        if redacted.in_use:
            files = ", ".join(redacted.in_use)
            fail(f"{files} is in use; run it again when no crawl writes to it", PARTIAL)


def overwrite(store: Store) -> None:
    """Overwrite the deleted text in the store's file, or exit if another process prevents it."""
    again = "all is deleted, but not yet overwritten on disk; run it again"
    try:
        if not wipe(store):
            fail(f"{again} when no other process uses the store", PARTIAL)
    except StoreError as error:
        fail(f"{again}: {error}", PARTIAL)


def sentences(url: str, taken: Erasure, dry_run: bool) -> list[str]:
    """Return what was done for a URL, one sentence per line."""
    verb = "would be forgotten" if dry_run else "forgotten"
    if not taken.versions:
        if taken.forgotten_at:
            return [f"{url} was forgotten before, at {taken.forgotten_at}; nothing was stored"]
        return [f"{url} {verb}; nothing was stored"]
    return [
        f"{url} {verb}: addresses {len(taken.addresses)}, versions {taken.versions}",
        *(f"the same text is still stored at {copy}" for copy in taken.copies),
    ]
