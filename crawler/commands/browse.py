"""``scrapy browse``: Datasette on loopback over the store in SQLite."""

from __future__ import annotations

import argparse
import os
import webbrowser

from crawler import INSTALL_EXTRAS
from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.command import PlainCommand
from crawler.cli.store import exit_on_store_error, make_searchable, store_for
from crawler.outcomes.exit_codes import OK
from crawler.store.db.engine import engine_of
from crawler.store.db.sqlite import file_of


class Command(PlainCommand):
    """Command that serves the store to a browser on this machine, read-only."""

    summary = "Open the store in a browser: lists, search, facets, saved queries"
    details = (
        "Serves Datasette on 127.0.0.1, read-only, until Ctrl-C. For a store in SQLite; "
        "Datasette must be installed."
    )
    see_also = ("search.md#in-a-browser",)
    example = """\
$ scrapy browse --no-open
The store is open at http://127.0.0.1:8001/malgeum (Ctrl-C ends it)"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--port", metavar="N", default="8001", help="port on 127.0.0.1 (default: 8001)"
        )
        parser.add_argument("--no-open", action="store_true", help="do not start the web browser")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the port."""
        super().process_options(args, opts)
        check_options(args)
        if args:
            fail("browse takes no arguments, only --port N and --no-open")
        self.port = positive_int("--port", opts.port) or 0
        if self.port > 65535:
            fail(f"--port must be at most 65535, not {self.port}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Serve until a signal comes."""
        self.exitcode = OK
        try:
            from crawler.export.datasette_ui.server import bind, serve  # needs an optional package
        except ImportError:
            fail(f"browse needs Datasette; install it with {INSTALL_EXTRAS}")
        file = self._indexed_file()
        try:
            listener = bind(self.port)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            fail(f"--port {self.port} cannot be used: {reason}; choose another port")

        def announce(address: str) -> None:
            print(f"The store is open at {address} (Ctrl-C ends it)", flush=True)
            if not opts.no_open:
                webbrowser.open(address)

        with listener:
            serve(file, listener, announce)

    def _indexed_file(self) -> str:
        """Return the store's file, with its search index; exit if it cannot be served."""
        with exit_on_store_error():
            if engine_of(self.settings["DATABASE_URL"]).dialect.name != "sqlite":
                fail("browse needs a store in SQLite, and DATABASE_URL names PostgreSQL: "
                     "use scrapy search or scrapy export")  # fmt: skip
        with store_for(self.settings, must_exist=True) as store:
            file = file_of(store.engine)
            if file is None:
                fail("browse needs a store in a file, and DATABASE_URL names one in memory")
            if set(file) & set("?#%"):
                fail(f"browse cannot serve a file whose path contains ?, # or %: {file}")
            make_searchable(store)
        return file
