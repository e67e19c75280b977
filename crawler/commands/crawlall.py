"""``scrapy crawlall``: crawls all outlets, or some, in one process; the command for cron.

Cron mails what is printed: one line on stdout, one line per problem on stderr, and no log unless
``-L`` or ``--logfile`` is given.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from rich.live import Live
from scrapy.commands import BaseRunSpiderCommand

from crawler.cli.arguments import check_options, fail
from crawler.cli.checks import check_arguments, check_browser, check_crawl, log_warnings
from crawler.cli.command import DocumentedCommand
from crawler.cli.outlets import chosen_outlets
from crawler.crawl.spider import rendered
from crawler.dates.period import read_duration
from crawler.operate.crawlall.progress import Progress
from crawler.operate.crawlall.report import Report
from crawler.operate.crawlall.run import Run
from crawler.operate.crawlall.summary import problems, result
from crawler.outcomes.exit_codes import PARTIAL, STORE_ERROR
from crawler.runtime.atomic_file import check_writable, write_file
from crawler.store import StoreError, open_store
from crawler.terminal.output import escape_terminal, safe_stdout

NOTIFICATIONS = "crawler.operate.notifications.spidermon_action.Notifications"


class Command(DocumentedCommand, BaseRunSpiderCommand):
    """Command that crawls several outlets; ``exit_codes.of_all`` combines their exit codes."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    usage = "[options] [OUTLET ...]"
    summary = "Crawl all outlets, or some, side by side in one process"
    details = (
        "The command for cron: it prints one line on stdout and one line per problem on stderr, "
        "and no log unless -L or --logfile is given. Only one crawlall runs on a store at a time. "
        "With -O each outlet writes its own feed: the file name must contain %(name)s."
    )
    exit_notes = (
        (PARTIAL, "some outlets failed, others did not; --report says which"),
        (STORE_ERROR, "the store failed, or the report could not be written"),
    )
    see_also = ("operations.md#crawlall",)
    example = """\
$ scrapy crawlall --max-time 50m --report output/report.json
papns: partial: the time limit was reached (--max-time); the next run continues where this one ended
crawlall: 5 outlets, 37 new, 2 changed, 1 gone in 50 min 1 s: partial"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--region",
            metavar="REGION",
            action="append",
            default=[],
            help="only outlets whose region begins with REGION (경기 includes 경기북부); may be "
            "repeated",
        )
        add(
            "--family",
            metavar="CMS",
            action="append",
            default=[],
            help="only outlets on this CMS, such as gnuboard; may be repeated",
        )
        add(
            "--since",
            metavar="DAY|AGE",
            help="only articles from this day or age on, as -a since= (default: 7d)",
        )
        add("--limit", metavar="N", help="articles per outlet at most, as -a limit= (default: all)")
        add(
            "--max-time",
            metavar="TIME",
            help="end after 90 (seconds), 30m or 2h; the next run continues (default: no limit)",
        )
        add(
            "--report",
            type=Path,
            metavar="FILE",
            help="write the result of every outlet to FILE, as JSON",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the first request."""
        super().process_options(args, opts)
        check_options(args)
        self.outlets = chosen_outlets(self.settings, args, opts.region, opts.family)
        short = {"since": opts.since, "limit": opts.limit}
        self.spider_arguments = opts.spargs | {
            name: value for name, value in short.items() if value is not None
        }
        for outlet in self.outlets:
            check_arguments(outlet, self.spider_arguments)
        if not any(map(rendered, self.outlets)):  # without a browser, only those outlets fail
            check_browser(self.settings, self.outlets[0])
        self.seconds = _seconds(opts.max_time)
        self._check_feeds()
        self._check_report(opts.report)
        check_crawl(self.settings)
        self.settings.set("RUN_BY", "crawlall", priority="cmdline")
        # One notification about all outlets is sent at the end, instead of one per outlet.
        suites = [
            suite for suite in self.settings.getlist("MONITOR_SUITES") if suite != NOTIFICATIONS
        ]
        self.settings.set("MONITOR_SUITES", suites, priority="cmdline")

    def _check_feeds(self) -> None:
        if any("%(name)s" not in str(feed) for feed in self.settings.getdict("FEEDS")):
            fail("a feed of crawlall must have %(name)s in its file name, one file per outlet: "
                 "-O 'articles-%(name)s.jsonl'; or use scrapy crawl")  # fmt: skip

    def _check_report(self, path: Path | None) -> None:
        self.path = path
        try:
            if path is not None:
                check_writable(path)
        except OSError as error:
            fail(f"the report {path} cannot be written: {error.strerror}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, write the report, print the summary."""
        report = Report(datetime.now(UTC))
        try:
            self._fill(report)
        except StoreError as error:
            report.failure = (STORE_ERROR, str(error))
        report.ended_at = datetime.now(UTC)
        self._save(report)
        for problem in problems(report):
            print(escape_terminal(problem), file=sys.stderr)
        if report.outlets:
            with safe_stdout():
                print(result(report))
        self.exitcode = report.exit_code

    def _fill(self, report: Report) -> None:
        is_watched = sys.stdout.isatty() and not self.settings.getbool("LOG_ENABLED")
        with open_store(self.settings["DATABASE_URL"]) as store, ExitStack() as view:
            log_warnings(self.settings, store)
            live = view.enter_context(Live(auto_refresh=False)) if is_watched else None
            progress = Progress(live) if live else None
            outlets, arguments = self.outlets, self.spider_arguments
            run = Run(self.crawler_process, store, outlets, arguments, self.seconds, progress)
            run.fill(report)
            if progress:
                progress.show(report.outlets)

    def _save(self, report: Report) -> None:
        if self.path is None:
            return
        try:
            write_file(self.path, report.as_text().encode())
        except OSError as error:
            sentence = f"the report {self.path} cannot be written: {error.strerror}"
            report.failure = (STORE_ERROR, sentence)


def _seconds(time: str | None) -> int | None:
    try:
        return None if time is None else read_duration(time)
    except ValueError as error:
        fail(f"--max-time {error}")
