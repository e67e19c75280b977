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

from crawler.archive.config import Archiving
from crawler.archive.location import outlets_in
from crawler.archive.prune import prune
from crawler.archive.stats import Totals, totals
from crawler.archive.verify import verify
from crawler.cli.arguments import check_options, day_before, stop
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import BAD_USAGE, PARTLY, STORE_TROUBLE, WELL
from crawler.store import Store, StoreError
from crawler.store.articles.archive_index import outlets_with_records
from crawler.terminal.output import harmless, harmless_json, printing


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
            stop("archive takes verify, prune or stats, and outlets behind it")
        self.do: Callable[[Store, list[str], argparse.Namespace], int] = does[args[0]]
        if (args[0] == "prune") != (opts.before is not None):
            stop("prune takes --before DAY or AGE" if args[0] == "prune" else
                 f"archive {args[0]} takes no --before")  # fmt: skip
        if opts.dry_run and args[0] != "prune":
            stop(f"archive {args[0]} takes no --dry-run")
        if opts.json and args[0] != "stats":
            stop(f"archive {args[0]} takes no --json")
        self.before = day_before(opts.before) if opts.before is not None else date.min
        try:
            asked = Archiving.of(self.settings)
        except ValueError as error:
            stop(str(error))
        except StoreError as error:
            stop(str(error), STORE_TROUBLE)
        if asked is None:
            stop("there is no archive: ARCHIVE is empty")
        self.folder: Path = asked.folder

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        with checked_store(self.settings) as store, printing():
            try:
                self.exitcode = self.do(store, self._outlets(store, args[1:]), opts)
            except StoreError as error:
                stop(str(error), STORE_TROUBLE)
            except OSError as error:
                stop(f"the archive {self.folder} cannot be read: {error.strerror}", BAD_USAGE)

    def _outlets(self, store: Store, asked: list[str]) -> list[str]:
        """Those asked for, or all that have files or should have."""
        known = sorted({*outlets_in(self.folder), *outlets_with_records(store)})
        for name in asked:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(known) or '-'}"
                stop(f"the archive has nothing of {name!r}; {hint}")
        return list(dict.fromkeys(asked)) or known

    def _verify(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code = WELL
        for outlet in outlets:
            found = verify(store, self.folder, outlet)
            for sentence in found.problems:
                print(harmless(f"{outlet}: {sentence}"))
                code = PARTLY
            for sentence in found.notes:
                print(harmless(f"{outlet}: {sentence}"))
            print(
                f"{outlet}: files {found.files}, records {found.records}, versions"
                f" {found.versions}, problems {len(found.problems)}"
            )
        return code

    def _prune(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        code, will = WELL, "would be" if opts.dry_run else "is"
        for outlet in outlets:
            for one in prune(store, self.folder, outlet, self.before, dry_run=opts.dry_run):
                if one.is_in_use:
                    print(f"{one.file.place} is in use and stays")
                    code = PARTLY
                else:
                    print(f"{one.file.place} {will} taken away: {one.size} bytes")
        return code

    def _stats(self, store: Store, outlets: list[str], opts: argparse.Namespace) -> int:
        found = [totals(store, self.folder, outlet) for outlet in outlets]
        if opts.json:
            for one in found:
                print(harmless_json(asdict(one) | {"bytes_per_article": one.bytes_per_article}))
        else:
            Console(width=None if Console().is_terminal else 10_000, highlight=False).print(
                table(found)
            )
        return WELL


def table(found: list[Totals]) -> Table:
    shown = Table(
        "outlet", "files", "records", "bytes", "articles", "bytes an article", "from", "to"
    )
    for one in found:
        numbers = (one.files, one.records, one.bytes, one.articles, one.bytes_per_article)
        cells = ["-" if number is None else str(number) for number in numbers]
        shown.add_row(harmless(one.outlet), *cells, one.oldest or "-", one.newest or "-")
    return shown
