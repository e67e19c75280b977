"""The files of one outlet, written so that a kill at any moment leaves them readable."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import BinaryIO

from crawler.archive.build import Builder, Original
from crawler.archive.place import File, Place, files_of
from crawler.archive.read import HEAD, Unreadable, parse_head
from crawler.archive.settings import Archiving, free_on
from crawler.archive.walk import Gap, walk


class Writer:
    """Appends to the outlet's newest file of the day, or to a new one; one process at a time has a
    file. Everything raises OSError where the disk does not take it, and then nothing is written."""

    def __init__(self, asked: Archiving, outlet: str, about: Mapping[str, str]) -> None:
        self.asked, self.outlet, self.about = asked, outlet, about
        self.builder = Builder()
        self.file: File | None = None
        self.out: BinaryIO | None = None
        self.end = 0
        self.known: dict[str, Original] = {}
        """The day's payloads, by digest: a day's files need no other day's."""

    def open(self, day: date) -> None:
        """Be ready to write on that day; ``known`` is then what its files hold."""
        if self.out and self.file and self.file.day == day and self.end < self.asked.largest:
            return
        if not self.file or self.file.day != day:
            self.known.clear()
        self.close()
        (self.asked.folder / self.outlet).mkdir(parents=True, exist_ok=True)
        files = files_of(self.asked.folder, self.outlet)
        for earlier in (file for file in files[:-1] if file.day == day and not self.known):
            with (self.asked.folder / earlier.place).open("rb") as file:
                self._remember(file, earlier)
        number = 1
        if files:  # the newest, which a kill may have left torn, whatever day it is of
            is_ready = self._take(files[-1])
            if files[-1].day == day:
                if is_ready and self.end < self.asked.largest:
                    return
                number = files[-1].number + 1
            self.close()
        self._begin(File(self.outlet, day, number))

    def write(self, records: Sequence[bytes]) -> list[Place]:
        """Append records, each packed by itself, and have them on the disk."""
        assert self.out
        assert self.file
        if free_on(self.asked.folder) < self.asked.free:
            raise OSError(errno.ENOSPC, "less is free on its disk than ARCHIVE_FREE_MB asks for")
        places, offset = [], self.end
        for record in records:
            places.append(Place(self.file.place, offset))
            offset += len(record)
        left = memoryview(b"".join(records))
        try:
            self.out.seek(self.end)
            while left:
                left = left[self.out.write(left) :]
            os.fsync(self.out.fileno())
        except OSError:
            self._take_back()
            raise
        self.end = offset
        return places

    def close(self) -> None:
        """Leave the file to others."""
        if self.out:
            self.out.close()
        self.out = None

    def _take_back(self) -> None:
        """Leave no half of a record at the end, or leave the file: who opens it next mends it."""
        assert self.out
        try:
            self.out.truncate(self.end)
        except OSError:
            self.close()

    def _begin(self, file: File) -> None:
        path = self.asked.folder / file.place
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        self.out = os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)
        self._lock(self.out)
        self.file, self.end = file, 0
        self._introduce()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _introduce(self) -> None:
        assert self.file
        self.write([self.builder.warcinfo(self.file.name, self.about)])

    def _take(self, file: File) -> bool:
        """Open a file that is there and cut off a record that was never whole. False where it has
        another writer, or is damaged: nothing is to be written behind that."""
        self.out = (self.asked.folder / file.place).open("r+b", buffering=0)
        if not self._lock(self.out):
            return False
        self.file = file
        with (self.asked.folder / file.place).open("rb") as reader:
            gap = self._remember(reader, file)
        if gap and not gap.is_torn:
            return False
        if gap:
            self.out.truncate(gap.offset)
        self.end = self.out.seek(0, os.SEEK_END)
        if not self.end:
            self._introduce()
        return True

    def _lock(self, out: BinaryIO) -> bool:
        """Whether the file is ours, and is still the one of that name: it may be written anew."""
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return os.fstat(out.fileno()).st_nlink > 0

    def _remember(self, reader: BinaryIO, file: File) -> Gap | None:
        """Read what payloads a file holds; gives the first part of it that is no record."""
        first: Gap | None = None
        for one in walk(reader, HEAD):
            if isinstance(one, Gap):
                first = first or one
                continue
            try:
                record = parse_head(one.content)
            except Unreadable:
                continue
            if record.kind == "response" and record.digest and record.url:
                original = Original(record.url, record.date, Place(file.place, one.offset))
                self.known.setdefault(record.digest, original)
        return first
