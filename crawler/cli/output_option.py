"""The ``-O FILE`` of commands: the option, and one sentence where nothing can be written there."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from scrapy.settings import Settings

from crawler.cli.arguments import fail
from crawler.export.feeds import Target


def add_output_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-O",
        dest="target",
        metavar="FILE",
        default="-:jsonl",
        help="FILE or FILE:FORMAT, as Scrapy's feeds; without it JSON Lines to the screen",
    )


def output_target(asked: str, settings: Settings | None, by_day: bool = False) -> Target:
    """Where ``-O`` points to, or the end of the command."""
    assert settings is not None
    try:
        return Target(asked, settings, by_day=by_day)
    except ValueError as error:
        fail(str(error))


def write_output(target: Target, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
    """Write all rows and give their number, or end the command and leave what stands there."""
    try:
        return target.write(rows, fields)
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror
    except ValueError as error:
        why = str(error)
    return fail(f"the output file {target.shown} cannot be written: {why}")
