"""``scrapy archive verify|prune|stats``: the pages that were kept as they came."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from crawler.archive.config import ArchiveConfig
from crawler.archive.location import outlets_in
from crawler.archive.prune import prune
from crawler.archive.stats import ArchiveStats, archive_stats
from crawler.archive.verify import verify
from crawler.cli.arguments import check_options, fail, parse_cutoff
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL, STORE_ERROR
from crawler.store import Store, StoreError
from crawler.store.articles.archive_index import outlets_with_records
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``; 3 where something is not well or stayed."""

    takes = "[options] verify|prune|stats [OUTLET ...]"
    does = "Read the archive of fetched pages through, take old days away, or count"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="stats: one JSON object a line")
        parser.add_argument(
            "--before", metavar="DAY|AGE", help="prune: days before 2026-01-01, or older than 90d"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="prune: only say what would be taken away"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        does = {"verify": self._verify, "prune": self._prune, "stats": self._stats}
        if not args or args[0] not in does:
            fail("archive takes verify, prune or stats, and outlets behind it")
        self.do: Callable[[Store, list[str], argparse.Namespace], int] = does[args[0]]
        if (args[0] == "prune") != (opts.before is not None):
            fail("prune takes --before DAY or AGE" if args[0] == "prune" else
                 f"archive {args[0]} takes no --before")  # fmt: skip
        if opts.dry_run and args[0] != "prune":
            fail(f"archive {args[0]} takes no --dry-run")
        if opts.json and args[0] != "stats":
            fail(f"archive {args[0]} takes no --json")
        self.before = parse_cutoff(opts.before) if opts.before is not None else date.min
        try:
            asked = ArchiveConfig.of(self.settings)
        except ValueError as error:
            fail(str(error))
        except StoreError as error:
            fail(str(error), STORE_ERROR)
        if asked is None:
            fail("there is no archive: ARCHIVE is empty")
        self.folder: Path = asked.folder

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        with checked_store(self.settings) as store, safe_stdout():
            try:
                self.exitcode = self.do(store, self._outlets(store, args[1:]), opts)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            except OSError as error:
                fail(f"the archive {self.folder} cannot be read: {error.strerror}", BAD_USAGE)

    def _outlets(self, store: Store, asked: list[str]) -> list[str]:
        """Those asked for, or all that have files or should have."""
        known = sorted({*outlets_in(self.folder), *outlets_with_records(store)})
        for name in asked:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(known) or '-'}"
                fail(f"the archive has nothing of {name!r}; {hint}")
        return list(dict.fromkeys(asked)) or known

    def _verify(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code = OK
        for outlet in outlets:
            found = verify(store, self.folder, outlet)
            for sentence in found.problems:
                print(escape_terminal(f"{outlet}: {sentence}"))
                code = PARTIAL
            for sentence in found.notes:
                print(escape_terminal(f"{outlet}: {sentence}"))
            print(
                f"{outlet}: files {found.files}, records {found.records}, versions"
                f" {found.versions}, problems {len(found.problems)}"
            )
        return code

    def _prune(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code, will = OK, "would be" if opts.dry_run else "is"
        for outlet in outlets:
            for one in prune(store, self.folder, outlet, self.before, dry_run=opts.dry_run):
                if one.is_in_use:
                    print(f"{one.file.place} is in use and stays")
                    code = PARTIAL
                else:
                    print(f"{one.file.place} {will} taken away: {one.size} bytes")
        return code

    def _stats(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        found = [archive_stats(store, self.folder, outlet) for outlet in outlets]
        if opts.json:
            for one in found:
                print(safe_json(asdict(one) | {"bytes_per_article": one.bytes_per_article}))
        else:
            Console(width=None if Console().is_terminal else 10_000, highlight=False).print(
                table(found)
            )
        return OK


def table(found: list[ArchiveStats]) -> Table:
    shown = Table(
        "outlet", "files", "records", "bytes", "articles", "bytes an article", "from", "to"
    )
    for one in found:
        numbers = (one.files, one.records, one.bytes, one.articles, one.bytes_per_article)
        cells = ["-" if number is None else str(number) for number in numbers]
        shown.add_row(escape_terminal(one.outlet), *cells, one.oldest or "-", one.newest or "-")
    return shown
