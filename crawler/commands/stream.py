"""``scrapy stream``: what changed in the store, into a Redis stream."""

from __future__ import annotations

import argparse
import signal
import sys
from threading import Event

from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.export.redis_stream import NAME, RedisStream, StreamError, check_store
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import Store, StoreError
from crawler.store.changes.feed import changes_after, newest_change

PAUSE = 1.0
"""Seconds between two looks at the store."""

LONGEST_PAUSE = 30.0
"""Seconds between two tries, at most, while Redis is away."""


class Command(PlainCommand):
    does = "Send every change that is not there yet into the Redis stream of STREAM_URL"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--follow",
            action="store_true",
            help="go on with what comes, until a signal; a Redis that is away is waited for",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("stream takes no arguments, only --follow")
        assert self.settings is not None
        if not self.settings["STREAM_URL"]:
            fail("stream needs STREAM_URL, for example redis://localhost:6379/0")
        try:
            self.stream = RedisStream(self.settings["STREAM_URL"], self._most())
        except ValueError as error:
            fail(str(error))

    def _most(self) -> int:
        assert self.settings is not None
        asked = str(self.settings["STREAM_MAXLEN"])
        return 0 if asked == "0" else positive_int("STREAM_MAXLEN", asked) or 0

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        ended = Event()
        if opts.follow:
            for one in (signal.SIGINT, signal.SIGTERM):
                signal.signal(one, lambda *_: ended.set())
        with checked_store(self.settings) as store:
            try:
                sent = self._follow(store, ended) if opts.follow else self._send(store)
            except (StoreError, StreamError) as error:
                fail(str(error), STORE_ERROR)
            finally:
                self.stream.close()
        print(f"{sent} changes went into the stream {NAME}.")
        self.exitcode = OK

    def _send(self, store: Store) -> int:
        """Send what is not there yet."""
        assert self.settings is not None
        last, newest = self.stream.last(), newest_change(store)
        check_store(last, newest)
        fields = self.settings["FEED_EXPORT_FIELDS"]
        return self.stream.send(changes_after(store, last, newest, fields))

    def _follow(self, store: Store, ended: Event) -> int:
        sent, pause, looked = 0, PAUSE, -1
        print("scrapy: following the store; a signal ends it.", file=sys.stderr)
        while not ended.is_set():
            try:
                if looked != (newest := newest_change(store)):
                    sent += self._send(store)
                    looked = newest
                pause = PAUSE
            except StreamError as error:
                if pause == PAUSE:
                    print(f"scrapy: {error} Waiting.", file=sys.stderr)
                pause = min(2 * pause, LONGEST_PAUSE)
            ended.wait(pause)
        return sent
