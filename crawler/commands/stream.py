"""``scrapy stream``: sends the store's changes into a Redis stream."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from crawler.cli.arguments import check_options, fail, positive_int, warn
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.export.redis_stream import STREAM_KEY, RedisStream, StreamError, check_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import Store
from crawler.store.changes.feed import changes_after, newest_change

POLL_SECONDS = 1.0
"""Pause between two looks at the store."""

LONGEST_PAUSE = 30.0
"""Longest pause in seconds between two attempts while Redis does not answer."""


class Command(PlainCommand):
    """Command that sends changes once, or until a signal comes."""

    summary = "Send every change that the Redis stream of STREAM_URL does not have yet"
    details = (
        "Entries already in the stream are not sent again. The package redis must be installed."
    )
    see_also = ("following.md#a-redis-stream",)
    example = """\
$ scrapy stream -s STREAM_URL=redis://localhost:6379/0
37 changes sent to the stream malgeum"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--follow",
            action="store_true",
            help="continue with new changes until a signal; wait while Redis does not answer",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the address of Redis; it is connected to later."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("stream takes no arguments, only --follow")
        if not self.settings["STREAM_URL"]:
            fail("stream needs STREAM_URL, for example redis://localhost:6379/0")
        try:
            self.stream = RedisStream(self.settings["STREAM_URL"], self._max_entries())
        except ValueError as error:
            fail(str(error))

    def _max_entries(self) -> int:
        configured = str(self.settings["STREAM_MAXLEN"])
        return 0 if configured == "0" else positive_int("STREAM_MAXLEN", configured) or 0

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Send, and print how many changes were new to the stream."""
        ended = Event()
        if opts.follow:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: ended.set())
        with store_for(self.settings) as store:
            try:
                sent = self._follow(store, ended) if opts.follow else self._send(store)
            except StreamError as error:
                fail(str(error), STORE_ERROR)
            finally:
                self.stream.close()
        print(f"{sent} changes sent to the stream {STREAM_KEY}")
        self.exitcode = OK

    def _send(self, store: Store) -> int:
        """Send the changes that the stream does not have."""
        last, newest = self.stream.last(), newest_change(store)
        check_store(last, newest)
        fields = self.settings["FEED_EXPORT_FIELDS"]
        return self.stream.send(changes_after(store, last, newest, fields))

    def _follow(self, store: Store, ended: Event) -> int:
        sent, pause, seen = 0, POLL_SECONDS, -1
        warn("following the store until a signal")
        while not ended.is_set():
            try:
                if seen != (newest := newest_change(store)):
                    sent += self._send(store)
                    seen = newest
                pause = POLL_SECONDS
            except StreamError as error:
                if pause == POLL_SECONDS:
                    warn(f"{error} Waiting.")
                pause = min(2 * pause, LONGEST_PAUSE)
            ended.wait(pause)
        return sent
