"""``scrapy newsstand``: serves local copies of the outlets' sites, with invented articles."""

from __future__ import annotations

import argparse

from crawler.cli.command import PlainCommand
from crawler.cli.newsstand import fail_without_newsstand


class Command(PlainCommand):
    """Shell around ``newsstand.cli``, which only this command loads."""

    summary = "Serve the outlets' sites on loopback, with invented articles, as a proxy"
    details = (
        "Prints two lines that set the proxy variables: run them in another shell, and crawl "
        "there with -s DOWNLOAD_DELAY=0, into a store of its own since the articles are invented "
        "(-s DATABASE_URL=sqlite:///newsstand.db). Runs until Ctrl-C."
    )
    example = """\
$ scrapy newsstand --port 8890
export http_proxy=http://127.0.0.1:8890
export https_proxy=http://127.0.0.1:8890"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the newsstand's options."""
        try:
            from newsstand import cli
        except ModuleNotFoundError as error:
            fail_without_newsstand("newsstand", error)
        super().add_options(parser)
        cli.add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Serve until a signal comes."""
        from newsstand import cli

        cli.open_newsstand(opts)
