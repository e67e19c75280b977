"""What every command that runs the stages does around them: check first, then judge."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy import signals
from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import BaseSettings

from crawler.store import Store, StoreError, crawl, open_store
from crawler.verdict import BAD_USAGE, STORE_TROUBLE


def stop(sentence: str, code: int = BAD_USAGE) -> NoReturn:
    """End the command with one sentence on stderr and an exit code."""
    print(f"scrapy: {sentence}", file=sys.stderr)
    sys.exit(code)


@contextmanager
def printing() -> Iterator[None]:
    """Around what prints much: a reader that has seen enough, such as head, is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_options(arguments: list[str]) -> None:
    """End the command at an option that is not known; Scrapy takes it for an argument."""
    for argument in arguments:
        if argument.startswith("-"):
            stop(f"there is no option {argument}; see -h")


def checked_store(settings: BaseSettings) -> Store:
    """The open store, or the end of the command with a clear sentence (exit code 6)."""
    try:
        return open_store(settings["DATABASE_URL"])
    except StoreError as error:
        stop(str(error), STORE_TROUBLE)


def check_feeds(settings: BaseSettings) -> None:
    """End the command where a feed's file cannot be written, before anything is fetched."""
    for address in settings.getdict("FEEDS"):
        split = urlsplit(str(address))
        if split.scheme not in {"", "file"} or str(address) == "-":
            continue
        path = Path(url2pathname(split.path) if split.scheme else str(address))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if "%(" not in path.name:  # Scrapy's placeholders: the name is not known yet
                path.open("ab").close()
        except OSError as error:
            stop(f"the output file {path} cannot be written: {error.strerror}")


def run_to_end(
    process: CrawlerProcessBase, crawler: Crawler, store: Store, **arguments: Any
) -> dict[str, Any]:
    """Run the crawler on its store, close the store, and give the run's stats."""

    def count_error(**_: Any) -> None:
        assert crawler.stats is not None
        crawler.stats.inc_value("malgeum/item_errors")

    crawl.lend(crawler, store)
    crawler.signals.connect(count_error, signals.item_error)
    with store:
        process.crawl(crawler, **arguments)
        process.start()
    stats = crawler.stats.get_stats() if crawler.stats else {}
    return stats | {"malgeum/not_started": int(process.bootstrap_failed)}
