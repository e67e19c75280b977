"""How far the files of a replay are read, so that one that was ended goes on where it was."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.captures.model import Entry
from crawler.reprocess.replay.task import Job
from crawler.store import Store
from crawler.store.runs.replays import replayed_offset, save_offsets

logger = logging.getLogger(__name__)

NOTED_EVERY = 2.0
"""Seconds. What comes after the last note is read once more, and known by then."""
TOLD_EVERY = 10.0
_BEGINNING = 256
"""Bytes of a file that tell it from others of its name; an archive's files grow at their ends."""


@dataclass(slots=True)
class _File:
    key: str
    expected: int
    handed: int = 0
    last: int = -1
    """Offset of the last page that was handed on."""
    open: set[int] = field(default_factory=set)
    """Offsets of pages that are on their way."""

    @property
    def reached(self) -> int:
        """The byte from which on pages are still to be read."""
        return min(self.open) if self.open else self.last + 1


class Progress:
    """Of archive files alone: what else is replayed is read whole each time.

    Raises :class:`crawler.store.StoreError` where the store does.
    """

    def __init__(self, store: Store, asked: str, *, again: bool = False) -> None:
        self.store, self.asked, self.again = store, asked, again
        self.files: dict[str, _File] = {}
        self.resumed: list[Path] = []
        """Files of which a part was read before."""
        self.pages = 0
        self.began = self.noted = self.told = time.monotonic()

    def begin(self, file: Path) -> int:
        """The byte from which on a file is to be read. OSError where it cannot be."""
        key = _key(file)
        begin = 0 if self.again else replayed_offset(self.store, key, self.asked)
        if begin:
            self.resumed.append(file)
        self.files[str(file)] = _File(key, 0, last=begin - 1)
        return begin

    def expect(self, file: Path, pages: int) -> None:
        """So many pages are to be read of it."""
        self.files[str(file)].expected = pages

    def handed(self, job: Job) -> None:
        """A page was read and is on its way to the store."""
        self.pages += 1
        if isinstance(job.page, Entry):
            file = self.files[job.file]
            file.handed += 1
            file.last = job.page.offset
            file.open.add(job.page.offset)

    def ended(self, job: Job) -> None:
        """It is stored, or never will be."""
        if isinstance(job.page, Entry):
            self.files[job.file].open.discard(job.page.offset)

    def look(self) -> None:
        """Note and tell how far it is, if it is time."""
        now = time.monotonic()
        if now - self.noted > NOTED_EVERY:
            self.note()
        if now - self.told > TOLD_EVERY:
            self.told = now
            logger.info("%s", self)

    def note(self) -> None:
        """Write down how far each file is read."""
        self.noted = time.monotonic()
        save_offsets(self.store, self.asked, {one.key: one.reached for one in self._begun()})

    def _begun(self) -> list[_File]:
        return [file for file in self.files.values() if file.handed]

    def __str__(self) -> str:
        left = sum(file.expected - file.handed for file in self.files.values())
        pace = self.pages / max(time.monotonic() - self.began, 0.001)
        return f"Read {self.pages} pages, {pace:.0f} a second; {left} more in the files at hand"


def _key(file: Path) -> str:
    with file.open("rb") as opened:
        beginning = hashlib.sha256(opened.read(_BEGINNING)).hexdigest()
    return f"{file.name} {beginning}"
