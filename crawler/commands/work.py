"""``scrapy work``: a worker that takes outlets as jobs; run one on each of several machines."""

from __future__ import annotations

import argparse
import logging
import os
from typing import Any, ClassVar

from scrapy.commands import BaseRunSpiderCommand
from scrapy.settings import default_settings
from scrapy.utils.log import configure_logging

import crawler.settings as ours
from crawler import INSTALL_EXTRAS
from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.checks import check_arguments, check_crawl
from crawler.cli.outlets import chosen_outlets
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError

GRACE = 1.0
"""Seconds before a worker that is told to end tells its crawls."""


class Command(BaseRunSpiderCommand):
    """Exit codes: ``outcomes/exit_codes.py``; each crawl has its own in its run's row."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "INFO"}

    def syntax(self) -> str:
        return "[options] [OUTLET ...]"

    def short_desc(self) -> str:
        return "Take outlets as jobs from the PostgreSQL store, beside workers on other machines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--every",
            metavar="CRON",
            default="0 * * * *",
            help="when each outlet is crawled, as in a crontab, UTC (default: every hour)",
        )
        add("--jobs", metavar="N", default="4", help="outlets at a time here (default: 4)")
        add("--now", action="store_true", help="crawl each outlet now, and then as --every says")
        add("--drain", action="store_true", help="end as soon as nothing is waiting")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        outlets = chosen_outlets(self.settings, args, [], [])
        for outlet in outlets:
            check_arguments(outlet, opts.spargs)
        self.outlets = [outlet.name for outlet in outlets]
        self.jobs = positive_int("--jobs", opts.jobs)
        if not self.settings["DATABASE_URL"].startswith("postgresql"):
            fail("work needs a PostgreSQL store; on one machine, scrapy crawlall does it from cron")
        given = [*self._settings()], self._environment()
        check_crawl(self.settings)
        configure_logging(self.settings)
        try:
            from crawler.operate.job_queue import app_for, drop_expected_tracebacks

            arguments = [part for pair in opts.spargs.items() for part in ("-a", "=".join(pair))]
            self.app = app_for(
                self.settings["DATABASE_URL"],
                self.outlets,
                arguments + given[0],
                given[1],
                opts.every,
            )
            for handler in logging.root.handlers:
                handler.addFilter(drop_expected_tracebacks)
        except ImportError:
            fail(f"work needs Procrastinate; install it with {INSTALL_EXTRAS}")
        except ValueError as error:
            fail(str(error))

    def _given(self) -> dict[str, str]:
        """What ``-s`` and other options set here, and is every crawl's."""
        assert self.settings is not None
        cmdline = 40
        names = [name for name in self.settings if self.settings.getpriority(name) == cmdline]
        return {name: str(self.settings[name]) for name in names}

    def _settings(self) -> list[str]:
        """Scrapy's own as arguments: there is no secret in them."""
        named = self._given().items()
        mine = [f"{name}={value}" for name, value in named if hasattr(default_settings, name)]
        return [part for setting in mine for part in ("-s", setting)]

    def _environment(self) -> dict[str, str]:
        """Ours through the environment: a command line is read by everyone on the machine."""
        given = {
            f"MALGEUM_{name}": value
            for name, value in self._given().items()
            if hasattr(ours, name) and not hasattr(default_settings, name)
        }
        assert self.settings is not None
        return given | {"MALGEUM_DATABASE_URL": self.settings["DATABASE_URL"]}

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        from psycopg import Error

        from crawler.operate.job_queue import QUEUE, enqueue_all, ensure_schema

        with checked_store(self.settings) as store:
            try:
                ensure_schema(store, self.app)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
        try:
            if opts.now:
                enqueue_all(self.app, self.outlets)
            self.app.run_worker(
                queues=[QUEUE],
                name=f"{os.uname().nodename} {os.getpid()}",
                concurrency=self.jobs or 1,
                wait=not opts.drain,
                shutdown_graceful_timeout=None if opts.drain else GRACE,
            )
        except Error as error:
            line = str(error).splitlines()[0]
            fail(f"the store fails: {line}", STORE_ERROR)
        self.exitcode = OK
