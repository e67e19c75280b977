"""``scrapy gaps OUTLET``: lists discovered articles that are not stored, and unread list pages."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from crawler.cli.arguments import only_outlet
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.outcomes.exit_codes import OK
from crawler.store.frontier.list_progress import ListCursor, open_cursors
from crawler.store.frontier.pages import PendingPage, pending
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Command that prints list cursors and pending pages of one outlet."""

    usage = "[options] OUTLET"
    summary = "List the articles and list pages of an outlet that are still to be fetched"
    details = "A gap is not an error: the next crawl fetches what is due."
    exit_notes = ((OK, "also if there are gaps"),)
    see_also = ("crawling.md",)
    example = """\
$ scrapy gaps papns
https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8914  temporary (HTTP 503), 2 attempts, \
due 2024-09-12T03:00:00Z"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object per gap")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the outlet."""
        super().process_options(args, opts)
        self.outlet = only_outlet(self.settings, "gaps", args)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print a line or an object per gap."""
        self.exitcode = OK
        with store_for(self.settings) as store, safe_stdout():
            cursors = open_cursors(store, self.outlet.name)
            pages = pending(store, self.outlet.name)
            if opts.json:
                for gap in [*map(asdict, cursors), *(page._asdict() for page in pages)]:
                    print(safe_json(gap))
            elif not cursors and not pages:
                print(f"{self.outlet.name} has no gaps")
            else:
                print(*map(escape_terminal, as_lines(cursors, pages)), sep="\n")


def as_lines(cursors: list[ListCursor], pages: list[PendingPage]) -> Iterator[str]:
    """Yield a line per gap, lists first."""
    for cursor in cursors:
        section = f" of section {cursor.section}" if cursor.section else ""
        down_to = f"down to {cursor.since}" if cursor.since else "to its end"
        cause = cursor.reason or "the crawl ended before"
        yield f"list{section}: unread from page {cursor.page_number + 1} {down_to} ({cause})"
    for page in pages:
        yield f"{page.canonical_url}  {_state(page)}"


def _state(page: PendingPage) -> str:
    if page.outcome is None:
        return f"discovered {page.found_at}, not fetched yet"
    due = f"due {page.due_at}" if page.due_at else "not tried again"
    reason = f" ({page.reason})" if page.reason else ""
    return f"{page.outcome}{reason}, {_attempts(page.attempts)}, {due}"


def _attempts(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"
