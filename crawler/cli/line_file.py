"""Processes ``--file`` of a command line by line; a bad line is named on stderr and passed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crawler.cli.arguments import fail, warn
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL


def process_lines(file: Path, process: Callable[[bytes], None]) -> int:
    """Call ``process`` with every line that is not blank; return the exit code.

    0 if every line was processed, 3 if some raised ValueError, 2 if all did or the file is empty.
    Exits if the file cannot be read.
    """
    good = bad = 0
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    process(line)
                    good += 1
                except ValueError as error:
                    warn(f"{file}, line {number}: {error}")
                    bad += 1
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(f"the file {file} cannot be read: {error.strerror}")
    if not good and not bad:
        warn(f"{file} is empty")
    return BAD_USAGE if not good else PARTIAL if bad else OK
