"""The files of one outlet, written so that a kill at any moment leaves them readable."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from crawler.archive.bytestream import MAX_HEADER_BYTES
from crawler.archive.config import ArchiveConfig, free_on
from crawler.archive.location import ArchiveFile, RecordLocation, files_of
from crawler.archive.reader import Unreadable, parse_head
from crawler.archive.records import OriginalRecord, RecordBuilder
from crawler.archive.scan import DamagedRange, Member, scan_members


class ArchiveWriter:
    """Appends to the outlet's newest file of the day, or to a new one; one process at a time has a
    file. Everything raises OSError where the disk does not take it, and then nothing is written."""

    def __init__(self, asked: ArchiveConfig, outlet: str, about: Mapping[str, str]) -> None:
        self.asked, self.outlet, self.about = asked, outlet, about
        self.builder = RecordBuilder()
        self.file: ArchiveFile | None = None
        self.out: BinaryIO | None = None
        self.end = 0
        self.known: dict[str, OriginalRecord] = {}
        """The day's payloads, by digest: a day's files need no other day's."""

    def open(self, day: date) -> None:
        """Be ready to write on that day; ``known`` is then what its files hold."""
        if self.out and self.file and self.file.day == day and self.end < self.asked.largest:
            return
        is_first = not self.file or self.file.day != day
        self.close()
        (self.asked.folder / self.outlet).mkdir(parents=True, exist_ok=True)
        files = files_of(self.asked.folder, self.outlet)
        # the newest may have been left torn by a kill, whatever day it is of
        is_ready = bool(files) and self._open_existing(files[-1])
        of_today = [file for file in files if file.day == day]
        if is_first:
            self._read_payloads(of_today)
        if of_today and is_ready and self.end < self.asked.largest:
            return
        self.close()
        number = of_today[-1].number + 1 if of_today else 1
        self._create(ArchiveFile(self.outlet, day, number))

    def write(self, records: Sequence[bytes]) -> list[RecordLocation]:
        """Append records, each packed by itself, and have them on the disk."""
        assert self.out
        assert self.file
        if free_on(self.out.fileno()) < self.asked.free:  # its folder may be away for a while
            raise OSError(errno.ENOSPC, "less is free on its disk than ARCHIVE_FREE_MB asks for")
        places, offset = [], self.end
        for record in records:
            places.append(RecordLocation(self.file.relative_path, offset))
            offset += len(record)
        left = memoryview(b"".join(records))
        try:
            self.out.seek(self.end)
            while left:
                left = left[self.out.write(left) :]
            os.fsync(self.out.fileno())
        except OSError:
            self._truncate()
            raise
        self.end = offset
        return places

    def close(self) -> None:
        """Leave the file to others."""
        if self.out:
            self.out.close()
        self.out = None

    def _truncate(self) -> None:
        """Leave no half of a record at the end, or leave the file: who opens it next mends it."""
        assert self.out
        try:
            self.out.truncate(self.end)
        except OSError:
            self.close()

    def _create(self, file: ArchiveFile) -> None:
        path = self.asked.folder / file.relative_path
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        self.out = os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)
        self._lock(self.out)
        self.file, self.end = file, 0
        try:
            self._write_warcinfo()
        except OSError:
            path.unlink()
            self.close()
            raise
        for folder in path.parents[:2]:  # after a power cut the file is still there by its name
            _sync(folder)

    def _write_warcinfo(self) -> None:
        assert self.file
        self.write([self.builder.warcinfo(self.file.name, self.about)])

    def _open_existing(self, file: ArchiveFile) -> bool:
        """Open a file that is there and cut off a record that was never whole. False where it has
        another writer, or is damaged: nothing is to be written behind that."""
        self.out = (self.asked.folder / file.relative_path).open("r+b", buffering=0)
        if not self._lock(self.out):
            return False
        self.file = file
        gap = self._first_gap(file)
        if gap and not gap.is_truncated:
            return False
        if gap:
            self.out.truncate(gap.offset)
        self.end = self.out.seek(0, os.SEEK_END)
        if not self.end:
            self._write_warcinfo()
        return True

    def _lock(self, out: BinaryIO) -> bool:
        """Whether the file is ours, and is still the one of that name: it may be written anew."""
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return os.fstat(out.fileno()).st_nlink > 0

    def _first_gap(self, file: ArchiveFile) -> DamagedRange | None:
        """The first part of a file that is no record."""
        with (self.asked.folder / file.relative_path).open("rb") as reader:
            return next(
                (
                    one
                    for one in scan_members(reader, MAX_HEADER_BYTES)
                    if isinstance(one, DamagedRange)
                ),
                None,
            )

    def _read_payloads(self, files: Sequence[ArchiveFile]) -> None:
        """Read what payloads the day's files hold."""
        self.known.clear()
        for file in files:
            with (self.asked.folder / file.relative_path).open("rb") as reader:
                for one in scan_members(reader, MAX_HEADER_BYTES):
                    if isinstance(one, Member) and (found := _response_of(one.content)):
                        digest, url, date = found
                        original = OriginalRecord(
                            url, date, RecordLocation(file.relative_path, one.offset)
                        )
                        self.known.setdefault(digest, original)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _response_of(content: bytes) -> tuple[str, str, str] | None:
    """Digest, address and time of a record that holds an answer."""
    try:
        record = parse_head(content)
    except Unreadable:
        return None
    if record.kind != "response" or not record.digest or not record.url:
        return None
    return record.digest, record.url, record.date
