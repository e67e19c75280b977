"""The ``-O FILE`` option of commands that write rows; a file that cannot be written ends them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from scrapy.settings import Settings

from crawler.cli.arguments import fail
from crawler.export.feeds import FeedTarget


def add_output_option(parser: argparse.ArgumentParser) -> None:
    """Add ``-O`` to a command."""
    parser.add_argument(
        "-O",
        dest="target",
        metavar="FILE",
        default="-:jsonl",
        help="write to FILE or FILE:FORMAT, as with Scrapy's feeds; an existing file is replaced "
        "(default: JSON Lines on stdout)",
    )


def output_target(uri: str, settings: Settings, by_day: bool = False) -> FeedTarget:
    """Return the destination that ``-O`` names, or exit if it is invalid."""
    try:
        return FeedTarget(uri, settings, by_day=by_day)
    except ValueError as error:
        fail(str(error))


def write_output(target: FeedTarget, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
    """Write all rows and return their number; exit and leave an old file as it is on an error."""
    try:
        return target.write(rows, fields)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror
    except ValueError as error:
        reason = str(error)
    return fail(f"the output file {target.redacted} cannot be written: {reason}")
