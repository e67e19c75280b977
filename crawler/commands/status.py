"""``scrapy status``: how every outlet stands, from the runs that are remembered."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import check_options, fail, suggest
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.dates.period import read_age
from crawler.operate.status.json import document
from crawler.operate.status.queries import StatusSurvey, survey
from crawler.operate.status.table import show, summary
from crawler.outcomes.exit_codes import OK, PARTIAL, STORE_ERROR
from crawler.store import Store, StoreError
from crawler.store.db.errors import redacted
from crawler.store.runs.recent import outlets_with_runs
from crawler.terminal.output import safe_json, safe_stdout


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``; 3 where an outlet needs attention, or none ran."""

    takes = "[options] [OUTLET ...]"
    does = "Show how the outlets stand: last runs, trend, what is wrong and what to do"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON document instead")
        parser.add_argument("--html", metavar="FILE", help="write a page in Korean to FILE")
        parser.add_argument(
            "--within", metavar="AGE", default="2d",
            help="an outlet whose last run that went well is older needs attention (default: 2d)",
        )  # fmt: skip

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if opts.html == "":
            fail("--html takes the name of a file")
        try:
            self.within = read_age(opts.within)
            self.now = datetime.now(UTC)
            self.now - self.within
        except ValueError as error:
            fail(f"--within: {error}")
        except OverflowError:
            fail(f"--within {opts.within} lies before all time")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        with checked_store(self.settings) as store, safe_stdout():
            try:
                papers = self._papers(store, args)
                found = survey(store, papers, self.now, self.within, wanted=args)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            if opts.html:
                written(found, Path(opts.html))
            if opts.json:
                print(safe_json(document(found)))
            elif opts.html:
                print(f"{summary(found)}: {opts.html}")
            elif not any(one.runs for one in found.outlets):
                of_them = f" of {', '.join(papers)}" if args else ""
                print(
                    f"no crawl{of_them} is recorded in the store {redacted(store.engine.url)} yet"
                )
            else:
                # no terminal, no width
                wide = None if Console().is_terminal else 10_000
                show(found, Console(width=wide, highlight=False))
        self.exitcode = OK if found.is_ok else PARTIAL

    def _papers(self, store: Store, asked: list[str]) -> dict[str, str]:
        """The outlets' names and their papers': those asked for, or all that are known or ran."""
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        ours = {
            name: str(getattr(loader.load(name), "display_name", name)) for name in loader.list()
        }
        papers = ours | {name: name for name in outlets_with_runs(store) if name not in ours}
        for name in asked:
            if name not in papers:
                fail(f"there is no outlet {name!r}; {suggest(name, list(papers))}")
        return {name: papers[name] for name in dict.fromkeys(asked) or papers}


def written(found: StatusSurvey, file: Path) -> None:
    """Write the page, or end the command with one sentence."""
    from crawler.operate.status.html import write_page  # what it needs, every command would load

    try:
        write_page(found, file)
    except OSError as error:
        fail(f"the page {file} cannot be written: {error.strerror or error}")
