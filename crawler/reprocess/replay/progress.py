"""Progress of a replay in its archive files, stored so that an interrupted replay resumes."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.captures.model import Entry
from crawler.reprocess.replay.task import ReplayTask
from crawler.store import Store
from crawler.store.runs.replays import replayed_offset, save_offsets

logger = logging.getLogger(__name__)

SAVE_SECONDS = 2.0
"""Seconds between two saves; pages after the last save are read again and recognised as known."""
LOG_SECONDS = 10.0
"""Seconds between two log lines."""
_HEAD_BYTES = 256
"""Bytes that identify a file among others of its name; archive files grow at their ends."""


@dataclass(slots=True)
class _File:
    key: str
    expected: int
    pages_read: int = 0
    last: int = -1
    """Offset of the last page that was read."""
    open: set[int] = field(default_factory=set)
    """Offsets of pages that are still in the stages."""

    @property
    def reached(self) -> int:
        """Return the offset to resume at."""
        return min(self.open) if self.open else self.last + 1


class ReplayProgress:
    """Progress in archive files; other files are read completely each time.

    ``selection`` names outlets and period: another selection starts from the beginning. Methods
    raise :class:`crawler.store.StoreError`.
    """

    def __init__(self, store: Store, selection: str, *, again: bool = False) -> None:
        self.store, self.selection, self.again = store, selection, again
        self.files: dict[str, _File] = {}
        self.resumed: list[Path] = []
        """Files that were partly read before."""
        self.pages = 0
        self.started = self.saved = self.logged = time.monotonic()

    def start_file(self, file: Path) -> int:
        """Return the offset to read a file from. Raises OSError if it cannot be read."""
        key = _key(file)
        offset = 0 if self.again else replayed_offset(self.store, key, self.selection)
        if offset:
            self.resumed.append(file)
        self.files[str(file)] = _File(key, 0, last=offset - 1)
        return offset

    def expect(self, file: Path, pages: int) -> None:
        """Set the number of pages that are to be read from a file."""
        self.files[str(file)].expected = pages

    def page_read(self, task: ReplayTask) -> None:
        """Count a page that was read and goes to the stages."""
        self.pages += 1
        if isinstance(task.page, Entry):
            file = self.files[task.file]
            file.pages_read += 1
            file.last = task.page.offset
            file.open.add(task.page.offset)

    def page_done(self, task: ReplayTask) -> None:
        """Mark a page as stored or dropped."""
        if isinstance(task.page, Entry):
            self.files[task.file].open.discard(task.page.offset)

    def tick(self) -> None:
        """Save and log the progress, if it is time."""
        now = time.monotonic()
        if now - self.saved > SAVE_SECONDS:
            self.save()
        if now - self.logged > LOG_SECONDS:
            self.logged = now
            logger.info("%s", self)

    def save(self) -> None:
        """Store the progress of each file."""
        self.saved = time.monotonic()
        save_offsets(
            self.store, self.selection, {file.key: file.reached for file in self._started_files()}
        )

    def _started_files(self) -> list[_File]:
        return [file for file in self.files.values() if file.pages_read]

    def __str__(self) -> str:
        left = sum(file.expected - file.pages_read for file in self.files.values())
        pace = self.pages / max(time.monotonic() - self.started, 0.001)
        return f"Read {self.pages} pages, {pace:.0f} per second; {left} more in the open files"


def _key(file: Path) -> str:
    with file.open("rb") as opened:
        beginning = hashlib.sha256(opened.read(_HEAD_BYTES)).hexdigest()
    return f"{file.name} {beginning}"
