"""``scrapy reextract``: stored articles once more from their pages, by the code as it is today."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from crawler.archive.config import ArchiveConfig
from crawler.cli.arguments import all_outlets, check_options, fail, get_outlet, positive_int
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.dates.period import read_period
from crawler.outcomes.exit_codes import OK, PARTIAL, STORE_ERROR, UNEXPECTED
from crawler.reprocess.reextract.report import as_json, show, show_fields, told
from crawler.reprocess.reextract.run import Reextraction, ReextractOptions
from crawler.runtime.process_pool import ProcessPool, WorkerLost, processors
from crawler.store import StoreError
from crawler.terminal.output import Terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``; 3 where a page could not be read or is none now."""

    takes = "[options] [OUTLET ...]"
    does = "Show what today's code reads otherwise on kept pages, and store that (--apply)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--since", metavar="DAY|AGE", help="only articles published from then on")
        add("--until", metavar="DAY|AGE", help="only articles published up to then")
        add("--limit", metavar="N", help="articles at the most, those stored first")
        add("--apply", action="store_true", help="store what is read: new versions, marked as ours")
        add("--json", action="store_true", help="one JSON object a changed article")
        add("--jobs", metavar="N", help="processes that read pages (default: all processors)")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        for name in args:
            get_outlet(self.settings, name)
        known = {outlet.name: outlet for outlet in all_outlets(self.settings)}
        self.processes = positive_int("--jobs", opts.jobs) or processors()
        limit = positive_int("--limit", opts.limit)
        try:
            period = read_period(opts.since, opts.until, datetime.now(UTC), "--since")
            archive = ArchiveConfig.of(self.settings)
        except ValueError as error:
            fail(str(error))
        except StoreError as error:
            fail(str(error), STORE_ERROR)
        if archive is None:
            fail("there is no archive: ARCHIVE is empty")
        if not archive.folder.is_dir():
            fail(f"there is no archive: {archive.folder} is no folder")
        self.asked = ReextractOptions(archive.folder, known, tuple(args), period, limit, opts.apply)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        with checked_store(self.settings) as store, safe_stdout(), ended_alike():
            done = Reextraction(store, self.asked)
            console = Terminal(highlight=False, soft_wrap=True)
            try:
                with ProcessPool(self.processes) as workers:
                    for changed in done.run(workers):
                        if opts.json:
                            print(safe_json(as_json(changed, is_stored=opts.apply)))
                        else:
                            show(changed, console)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            except WorkerLost as error:
                fail(str(error), UNEXPECTED)
            except KeyboardInterrupt:
                fail("ended before it was done; run it again", PARTIAL)
            if opts.json:
                print(*told(done), sep="\n", file=sys.stderr)
            else:
                show_fields(done, console)
                print(*told(done), sep="\n")
            self.exitcode = PARTIAL if done.is_in_trouble else OK


@contextmanager
def ended_alike() -> Iterator[None]:
    """SIGTERM ends as Ctrl-C does: the processes that read are told."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
