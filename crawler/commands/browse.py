"""``scrapy browse``: the store in a browser, on this machine alone."""

from __future__ import annotations

import argparse
import os
import webbrowser

from crawler import INSTALL_EXTRAS
from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.command import PlainCommand
from crawler.cli.store import existing_store, make_searchable
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.db.engine import engine_of
from crawler.store.db.sqlite import file_of


class Command(PlainCommand):
    does = "Open the store in a browser: lists, search, facets, saved queries"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", default="8001", help="on loopback (default: 8001)")
        parser.add_argument("--no-open", action="store_true", help="open no browser")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("browse takes no arguments, only --port N and --no-open")
        self.port = positive_int("--port", opts.port) or 0
        if self.port > 65535:
            fail(f"--port {self.port} is above 65535")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.exitcode = OK
        try:
            from crawler.export.datasette_ui.server import bind, serve  # what it needs is an extra
        except ImportError:
            fail(f"browse needs Datasette; install it with {INSTALL_EXTRAS}")
        file = self._file()
        try:
            place = bind(self.port)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            fail(f"the port {self.port} cannot be had: {why}; give another with --port")

        def opened(address: str) -> None:
            print(f"The store is open at {address} (Ctrl-C ends it)", flush=True)
            if not opts.no_open:
                webbrowser.open(address)

        with place:
            serve(file, place, opened)

    def _file(self) -> str:
        """The store's file, indexed, or the end of the command."""
        assert self.settings is not None
        try:
            if engine_of(self.settings["DATABASE_URL"]).dialect.name != "sqlite":
                fail("browse opens stores in SQLite, and this one is in PostgreSQL: "
                     "use scrapy search, or scrapy export")  # fmt: skip
            with existing_store(self.settings) as store:
                file = file_of(store.engine)
                if file is None:
                    fail("a store in the memory has nothing to browse")
                if set(file) & set("?#%"):
                    fail(f"browse cannot open a file whose path has ?, # or % in it: {file}")
                make_searchable(store)
        except StoreError as error:
            fail(str(error), STORE_ERROR)
        return file
