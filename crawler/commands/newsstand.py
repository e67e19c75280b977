"""``scrapy newsstand``: serves local copies of the outlets' sites, with invented articles."""

from __future__ import annotations

import argparse

from crawler.cli.command import PlainCommand
from crawler.cli.newsstand import fail_without_newsstand


class Command(PlainCommand):
    """Shell around ``newsstand.cli``, which only this command loads."""

    summary = "Serve the outlets' sites on loopback, with invented articles, as a proxy"
    details = (
        "Prints the proxy's address and runs until Ctrl-C. A crawl uses it with "
        "http_proxy and https_proxy in its environment."
    )
    example = """\
$ scrapy newsstand --gold output/gold.jsonl"""

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
