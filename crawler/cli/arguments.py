"""Parsers and checks for command line arguments; a bad argument ends the command."""

from __future__ import annotations

import argparse
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
from crawler.dates.period import Period, read_period
from crawler.outcomes.exit_codes import BAD_USAGE
from crawler.runtime.process_pool import processors
from crawler.terminal.output import escape_terminal


def fail(sentence: str, code: int = BAD_USAGE) -> NoReturn:
    """Exit with a code and one sentence on stderr."""
    warn(sentence)
    sys.exit(code)


def warn(sentence: str) -> None:
    """Print one sentence on stderr, in the form that all messages of commands have."""
    print(f"scrapy: {escape_terminal(sentence)}", file=sys.stderr)


def positive_int(name: str, given: str | None) -> int | None:
    """Return a whole number from 1 to 999,999,999, or None if none is given; else exit."""
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given) or not int(given):
        fail(f"{name} must be a whole number of at least 1, not {given!r}")
    return int(given)


def add_jobs_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs``; :func:`parse_jobs` reads it."""
    parser.add_argument(
        "--jobs", metavar="N", help="processes that read pages (default: one per processor)"
    )


def parse_jobs(given: str | None) -> int:
    """Return the number of processes, or exit."""
    return positive_int("--jobs", given) or processors()


def add_period_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--since`` and ``--until``; :func:`parse_period` reads them."""
    parser.add_argument(
        "--since", metavar="DAY|AGE", help="only articles published from then on (default: all)"
    )
    parser.add_argument(
        "--until",
        metavar="DAY|AGE",
        help="only articles published until then; a day is included (default: now)",
    )


def parse_cutoff(text: str) -> date:
    """Return the day in Korea that ``--before`` names, or exit."""
    since = parse_period(text, None, "--before").since
    return since.astimezone(SEOUL).date() if since else fail("--before must be a day or an age")


def parse_period(since: str | None, until: str | None, name: str = "--since") -> Period:
    """Return the period between two options, or exit; ``name`` is that of the first."""
    try:
        return read_period(since, until, datetime.now(UTC), name)
    except ValueError as error:
        fail(str(error))


def check_options(arguments: list[str]) -> None:
    """Exit if an option is unknown: Scrapy passes it on as an argument."""
    for argument in arguments:
        if argument.startswith("-"):
            fail(f"unknown option {argument}; see -h")


def web_addresses(arguments: list[str]) -> list[str]:
    """Return the arguments if all of them are web addresses; else exit."""
    try:
        for argument in arguments:
            check_address(argument)
    except ValueError as error:
        fail(str(error))
    return arguments


def outlets_by_host(settings: BaseSettings) -> OutletSites:
    """Return all outlets by the hosts that they own."""
    return index_by_host(all_outlets(settings))


def all_outlets(settings: BaseSettings) -> list[type[OutletSpider]]:
    """Return the spider classes of all outlets, by name."""
    loader = get_spider_loader(settings)
    return [loader.load(name) for name in loader.list()]  # type: ignore[misc]


def get_outlet(settings: BaseSettings, name: str) -> type[OutletSpider]:
    """Return the outlet of that name, or exit with the nearest name."""
    loader = get_spider_loader(settings)
    try:
        outlet = loader.load(name)
    except KeyError:
        fail_unknown_outlet(name, loader.list())
    assert issubclass(outlet, OutletSpider)
    return outlet


def only_outlet(settings: BaseSettings, command: str, arguments: list[str]) -> type[OutletSpider]:
    """Return the outlet that a command's only argument names, or exit."""
    check_options(arguments)
    if len(arguments) != 1:
        fail(f"{command} takes the name of one outlet, not {len(arguments)}; see scrapy list")
    return get_outlet(settings, arguments[0])


def fail_unknown_outlet(name: str, known: list[str]) -> NoReturn:
    """Exit because no outlet has that name, with the nearest name."""
    fail(f"unknown outlet {name!r}; {suggest(name, known)}")


def suggest(name: str, known: list[str]) -> str:
    """Return a question with the nearest of the known names, or all of them."""
    matches = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {matches[0]}?" if matches else f"known: {', '.join(known)}"
