"""Options of ``scrapy newsstand``, checked, and the newsstand that they describe."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from newsstand import gold
from newsstand.breaks.registry import BREAKS
from newsstand.content import KST
from newsstand.faults import PASSING, Faults
from newsstand.journal import Journal
from newsstand.server import serve
from newsstand.server_state import NewsstandState

HOURS = 48
"""Hours of news with a moving clock."""
DAYS = 366
"""Maximum days of news."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``scrapy newsstand``."""
    add = parser.add_argument
    add(
        "--port",
        metavar="N",
        type=int,
        default=0,
        help="port on 127.0.0.1 (default: 0, any free one)",
    )
    add("--seed", metavar="N", type=int, default=1, help="random seed of the articles (default: 1)")
    add(
        "--now",
        metavar="TIME",
        help="present time at the newsstand: ISO 8601, Korean time (default: now)",
    )
    add(
        "--articles",
        metavar="N",
        type=int,
        default=30,
        help="ordinary articles per outlet (default: 30)",
    )
    add(
        "--gold",
        metavar="FILE",
        type=Path,
        help="write the articles that a perfect crawl yields to FILE, as JSON Lines",
    )
    add("--scripted", action="store_true", help="add a sixth outlet, which needs a browser")
    add(
        "--sitemaps",
        action="store_true",
        help="give every outlet a sitemap, named in its robots.txt",
    )
    add(
        "--journal",
        metavar="FILE",
        type=Path,
        help="append a record of every response to FILE, as JSON Lines",
    )
    add(
        "--faults",
        nargs="?",
        const=",".join(PASSING),
        metavar="KINDS",
        help="inject faults: kinds separated by commas, such as 503,reset (without KINDS: every "
        "temporary kind)",
    )
    add(
        "--fault-rate",
        metavar="RATE",
        type=float,
        default=0.1,
        help="share of the addresses that get a fault, 0 to 1 (default: 0.1)",
    )
    add(
        "--stall",
        metavar="SECONDS",
        type=float,
        default=20.0,
        help="how long a stalled response is held back (default: 20)",
    )
    add(
        "--broken",
        default="",
        metavar="OUTLET=KIND,…",
        help=f"break outlets, each in one way: {', '.join(BREAKS)}",
    )
    add(
        "--hours-per-second",
        type=float,
        default=0.0,
        metavar="HOURS",
        help=f"move the clock at this pace: two new articles per hour for {HOURS} hours "
        "(default: 0, it stands still)",
    )
    add(
        "--days",
        metavar="DAYS",
        type=float,
        default=0.0,
        help="with a moving clock: publish for this many days at the pace of real outlets, with "
        f"nights, weekends and holidays, at most {DAYS} (default: 0)",
    )


def open_newsstand(opts: argparse.Namespace) -> None:
    """Serve until a signal; exit with one sentence for an invalid option."""
    now = moment(opts.now)
    check(opts)
    hours, days = time_that_passes(opts)
    stand = NewsstandState(
        opts.seed, now, opts.articles,
        faults=faults(opts), hours=hours, days=days,
        scripted=opts.scripted, sitemaps=opts.sitemaps,
    )  # fmt: skip
    break_outlets(stand, opts.broken)
    if opts.gold:
        try:
            gold.write(stand.posts, opts.gold)
        except OSError as error:
            refuse(f"Cannot write the gold file {opts.gold}: {error.strerror}.")
    with closing(journal(opts.journal)) as lines:
        serving = serve(stand, now, opts.port, announce, journal=lines, pace=opts.hours_per_second)
        try:
            asyncio.run(serving)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            refuse(f"Cannot open the newsstand on port {opts.port}: {reason}.")


def check(opts: argparse.Namespace) -> None:
    """Exit for numbers out of range."""
    if opts.articles < 1:
        refuse(f"--articles must be 1 or more, not {opts.articles}.")
    if not 0 <= opts.port <= 65535:
        refuse(f"--port must be between 0 and 65535, not {opts.port}.")
    if not 0 <= opts.fault_rate <= 1:
        refuse(f"--fault-rate must be between 0 and 1, not {opts.fault_rate}.")
    for name in ("stall", "hours_per_second"):
        if not 0 <= getattr(opts, name) < math.inf:
            option = name.replace("_", "-")
            refuse(f"--{option} must be 0 or more, not {getattr(opts, name)}.")


def time_that_passes(opts: argparse.Namespace) -> tuple[float, float]:
    """Return the hours or the days of news."""
    if not 0 <= opts.days <= DAYS:
        refuse(f"--days must be between 0 and {DAYS}, not {opts.days}.")
    if opts.days and not opts.hours_per_second:
        refuse("--days needs a moving clock: add --hours-per-second.")
    return (HOURS if opts.hours_per_second and not opts.days else 0), opts.days


def faults(opts: argparse.Namespace) -> Faults | None:
    """Return the faults of ``--faults``, or None."""
    if opts.faults is None:
        return None
    kinds = [kind.strip() for kind in opts.faults.split(",")]
    try:
        return Faults(opts.seed, kinds, rate=opts.fault_rate, stall=opts.stall)
    except ValueError as error:
        refuse(f"--faults: {error}.")


def break_outlets(stand: NewsstandState, text: str) -> None:
    """Break the outlets of ``papns=container,gosiweek=blocked``."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        outlet, separator, kind = (piece.strip() for piece in part.partition("="))
        if not separator:
            refuse(f"--broken takes OUTLET=KIND pairs separated by commas, not {part!r}.")
        if outlet in stand.broken:
            refuse(f"--broken names {outlet} twice.")
        try:
            stand.break_outlet(outlet, kind)
        except ValueError as error:
            refuse(f"--broken: {error}.")


def journal(path: Path | None) -> Journal:
    """Open the journal."""
    try:
        return Journal(path)
    except OSError as error:
        refuse(f"Cannot write the journal {path}: {error.strerror}.")


def moment(text: str | None) -> datetime:
    """Return the newsstand's time: by default the present; a time without zone is KST."""
    if text is None:
        return datetime.now(KST)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--now must be a time such as 2024-09-11T09:00, not {text!r}.")
    return given.astimezone(KST) if given.tzinfo else given.replace(tzinfo=KST)


def announce(address: str) -> None:
    """Print the proxy's address as shell exports."""
    print(f"export http_proxy={address}")
    print(f"export https_proxy={address}")
    print(
        "# The newsstand is open: run these two lines in another shell. Ctrl-C closes it.",
        flush=True,
    )


def refuse(sentence: str) -> NoReturn:
    """Print a sentence and exit with 2."""
    print(sentence, file=sys.stderr)
    sys.exit(2)
