"""``scrapy status``: the condition of every outlet, from its recorded runs and findings."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import check_options, fail, fail_unknown_outlet
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.dates.period import read_age
from crawler.operate.status.json import document
from crawler.operate.status.queries import StatusSurvey, survey
from crawler.operate.status.table import show, summary
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.store import Store
from crawler.store.db.errors import redacted
from crawler.store.runs.recent import outlets_with_runs
from crawler.terminal.output import safe_json, safe_stdout


class Command(PlainCommand):
    """Command that prints a table, a JSON document or an HTML page."""

    usage = "[options] [OUTLET ...]"
    summary = "Show the condition of the outlets: last runs, trend, findings, what to do"
    details = "Without OUTLET: all outlets that are known or have run."
    exit_notes = (
        (OK, "every outlet is well"),
        (PARTIAL, "an outlet needs attention, or no crawl is recorded yet"),
    )
    see_also = ("operations.md#status", "monitoring.md")
    example = """\
$ scrapy status papns
  outlet last good run           last run       new per day 14 days        open
✓ papns  1m ago 2024-09-11 00:49 1m ago: ok (0) - → 5.7     ·············█ -

ok: 1 (as of 2024-09-11 00:51 KST)
$ scrapy status --within 36h --html output/status.html"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add("--json", action="store_true", help="print one JSON document instead of the table")
        add("--html", metavar="FILE", help="write an HTML page in Korean to FILE instead")
        add(
            "--within",
            metavar="AGE",
            default="2d",
            help="an outlet needs attention if its last successful run is older: 36h, 2d "
            "(default: 2d)",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the age and the file."""
        super().process_options(args, opts)
        check_options(args)
        if opts.html == "":
            fail("--html must name a file, not ''")
        try:
            self.within = read_age(opts.within)
            self.now = datetime.now(UTC)
            self.now - self.within
        except ValueError as error:
            fail(f"--within: {error}")
        except OverflowError:
            fail(f"--within {opts.within} is too long: the year would be before 1")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print or write the survey."""
        with store_for(self.settings) as store, safe_stdout():
            names = self._display_names(store, args)
            result = survey(store, names, self.now, self.within, wanted=args)
            if opts.html:
                write_html(result, Path(opts.html))
            if opts.json:
                print(safe_json(document(result)))
            elif opts.html:
                print(f"{summary(result)}: {opts.html}")
            elif not any(outlet.runs for outlet in result.outlets):
                of_outlets = f" of {', '.join(names)}" if args else ""
                url = redacted(store.engine.url)
                print(f"no crawl{of_outlets} is recorded in the store {url} yet")
            else:
                width = None if Console().is_terminal else 10_000
                show(result, Console(width=width, highlight=False))
        self.exitcode = OK if result.is_ok else PARTIAL

    def _display_names(self, store: Store, wanted: list[str]) -> dict[str, str]:
        """Return display names by outlet: of the wanted outlets, or all that are known or ran."""
        loader = get_spider_loader(self.settings)
        ours = {
            name: str(getattr(loader.load(name), "display_name", name)) for name in loader.list()
        }
        names = ours | {name: name for name in outlets_with_runs(store) if name not in ours}
        for name in wanted:
            if name not in names:
                fail_unknown_outlet(name, list(names))
        return {name: names[name] for name in dict.fromkeys(wanted) or names}


def write_html(result: StatusSurvey, file: Path) -> None:
    """Write the page, or exit if the file cannot be written."""
    from crawler.operate.status.html import write_page  # not above: every command would load Jinja

    try:
        write_page(result, file)
    except OSError as error:
        fail(f"the page {file} cannot be written: {error.strerror or error}")
