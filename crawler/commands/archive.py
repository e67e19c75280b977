"""``scrapy archive``: checks, prunes and counts the archive of fetched pages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from rich.console import Console
from rich.table import Table

from crawler.archive.location import outlets_in
from crawler.archive.prune import prune
from crawler.archive.stats import ArchiveStats, archive_stats
from crawler.archive.verify import verify
from crawler.cli.arguments import check_options, fail, parse_cutoff, suggest
from crawler.cli.command import PlainCommand
from crawler.cli.store import existing_archive_config, store_for
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.store import Store
from crawler.store.articles.archive_index import outlets_with_records
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout

Action = Callable[[Store, list[str], argparse.Namespace], int]
"""Prints the result for the outlets and returns the exit code."""


class Command(PlainCommand):
    """Checks, prunes or counts the archive of one, several or all outlets."""

    usage = "[options] verify|prune|stats [OUTLET ...]"
    summary = "Check the archive of fetched pages, delete its old days, or count it"
    details = (
        "verify reads every record and compares the archive with the store; prune deletes the "
        "files of days before --before; stats prints the size per outlet. Without OUTLET: all "
        "outlets that the archive or the store has records of."
    )
    exit_notes = ((PARTIAL, "verify found a problem, or prune left a file that is in use"),)
    see_also = ("archive.md",)
    example = """\
$ scrapy archive verify papns
papns: files 31, records 4120, versions 1377, problems 0
$ scrapy archive prune --before 90d --dry-run papns
papns/papns-20240613-001.warc.gz would be deleted: 1204551 bytes"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--before",
            metavar="DAY|AGE",
            help="prune, required: delete days before 2026-01-01, or older than 90d",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="prune: only print what would be deleted"
        )
        parser.add_argument("--json", action="store_true", help="stats: one JSON object per outlet")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the action, its options and the archive's settings."""
        super().process_options(args, opts)
        check_options(args)
        actions = {"verify": self._verify, "prune": self._prune, "stats": self._stats}
        if not args or args[0] not in actions:
            fail("archive takes verify, prune or stats, then names of outlets")
        self.action: Action = actions[args[0]]
        if args[0] == "prune" and opts.before is None:
            fail("archive prune needs --before DAY or AGE")
        if args[0] != "prune" and opts.before is not None:
            fail(f"archive {args[0]} takes no --before")
        if opts.dry_run and args[0] != "prune":
            fail(f"archive {args[0]} takes no --dry-run")
        if opts.json and args[0] != "stats":
            fail(f"archive {args[0]} takes no --json")
        self.before = parse_cutoff(opts.before) if opts.before is not None else date.min
        self.folder = existing_archive_config(self.settings).folder

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do the action for the outlets."""
        with store_for(self.settings) as store, safe_stdout():
            try:
                self.exitcode = self.action(store, self._outlets(store, args[1:]), opts)
            except OSError as error:
                fail(f"the archive {self.folder} cannot be read: {error.strerror}", BAD_USAGE)

    def _outlets(self, store: Store, names: list[str]) -> list[str]:
        """Return the named outlets, or all that have files or should have some."""
        known = sorted({*outlets_in(self.folder), *outlets_with_records(store)})
        for name in names:
            if name not in known:
                fail(f"the archive has nothing of {name!r}; {suggest(name, known or ['-'])}")
        return list(dict.fromkeys(names)) or known

    def _verify(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code = OK
        for outlet in outlets:
            report = verify(store, self.folder, outlet)
            if report.problems:
                code = PARTIAL
            for sentence in [*report.problems, *report.notes]:
                print(escape_terminal(f"{outlet}: {sentence}"))
            print(
                f"{outlet}: files {report.files}, records {report.records}, versions"
                f" {report.versions}, problems {len(report.problems)}"
            )
        return code

    def _prune(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code, verb = OK, "would be deleted" if opts.dry_run else "deleted"
        for outlet in outlets:
            for pruned in prune(store, self.folder, outlet, self.before, dry_run=opts.dry_run):
                if pruned.is_in_use:
                    print(f"{pruned.file.relative_path} is in use and was kept")
                    code = PARTIAL
                else:
                    print(f"{pruned.file.relative_path} {verb}: {pruned.size} bytes")
        return code

    def _stats(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        counted = [archive_stats(store, self.folder, outlet) for outlet in outlets]
        if opts.json:
            for stats in counted:
                print(safe_json(asdict(stats) | {"bytes_per_article": stats.bytes_per_article}))
        else:
            width = None if Console().is_terminal else 10_000
            Console(width=width, highlight=False).print(stats_table(counted))
        return OK


def stats_table(counted: list[ArchiveStats]) -> Table:
    """Return a table with a row per outlet."""
    table = Table(
        "outlet", "files", "records", "bytes", "articles", "bytes per article", "oldest", "newest"
    )
    for stats in counted:
        numbers = (stats.files, stats.records, stats.bytes, stats.articles, stats.bytes_per_article)
        cells = ["-" if number is None else str(number) for number in numbers]
        days = (stats.oldest or "-", stats.newest or "-")
        table.add_row(escape_terminal(stats.outlet), *cells, *days)
    return table
