"""``scrapy newsstand``: the five sites on loopback, to see Malgeum work before it meets anyone."""

from __future__ import annotations

import argparse

from crawler.cli.command import PlainCommand
from crawler.cli.newsstand import fail_without_newsstand


class Command(PlainCommand):
    """A shell: every command loads this file, and none but this one the newsstand."""

    does = "Serve the five sites on loopback, with invented articles, as a proxy"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        try:
            from newsstand import cli as opening
        except ModuleNotFoundError as error:
            fail_without_newsstand("newsstand", error)
        super().add_options(parser)
        opening.add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newsstand import cli as opening

        opening.open_newsstand(opts)
