"""What every command that runs the stages does before it: check all, say what is wrong."""

from __future__ import annotations

import difflib
import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

import crawler.settings as ours
from crawler import CONTACT_PAGE, user_agent, visits
from crawler.archive.settings import Archiving, check_folder
from crawler.arguments import read_arguments
from crawler.browser.find import find_browser
from crawler.dates import SEOUL
from crawler.identity import Outlets, check_address
from crawler.log import begin_log
from crawler.manners.bounds import check_bounds
from crawler.manners.contact import check_contact
from crawler.monitors.thresholds import Thresholds
from crawler.notices.notifier import Notifier
from crawler.outlet import Outlet, by_host, rendered
from crawler.period import read_period
from crawler.store import Store, StoreError, open_store
from crawler.store.connect import open_existing
from crawler.store.following import has_changes_of
from crawler.store.fulltext import has_index, prepare
from crawler.store.releases import without_cluster
from crawler.store.trouble import shown
from crawler.verdict import BAD_USAGE, PARTLY, STORE_TROUBLE

logger = logging.getLogger(__name__)

MOBILE = re.compile(
    r"phone|samsung.*mobile|lgtel|mobile|[^A]skt|nokia|blackberry|BB10|android|sony", re.IGNORECASE
)
"""User agents for which Gnuboard serves its mobile skin (its own ``config.php``)."""

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


def number(name: str, given: str | None) -> int | None:
    """A number of one or more, or the end of the command."""
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given) or not int(given):
        stop(f"{name} {given!r} is no number of one or more")
    return int(given)


def day_before(text: str) -> date:
    """The day in Korea that ``--before`` names, or the end of the command."""
    try:
        since = read_period(text, None, datetime.now(UTC), name="--before").since
    except ValueError as error:
        stop(str(error))
    return since.astimezone(SEOUL).date() if since else stop("--before takes a day or an age")


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
    return by_host(all_outlets(settings))


def all_outlets(settings: BaseSettings) -> list[type[Outlet]]:
    loader = get_spider_loader(settings)
    return [loader.load(name) for name in loader.list()]  # type: ignore[misc]


def one_outlet(settings: BaseSettings, name: str) -> type[Outlet]:
    """The outlet of that name, or the end of the command with a near one."""
    loader = get_spider_loader(settings)
    try:
        outlet = loader.load(name)
    except KeyError:
        stop(f"there is no outlet {name!r}; {near(name, loader.list())}")
    assert issubclass(outlet, Outlet)
    return outlet


def near(name: str, known: list[str]) -> str:
    """Which name may be meant, or all that are known."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {found[0]}?" if found else f"known: {', '.join(known)}"


def checked_store(settings: BaseSettings) -> Store:
    """The open store, or the end of the command with a clear sentence (exit code 6)."""
    try:
        return open_store(settings["DATABASE_URL"])
    except StoreError as error:
        stop(str(error), STORE_TROUBLE)


def existing_store(settings: BaseSettings) -> Store:
    """The same for commands that make no new one."""
    try:
        return open_existing(settings["DATABASE_URL"])
    except StoreError as error:
        stop(str(error), STORE_TROUBLE)


def check_outlet(settings: BaseSettings, store: Store, name: str) -> None:
    """End the command at the name of an outlet that neither the project nor the store knows.
    StoreError where the store fails."""
    known = get_spider_loader(settings).list()
    if name not in known and not has_changes_of(store, name):
        stop(f"there is no outlet {name!r}; {near(name, known)}")


def make_searchable(store: Store) -> None:
    """Make the index of a search where there is none yet, and say on stderr how far it is; the end
    of the command where that is interrupted. StoreError where the store fails."""
    try:
        prepare(store, _Making())
    except KeyboardInterrupt:
        stop("the index for search is begun; the next search goes on with it", PARTLY)
    if not has_index(store):
        print("scrapy: the database's locale is C, which takes no Korean for letters: every article"
              " is read; see docs/search.md", file=sys.stderr)  # fmt: skip


class _Making:
    """At a terminal a line that counts, else one as it begins."""

    said = False

    def __call__(self, done: int, of: int) -> None:
        line = f"The index for search is made, once: {done:,} of {of:,} articles"
        if sys.stderr.isatty():
            print(f"\r{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif of and not self.said:
            print(line, file=sys.stderr, flush=True)
        self.said = True


def warn_of_unclustered(store: Store) -> None:
    """Say on stderr where articles have no cluster yet. StoreError where the store fails."""
    if without := without_cluster(store):
        print(f"scrapy: {without} articles have no cluster_id yet; see scrapy recluster",
              file=sys.stderr)  # fmt: skip


def check_crawl(settings: BaseSettings) -> None:
    """End the command where a crawl cannot be as its settings have it; else begin its log."""
    try:
        visits.read_ages(settings["REVISIT_AGES"])
    except ValueError as error:
        stop(str(error))
    check_manners(settings)
    check_monitors(settings)
    check_notices(settings)
    check_archive(settings)
    introduce(settings)
    check_feeds(settings)
    check_log(settings)


def check_arguments(outlet: type[Outlet], given: Mapping[str, str]) -> None:
    """End the command at an argument that the outlet does not take."""
    try:
        read_arguments(given, outlet.sections, datetime.now(UTC))
    except ValueError as error:
        stop(str(error))


def introduce(settings: BaseSettings) -> None:
    """The user agent with the contact that ``-s CONTACT=…`` gives, if it is not one's own."""
    if settings["USER_AGENT"] == user_agent(ours.CONTACT):
        settings.set("USER_AGENT", user_agent(settings["CONTACT"]), priority="cmdline")
    if MOBILE.search(settings["USER_AGENT"]):
        stop("the user agent reads like a phone's, for which outlets serve another page")


def warn(settings: BaseSettings, store: Store) -> None:
    """Log what is no error and may be a mistake."""
    if not settings["CONTACT"]:
        logger.warning(
            "No contact is given: set CONTACT, so that outlets can reach you, and not %s.",
            CONTACT_PAGE,
        )
    if store.is_new:  # or the disk that the old one lies on is not there
        logger.warning("A new store is made: %s", shown(store.engine.url))


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
        if (
            asked and settings["ARCHIVE"]
        ):  # beside the store, it is the store's to say what is wrong
            check_folder(asked.folder)
    except ValueError as error:
        stop(str(error))
    except StoreError as error:
        stop(str(error), STORE_TROUBLE)


def check_feeds(settings: BaseSettings) -> None:
    """End the command where a feed's file cannot be written, before anything is fetched."""
    for address, options in settings.getdict("FEEDS").items():
        split = urlsplit(str(address))
        if split.scheme not in {"", "file"} or str(address) == "-":
            continue
        if options.get("format") == "parquet" and not options.get("overwrite"):
            stop(f"nothing can be appended to a Parquet file: -O {address}, and not -o")
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
