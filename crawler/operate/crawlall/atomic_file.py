"""A file that a program may read at any time: the whole new one, or the whole old one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Put the text into the file's place. OSError where it cannot be; then what was there stays."""
    if _is_no_file(path):
        path.write_text(text, encoding="utf-8")
        return
    beside = _beside(path)
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path.resolve())
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def check(path: Path) -> None:
    """OSError where the file could not be written; nothing is changed, but its folder is made."""
    if _is_no_file(path):
        path.open("ab").close()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _beside(path).touch()
    _beside(path).unlink()


def _is_no_file(path: Path) -> bool:
    """A pipe or a device, in whose place no file is put."""
    return path.exists() and not path.is_file()


def _beside(path: Path) -> Path:
    whole = path.resolve()
    return whole.with_name(f".{whole.name}.{os.getpid()}")
