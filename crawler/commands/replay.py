"""``scrapy replay FILE``: runs stored pages through extraction and stages, without network."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from scrapy.commands import BaseRunSpiderCommand

from crawler.cli.arguments import (
    add_jobs_option,
    add_period_options,
    all_outlets,
    check_options,
    fail,
    get_outlet,
    parse_jobs,
    parse_period,
)
from crawler.cli.checks import check_feeds, check_log
from crawler.cli.command import DocumentedCommand
from crawler.cli.store import archive_config, checked_store
from crawler.dates.utc import format_utc
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes import exit_codes
from crawler.outcomes.exit_rules import exit_code_of_replay
from crawler.reprocess.replay.sources import Selection, files_in
from crawler.reprocess.replay.spider import ReplaySpider


class Command(DocumentedCommand, BaseRunSpiderCommand):
    """Command that replays WARC files, saved pages and JSON Lines."""

    usage = "[options] FILE|FOLDER [FILE|FOLDER ...]"
    summary = "Extract articles from stored pages (WARC, .html, JSON Lines), without network"
    details = (
        "A line of JSON Lines has url and html, or url and text. WARC files that were replayed "
        "before are continued where the last replay ended."
    )
    exit_notes = (
        (exit_codes.BAD_USAGE, "no page could be read"),
        (exit_codes.PARTIAL, "a page could not be read, or is not an article; or a signal came"),
    )
    see_also = ("archive.md#replay",)
    example = """\
$ scrapy replay output/malgeum.archive/papns --since 30d --no-store -O output/articles.jsonl"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--no-store",
            action="store_true",
            help="neither read nor write the store; an article shown again at another address is "
            "output too, with duplicate_of",
        )
        add(
            "--outlet",
            metavar="NAME",
            action="append",
            default=[],
            help="only pages of this outlet; may be repeated",
        )
        add_period_options(parser)
        add_jobs_option(parser)
        add("--again", action="store_true", help="read WARC files from their beginning")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check outlets, period, feeds and settings, and open the store."""
        super().process_options(args, opts)
        check_options(args)
        if not args or opts.spargs:
            fail("replay takes one or more files, and no -a")
        self.outlets = [get_outlet(self.settings, name) for name in dict.fromkeys(opts.outlet)]
        self.period = parse_period(opts.since, opts.until)
        self.processes = parse_jobs(opts.jobs)
        check_feeds(self.settings)
        check_log(self.settings)
        if opts.no_store:
            self.settings.set("DATABASE_URL", "sqlite://", priority="cmdline")
        self.archive = archive_config(self.settings)
        self.store = checked_store(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Replay, and derive the exit code from the stats."""
        replay = Crawl(ReplaySpider, self.settings)
        with TemporaryDirectory(prefix="malgeum-replay-") as spool, self.store:
            arguments = {
                "files": list(files_in(map(Path, args))),
                "selection": self._selection(Path(spool)),
                "period": self.period,
                "processes": self.processes,
                "selection_key": " ".join(
                    [*sorted(outlet.name for outlet in self.outlets), f"{opts.since}..{opts.until}"]
                ),
                "again": opts.again,
                "keeps_aliases": opts.no_store,
            }
            stats = run_to_end(self.crawler_process, self.store, {replay: arguments})[replay]
        self.exitcode = exit_code_of_replay(stats)

    def _selection(self, spool: Path) -> Selection:
        since = self.period.since
        return Selection(
            self.outlets or all_outlets(self.settings),
            outlets_only=bool(self.outlets),
            since=format_utc(since) if since else None,
            archive=self.archive.folder if self.archive else None,
            spool=spool,
        )
