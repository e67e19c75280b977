"""``scrapy crawlall``: all outlets, or some, in one process: the one command for cron."""

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
from crawler.cli.checks import check_arguments, check_browser, check_crawl, warn
from crawler.cli.outlets import chosen_outlets
from crawler.crawl.spider import rendered
from crawler.dates.period import read_duration
from crawler.operate.crawlall.progress import Progress
from crawler.operate.crawlall.report import Report
from crawler.operate.crawlall.run import Run
from crawler.operate.crawlall.summary import problems, result
from crawler.outcomes.exit_codes import STORE_ERROR
from crawler.runtime.atomic_file import check_writable, write_file
from crawler.store import StoreError, open_store
from crawler.terminal.output import escape_terminal, safe_stdout

NOTIFICATIONS = "crawler.operate.notifications.spidermon_action.Notifications"


class Command(BaseRunSpiderCommand):
    """Each outlet has an exit code of its own; that of the whole: ``exit_codes.of_all``.

    Cron mails what is printed: a line on stdout, a line a problem on stderr, and no log unless
    ``-L`` or ``--logfile`` asks for it.
    """

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [OUTLET ...]"

    def short_desc(self) -> str:
        return "Crawl all outlets, or some, in one process"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--region", action="append", default=[], help="only outlets whose region begins so")
        add("--family", action="append", default=[], help="only outlets on this system")
        add("--since", help="a day or an age (default: 7d), as -a since=")
        add("--limit", help="articles per outlet at most, as -a limit=")
        add("--max-time", metavar="TIME", help="end after 90 (seconds), 30m or 2h in all")
        add("--report", type=Path, metavar="FILE", help="write what came of it, as JSON")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        self.outlets = chosen_outlets(self.settings, args, opts.region, opts.family)
        short = {"since": opts.since, "limit": opts.limit}
        self.arguments = opts.spargs | {name: one for name, one in short.items() if one is not None}
        for outlet in self.outlets:
            check_arguments(outlet, self.arguments)
        if not any(map(rendered, self.outlets)):  # else those that need one fail, and no others
            check_browser(self.settings, self.outlets[0])
        self.seconds = self._seconds(opts.max_time)
        self._check_feeds()
        self._check_report(opts.report)
        check_crawl(self.settings)
        self.settings.set("RUN_BY", "crawlall", priority="cmdline")
        # One notice of all of them goes out at the end; nobody waits for it then.
        suites = [one for one in self.settings.getlist("MONITOR_SUITES") if one != NOTIFICATIONS]
        self.settings.set("MONITOR_SUITES", suites, priority="cmdline")

    def _seconds(self, time: str | None) -> int | None:
        try:
            return None if time is None else read_duration(time)
        except ValueError as error:
            fail(f"--max-time {error}")

    def _check_feeds(self) -> None:
        assert self.settings is not None
        if any("%(name)s" not in str(feed) for feed in self.settings.getdict("FEEDS")):
            why = "each outlet writes a feed of its own"
            fail(f"{why}: -O 'articles-%(name)s.jsonl', or use scrapy crawl")

    def _check_report(self, path: Path | None) -> None:
        self.path = path
        try:
            if path is not None:
                check_writable(path)
        except OSError as error:
            fail(f"the report {path} cannot be written: {error.strerror}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        report = Report(datetime.now(UTC))
        try:
            self._fill(report)
        except StoreError as error:
            report.failure = (STORE_ERROR, str(error))
        report.ended_at = datetime.now(UTC)
        self._keep(report)
        for problem in problems(report):
            print(escape_terminal(problem), file=sys.stderr)
        if report.outlets:
            with safe_stdout():
                print(result(report))
        self.exitcode = report.exit_code

    def _fill(self, report: Report) -> None:
        assert self.crawler_process is not None
        assert self.settings is not None
        is_seen = sys.stdout.isatty() and not self.settings.getbool("LOG_ENABLED")
        with open_store(self.settings["DATABASE_URL"]) as store, ExitStack() as view:
            warn(self.settings, store)
            live = view.enter_context(Live(auto_refresh=False)) if is_seen else None
            progress = Progress(live) if live else None
            outlets, arguments = self.outlets, self.arguments
            run = Run(self.crawler_process, store, outlets, arguments, self.seconds, progress)
            run.fill(report)
            if progress:
                progress.show(report.outlets)

    def _keep(self, report: Report) -> None:
        if self.path is None:
            return
        try:
            write_file(self.path, report.as_text().encode())
        except OSError as error:
            why = f"the report {self.path} cannot be written: {error.strerror}"
            report.failure = (STORE_ERROR, why)
