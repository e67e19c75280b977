"""What a command was asked for: its arguments as they are meant, or its end with one sentence."""

from __future__ import annotations

import difflib
import re
import sys
from datetime import UTC, date, datetime
from typing import NoReturn

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.crawl.spider import OutletSpider, index_by_host
from crawler.crawl.stored_urls import OutletSites, check_address
from crawler.dates.parse import SEOUL
from crawler.dates.period import read_period
from crawler.outcomes.exit_codes import BAD_USAGE
from crawler.terminal.output import escape_terminal


def fail(sentence: str, code: int = BAD_USAGE) -> NoReturn:
    """End the command with one sentence on stderr and an exit code."""
    print(f"scrapy: {escape_terminal(sentence)}", file=sys.stderr)
    sys.exit(code)


def positive_int(name: str, given: str | None) -> int | None:
    """A number of one or more, or the end of the command."""
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given) or not int(given):
        fail(f"{name} {given!r} is no number of one or more")
    return int(given)


def parse_cutoff(text: str) -> date:
    """The day in Korea that ``--before`` names, or the end of the command."""
    try:
        since = read_period(text, None, datetime.now(UTC), name="--before").since
    except ValueError as error:
        fail(str(error))
    return since.astimezone(SEOUL).date() if since else fail("--before takes a day or an age")


def check_options(arguments: list[str]) -> None:
    """End the command at an option that is not known; Scrapy takes it for an argument."""
    for argument in arguments:
        if argument.startswith("-"):
            fail(f"there is no option {argument}; see -h")


def web_addresses(arguments: list[str]) -> list[str]:
    """The arguments, all of them web addresses, or the end of the command."""
    try:
        for argument in arguments:
            check_address(argument)
    except ValueError as error:
        fail(str(error))
    return arguments


def outlets_by_host(settings: BaseSettings) -> OutletSites:
    return index_by_host(all_outlets(settings))


def all_outlets(settings: BaseSettings) -> list[type[OutletSpider]]:
    loader = get_spider_loader(settings)
    return [loader.load(name) for name in loader.list()]  # type: ignore[misc]


def get_outlet(settings: BaseSettings, name: str) -> type[OutletSpider]:
    """The outlet of that name, or the end of the command with a near one."""
    loader = get_spider_loader(settings)
    try:
        outlet = loader.load(name)
    except KeyError:
        fail(f"there is no outlet {name!r}; {suggest(name, loader.list())}")
    assert issubclass(outlet, OutletSpider)
    return outlet


def suggest(name: str, known: list[str]) -> str:
    """Which name may be meant, or all that are known."""
    found = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {found[0]}?" if found else f"known: {', '.join(known)}"
