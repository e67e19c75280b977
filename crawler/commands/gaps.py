"""``scrapy gaps OUTLET``: what was found of an outlet and is not stored, and lists left unread."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from crawler.cli.arguments import check_options, fail, get_outlet
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.frontier.list_progress import ListCursor, open_cursors
from crawler.store.frontier.pages import PendingPage, pending
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``; a gap is no error: the next run fills it."""

    takes = "[options] OUTLET"
    does = "List what is missing of an outlet, and when it is tried again"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object a gap")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        if len(args) != 1:
            fail(f"gaps takes the name of one outlet, not {len(args)}; see scrapy list")
        self.outlet = get_outlet(self.settings, args[0])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        with checked_store(self.settings) as store, safe_stdout():
            try:
                walks = open_cursors(store, self.outlet.name)
                pages = pending(store, self.outlet.name)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            if opts.json:
                for gap in [*map(asdict, walks), *(page._asdict() for page in pages)]:
                    print(safe_json(gap))
            elif not walks and not pages:
                print(f"nothing is missing of {self.outlet.name}")
            else:
                print(*map(escape_terminal, as_lines(walks, pages)), sep="\n")


def as_lines(walks: list[ListCursor], pages: list[PendingPage]) -> Iterator[str]:
    """Lists first; each gap with what is known of its cause."""
    for walk in walks:
        section = f" of section {walk.section}" if walk.section else ""
        down_to = f"down to {walk.since}" if walk.since else "to its end"
        cause = walk.reason or "the crawl ended before"
        yield f"list{section}: unread from page {walk.page_number + 1} {down_to} ({cause})"
    for page in pages:
        yield f"{page.canonical_url}  {_state(page)}"


def _state(page: PendingPage) -> str:
    if page.outcome is None:
        return f"found {page.found_at}, not fetched yet"
    again = f"again from {page.due_at}" if page.due_at else "not tried again"
    why = f" ({page.reason})" if page.reason else ""
    return f"{page.outcome}{why}, {_times(page.attempts)}, {again}"


def _times(tries: int) -> str:
    return "tried once" if tries == 1 else f"tried {tries} times"
