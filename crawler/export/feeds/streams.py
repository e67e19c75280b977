"""Contexts that give a device, a pipe or the standard output to write a feed to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def stream(path: Path) -> Iterator[IO[bytes]]:
    """Give a device or a pipe, which is written into and never replaced."""
    with path.open("wb") as file:
        yield file


@contextmanager
def standard_output() -> Iterator[IO[bytes]]:
    """Give the standard output for bytes; it stays open."""
    sys.stdout.flush()
    with open(sys.stdout.fileno(), "wb", closefd=False) as file:
        yield file
