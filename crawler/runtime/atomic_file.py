"""Atomic writes: a reader sees the whole new file or the whole old one, never a part.

New content goes to a draft in the same folder and is on the disk before the draft takes the
file's place. If anything fails, the draft is removed and the old file stays. A symbolic link
stays a link; the file that it points to is replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def atomic_draft(path: Path, draft: Path | None = None) -> Iterator[Path]:
    """Give the path of a draft, which replaces the file when the block ends without an error.

    The block must create the draft. ``draft`` names it: the same name each time overwrites the
    draft of a killed process; by default the name holds the process id. Raises OSError.
    """
    path = path.resolve()
    draft = draft or _draft_of(path)
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file, which replaces the old one when the block ends without an error.

    Raises OSError.
    """
    with atomic_draft(path) as draft, draft.open("wb") as file:
        yield file


def write_file(path: Path, content: bytes) -> None:
    """Replace the content of a file; a device or a pipe is written into. Raises OSError."""
    if is_stream(path):
        path.write_bytes(content)
        return
    with atomic_file(path) as file:
        file.write(content)


def check_writable(path: Path) -> None:
    """Raise OSError if :func:`write_file` would fail now; makes the file's folder."""
    if is_stream(path):
        path.open("ab").close()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(path.resolve())
    draft.touch()
    draft.unlink()


def is_stream(path: Path) -> bool:
    """Return True for a device or a pipe, which is written into and never replaced."""
    return path.exists() and not path.is_file()


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")
