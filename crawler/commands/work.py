"""``scrapy work``: a worker that crawls outlets as jobs; one runs on each of several machines."""

from __future__ import annotations

import argparse
import logging
import os
from typing import Any, ClassVar

from scrapy.commands import BaseRunSpiderCommand
from scrapy.settings import SETTINGS_PRIORITIES, default_settings
from scrapy.utils.log import configure_logging

import crawler.settings as ours
from crawler import INSTALL_EXTRAS
from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.checks import check_arguments, check_crawl
from crawler.cli.command import DocumentedCommand
from crawler.cli.outlets import chosen_outlets
from crawler.cli.store import store_for
from crawler.outcomes.exit_codes import OK, STORE_ERROR

GRACE = 1.0
"""Seconds between the signal that ends a worker and the signal to its crawls."""


class Command(DocumentedCommand, BaseRunSpiderCommand):
    """Command that runs a worker of the job queue; each run's row has its exit code."""

    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "INFO"}
    usage = "[options] [OUTLET ...]"
    summary = "Crawl outlets as jobs from the PostgreSQL store, beside workers on other machines"
    details = (
        "Runs until a signal. Needs DATABASE_URL=postgresql+psycopg://… and the package "
        "procrastinate; on one machine, scrapy crawlall from cron does the same."
    )
    exit_notes = ((OK, "the exit codes of the crawls do not count; scrapy status shows them"),)
    see_also = ("operations.md#several-machines",)
    example = """\
$ scrapy work --every "5 * * * *" --jobs 8"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--every",
            metavar="CRON",
            default="0 * * * *",
            help="when each outlet is crawled, crontab syntax, UTC (default: 0 * * * *, hourly)",
        )
        add("--jobs", metavar="N", default="4", help="outlets crawled at a time here (default: 4)")
        add("--now", action="store_true", help="crawl each outlet now as well")
        add("--drain", action="store_true", help="end as soon as no job is waiting")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that the crawls need, and set up the job queue."""
        super().process_options(args, opts)
        check_options(args)
        outlets = chosen_outlets(self.settings, args, [], [])
        for outlet in outlets:
            check_arguments(outlet, opts.spargs)
        self.outlets = [outlet.name for outlet in outlets]
        self.jobs = positive_int("--jobs", opts.jobs)
        if not self.settings["DATABASE_URL"].startswith("postgresql"):
            fail("work needs DATABASE_URL of a PostgreSQL store; for SQLite use scrapy crawlall")
        # Before check_crawl, which sets more.
        settings, environment = self._settings_arguments(), self._environment()
        check_crawl(self.settings)
        configure_logging(self.settings)
        try:
            from crawler.operate.job_queue import app_for, drop_expected_tracebacks

            arguments = [part for pair in opts.spargs.items() for part in ("-a", "=".join(pair))]
            self.app = app_for(
                self.settings["DATABASE_URL"],
                self.outlets,
                arguments + settings,
                environment,
                opts.every,
            )
            for handler in logging.root.handlers:
                handler.addFilter(drop_expected_tracebacks)
        except ImportError:
            fail(f"work needs Procrastinate; install it with {INSTALL_EXTRAS}")
        except ValueError as error:
            fail(str(error))

    def _command_line_settings(self) -> dict[str, str]:
        """Return what ``-s`` and other options set: each crawl gets it, too."""
        priority = SETTINGS_PRIORITIES["cmdline"]
        names = [name for name in self.settings if self.settings.getpriority(name) == priority]
        return {name: str(self.settings[name]) for name in names}

    def _settings_arguments(self) -> list[str]:
        """Return Scrapy's settings as ``-s`` arguments: they hold no secrets."""
        values = self._command_line_settings().items()
        scrapys = [f"{name}={value}" for name, value in values if hasattr(default_settings, name)]
        return [part for setting in scrapys for part in ("-s", setting)]

    def _environment(self) -> dict[str, str]:
        """Return our settings as variables: others on the machine can read a command line."""
        variables = {
            f"MALGEUM_{name}": value
            for name, value in self._command_line_settings().items()
            if hasattr(ours, name) and not hasattr(default_settings, name)
        }
        return variables | {"MALGEUM_DATABASE_URL": self.settings["DATABASE_URL"]}

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Work until a signal comes or, with ``--drain``, until no job is waiting."""
        from psycopg import Error

        from crawler.operate.job_queue import QUEUE, enqueue_all, ensure_schema

        with store_for(self.settings) as store:
            ensure_schema(store, self.app)
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
            fail(f"the store failed: {line}", STORE_ERROR)
        self.exitcode = OK
