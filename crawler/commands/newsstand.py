"""``scrapy newsstand``: the five sites on loopback, to see Malgeum work before it meets anyone."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from scrapy.commands import ScrapyCommand

from crawler.newsstand import gold
from crawler.newsstand.edition import KST
from crawler.newsstand.server import serve
from crawler.newsstand.stand import Stand


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Serve the five sites on loopback, with invented articles, as a proxy"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes one")
        parser.add_argument("--seed", type=int, default=1, help="another seed, other articles")
        parser.add_argument("--now", help="the time that it is at the newsstand, ISO 8601, KST")
        parser.add_argument("--articles", type=int, default=30, help="ordinary ones per outlet")
        parser.add_argument(
            "--gold", type=Path, help="write what a perfect crawl yields, JSON Lines"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        now = moment(opts.now)
        if opts.articles < 1:
            refuse(f"--articles must be 1 or more, not {opts.articles}.")
        if not 0 <= opts.port <= 65535:
            refuse(f"--port must be between 0 and 65535, not {opts.port}.")
        stand = Stand(opts.seed, now, opts.articles)
        if opts.gold:
            try:
                gold.write(stand.posts, opts.gold)
            except OSError as error:
                refuse(f"Cannot write the gold file {opts.gold}: {error.strerror}.")
        try:
            asyncio.run(serve(stand, now, opts.port, announce))
        except OSError as error:
            refuse(
                f"Cannot open the newsstand on port {opts.port}: {os.strerror(error.errno or 0)}."
            )


def moment(text: str | None) -> datetime:
    """The newsstand's clock: real time unless told; a time without zone is KST."""
    if text is None:
        return datetime.now(KST)
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--now must be a time such as 2024-09-11T09:00, not {text!r}.")
    return told.astimezone(KST) if told.tzinfo else told.replace(tzinfo=KST)


def announce(address: str) -> None:
    print(f"export http_proxy={address}")
    print(f"export https_proxy={address}")
    print(
        "# The newsstand is open: run these two lines in another shell. Ctrl-C closes it.",
        flush=True,
    )


def refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
