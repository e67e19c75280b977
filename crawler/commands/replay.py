"""``scrapy replay FILE…``: kept pages through the same families and stages, no network."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from scrapy.commands import BaseRunSpiderCommand

from crawler.archive.config import ArchiveConfig
from crawler.cli.arguments import all_outlets, check_options, fail, get_outlet, positive_int
from crawler.cli.checks import check_feeds, check_log
from crawler.cli.store import checked_store
from crawler.dates.period import Period, read_period
from crawler.dates.utc import format_utc
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes import exit_codes as verdict
from crawler.reprocess.replay.sources import Wanted, files_in
from crawler.reprocess.replay.spider import ReplaySpider
from crawler.runtime.process_pool import processors


class Command(BaseRunSpiderCommand):
    """Exit codes: ``outcomes/exit_codes.py``."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] FILE|FOLDER [FILE|FOLDER ...]"

    def short_desc(self) -> str:
        return "Read kept pages (WARC, .html, JSON Lines) instead of the network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--no-store", action="store_true", help="neither read nor write the store")
        add("--outlet", action="append", default=[], help="only pages of this outlet")
        add("--since", help="only articles from this day or age on")
        add("--until", help="only articles up to this day or age")
        add("--jobs", metavar="N", help="processes that read pages (default: all processors)")
        add("--again", action="store_true", help="read archive files from their beginning")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        if not args or opts.spargs:
            fail("replay takes one or more files, and no -a")
        self.outlets = [get_outlet(self.settings, name) for name in dict.fromkeys(opts.outlet)]
        self.period = self._period(opts)
        self.processes = positive_int("--jobs", opts.jobs) or processors()
        check_feeds(self.settings)
        check_log(self.settings)
        if opts.no_store:
            self.settings.set("DATABASE_URL", "sqlite://", priority="cmdline")
        try:
            self.archive = ArchiveConfig.of(self.settings)
        except ValueError as error:
            fail(str(error))
        self.store = checked_store(self.settings)

    def _period(self, opts: argparse.Namespace) -> Period:
        try:
            return read_period(opts.since, opts.until, datetime.now(UTC), "--since")
        except ValueError as error:
            fail(str(error))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        assert self.settings is not None
        replay = Crawl(ReplaySpider, self.settings)
        with TemporaryDirectory(prefix="malgeum-replay-") as spool, self.store:
            arguments = {
                "files": list(files_in(map(Path, args))),
                "wanted": self._wanted(Path(spool)),
                "period": self.period,
                "processes": self.processes,
                "asked": " ".join(
                    [*sorted(one.name for one in self.outlets), f"{opts.since}..{opts.until}"]
                ),
                "again": opts.again,
            }
            stats = run_to_end(self.crawler_process, self.store, {replay: arguments})[replay]
        self.exitcode = verdict.of_replay(stats)

    def _wanted(self, spool: Path) -> Wanted:
        assert self.settings is not None
        since = self.period.since
        return Wanted(
            self.outlets or all_outlets(self.settings),
            alone=bool(self.outlets),
            since=format_utc(since) if since else None,
            archive=self.archive.folder if self.archive else None,
            spool=spool,
        )
