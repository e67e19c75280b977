"""``scrapy newsstand``: the five sites on loopback, to see Malgeum work before it meets anyone."""

from __future__ import annotations

import argparse

from crawler.cli.command import PlainCommand


class Command(PlainCommand):
    """A shell: every command loads this file, and none but this one the newsstand."""

    does = "Serve the five sites on loopback, with invented articles, as a proxy"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        from newsstand import cli as opening

        super().add_options(parser)
        opening.add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newsstand import cli as opening

        opening.open_newsstand(opts)
