"""Writing to a file of this machine or a stream: contexts that give what to write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A whole new file in the place of the old one; where it cannot be, the old one stays.

    It is written beside, and is on the disk before it takes the place. A link stays a link.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


@contextmanager
def stream(path: Path) -> Iterator[IO[bytes]]:
    """A device or a pipe: it is written into, and never replaced."""
    with path.open("wb") as file:
        yield file


@contextmanager
def standard_output() -> Iterator[IO[bytes]]:
    sys.stdout.flush()
    with open(sys.stdout.fileno(), "wb", closefd=False) as file:
        yield file
