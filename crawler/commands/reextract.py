"""``scrapy reextract``: extracts stored articles again from their archived pages."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.cli.arguments import (
    add_jobs_option,
    add_period_options,
    all_outlets,
    check_options,
    fail,
    get_outlet,
    parse_jobs,
    parse_period,
    positive_int,
)
from crawler.cli.command import PlainCommand
from crawler.cli.store import existing_archive_config, store_for
from crawler.outcomes.exit_codes import OK, PARTIAL, UNEXPECTED
from crawler.reprocess.reextract.report import as_json, sentences, show, show_fields
from crawler.reprocess.reextract.run import Reextraction, ReextractOptions
from crawler.runtime.process_pool import ProcessPool, WorkerLost
from crawler.terminal.output import Terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Command that prints the differences, and stores them with ``--apply``."""

    usage = "[options] [OUTLET ...]"
    summary = "Extract stored articles again from the archive and show what changes"
    details = (
        "Reads the archived pages with the present code, without network. Only --apply stores the "
        "result, as new versions that are marked as ours. Without OUTLET: all outlets."
    )
    exit_notes = ((PARTIAL, "a page could not be read, or is no longer recognised as an article"),)
    see_also = ("archive.md#re-extraction",)
    example = """\
$ scrapy reextract --since 30d papns
Nothing would be changed; articles read: 40.
$ scrapy reextract --since 30d --apply papns"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add_period_options(parser)
        add("--limit", metavar="N", help="articles at most, oldest in the store first")
        add("--apply", action="store_true", help="store the changed articles as new versions")
        add("--json", action="store_true", help="one JSON object per changed article")
        add_jobs_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check outlets, period, numbers and the archive."""
        super().process_options(args, opts)
        check_options(args)
        for name in args:
            get_outlet(self.settings, name)
        known = {outlet.name: outlet for outlet in all_outlets(self.settings)}
        self.processes = parse_jobs(opts.jobs)
        limit = positive_int("--limit", opts.limit)
        period = parse_period(opts.since, opts.until)
        folder = existing_archive_config(self.settings).folder
        if not folder.is_dir():
            fail(f"the archive folder {folder} does not exist")
        self.options = ReextractOptions(folder, known, tuple(args), period, limit, opts.apply)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print each changed article, then the totals."""
        with store_for(self.settings) as store, safe_stdout(), sigterm_as_interrupt():
            reextraction = Reextraction(store, self.options)
            console = Terminal(highlight=False, soft_wrap=True)
            try:
                with ProcessPool(self.processes) as workers:
                    for changed in reextraction.run(workers):
                        if opts.json:
                            print(safe_json(as_json(changed, is_stored=opts.apply)))
                        else:
                            show(changed, console)
            except WorkerLost as error:
                fail(str(error), UNEXPECTED)
            except KeyboardInterrupt:
                fail("interrupted; run it again for the rest", PARTIAL)
            if opts.json:
                print(*sentences(reextraction), sep="\n", file=sys.stderr)
            else:
                show_fields(reextraction, console)
                print(*sentences(reextraction), sep="\n")
            self.exitcode = PARTIAL if reextraction.has_failures else OK


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, so that its processes end, too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
