"""``scrapy replay FILE…``: saved pages through the same families and stages, no network."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.commands import BaseRunSpiderCommand

from crawler import verdict
from crawler.process import Crawl, run_to_end
from crawler.replay import Replay
from crawler.running import check_feeds, check_log, check_options, checked_store, stop


class Command(BaseRunSpiderCommand):
    """Exit codes as in ``crawler/verdict.py``."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] FILE [FILE ...]"

    def short_desc(self) -> str:
        return "Read saved pages (.html, JSON Lines) instead of the network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--no-store", action="store_true", help="neither read nor write the store"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        if not args or opts.spargs:
            stop("replay takes one or more files, and no -a")
        check_feeds(self.settings)
        check_log(self.settings)
        if opts.no_store:
            self.settings.set("DATABASE_URL", "sqlite://", priority="cmdline")
        self.store = checked_store(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        outlets = [loader.load(name) for name in loader.list()]
        assert self.settings is not None
        replay = Crawl(Replay, self.settings)
        arguments = {"files": [Path(name) for name in args], "outlets": outlets}
        with self.store:
            stats = run_to_end(self.crawler_process, self.store, {replay: arguments})[replay]
        self.exitcode = verdict.of_replay(stats)
