"""What every command that runs the stages does around them: check first, then judge."""

from __future__ import annotations

import difflib
import json
import os
import re
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
from scrapy.spiderloader import get_spider_loader

from crawler.archive.settings import Archiving, check_folder
from crawler.browser.find import find_browser
from crawler.identity import Outlets, check_address
from crawler.log import begin_log
from crawler.manners.bounds import check_bounds
from crawler.manners.contact import check_contact
from crawler.monitors.thresholds import Thresholds
from crawler.notices.notifier import Notifier
from crawler.outlet import Outlet, by_host, rendered
from crawler.store import Store, StoreError, crawl, open_store
from crawler.store.releases import without_cluster
from crawler.verdict import BAD_USAGE, STORE_TROUBLE

_STEERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that steer a terminal or turn the order of its letters, and halves of characters."""


def harmless(text: str) -> str:
    """A page's text as it may go to a terminal: what would steer it is spelt out."""
    return _STEERS.sub(_spelt, text)


def harmless_json(value: Any) -> str:
    """JSON on one line with Korean as it is; what would steer a terminal is escaped."""
    return _STEERS.sub(_spelt, json.dumps(value, ensure_ascii=False))


def _spelt(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def stop(sentence: str, code: int = BAD_USAGE) -> NoReturn:
    """End the command with one sentence on stderr and an exit code."""
    print(f"scrapy: {harmless(sentence)}", file=sys.stderr)
    sys.exit(code)


@contextmanager
def printing() -> Iterator[None]:
    """Around what prints much: a reader that has seen enough, such as head, is no error."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_options(arguments: list[str]) -> None:
    """End the command at an option that is not known; Scrapy takes it for an argument."""
    for argument in arguments:
        if argument.startswith("-"):
            stop(f"there is no option {argument}; see -h")


def web_addresses(arguments: list[str]) -> list[str]:
    """The arguments, all of them web addresses, or the end of the command."""
    try:
        for argument in arguments:
            check_address(argument)
    except ValueError as error:
        stop(str(error))
    return arguments


def our_outlets(settings: BaseSettings) -> Outlets:
    loader = get_spider_loader(settings)
    return by_host(loader.load(name) for name in loader.list())  # type: ignore[misc]


def one_outlet(settings: BaseSettings, name: str) -> type[Outlet]:
    """The outlet of that name, or the end of the command with a near one."""
    loader = get_spider_loader(settings)
    try:
        outlet = loader.load(name)
    except KeyError:
        near = difflib.get_close_matches(name, loader.list(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(loader.list())}"
        stop(f"there is no outlet {name!r}; {hint}")
    assert issubclass(outlet, Outlet)
    return outlet


def checked_store(settings: BaseSettings) -> Store:
    """The open store, or the end of the command with a clear sentence (exit code 6)."""
    try:
        return open_store(settings["DATABASE_URL"])
    except StoreError as error:
        stop(str(error), STORE_TROUBLE)


def warn_of_unclustered(store: Store) -> None:
    """Say on stderr where articles have no cluster yet. StoreError where the store fails."""
    if without := without_cluster(store):
        print(f"scrapy: {without} articles have no cluster_id yet; see scrapy recluster",
              file=sys.stderr)  # fmt: skip


def check_manners(settings: BaseSettings) -> None:
    """End the command where a setting of a crawl's manners is none, before anything is fetched."""
    try:
        check_bounds(settings)
        check_contact(settings["CONTACT"])
    except ValueError as error:
        stop(str(error))


def check_monitors(settings: BaseSettings) -> None:
    """End the command where a threshold is none, before anything is fetched."""
    try:
        Thresholds.of(settings)
    except ValueError as error:
        stop(str(error))


def check_notices(settings: BaseSettings) -> None:
    """End the command where a setting of notices is none, before anything is fetched."""
    try:
        Notifier.of(settings)
    except ValueError as error:
        stop(str(error))


def check_browser(settings: BaseSettings, outlet: type[Outlet]) -> None:
    """End the command where an outlet's pages need a browser and there is none, or a wrong one."""
    if not rendered(outlet) and not settings["BROWSER"]:
        return
    try:
        find_browser(settings["BROWSER"])
    except ValueError as error:
        stop(f"{outlet.name} needs a browser, and {error}" if rendered(outlet) else str(error))


def check_archive(settings: BaseSettings) -> None:
    """End the command where the archive's settings are none, or nothing can be written there."""
    try:
        asked = Archiving.of(settings)
        if asked:
            check_folder(asked.folder)
    except ValueError as error:
        stop(str(error))
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


def check_log(settings: BaseSettings) -> None:
    """Begin the log, in the file that is asked for, or end the command where it cannot be."""
    try:
        begin_log(settings)
    except OSError as error:
        stop(f"the log file {settings['LOG_FILE']} cannot be written: {error.strerror}")


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
