"""Writer of one outlet's files; a kill at any moment leaves them readable."""

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
    """Appends to the outlet's newest file of the day, or to a new one, which it locks.

    Every method raises OSError if the disk fails; then nothing is written.
    """

    def __init__(self, config: ArchiveConfig, outlet: str, about: Mapping[str, str]) -> None:
        self.config, self.outlet, self.about = config, outlet, about
        self.builder = RecordBuilder()
        self.file: ArchiveFile | None = None
        self.out: BinaryIO | None = None
        self.end = 0
        self.known: dict[str, OriginalRecord] = {}
        """Payloads of the day by digest; files of a day never refer to another day."""

    def open(self, day: date) -> None:
        """Prepare for writing on a day, and fill ``known`` from its files."""
        if self.out and self.file and self.file.day == day and self.end < self.config.largest:
            return
        is_first = not self.file or self.file.day != day
        self.close()
        (self.config.folder / self.outlet).mkdir(parents=True, exist_ok=True)
        files = files_of(self.config.folder, self.outlet)
        # a kill may have left the newest file truncated, whatever its day
        is_ready = bool(files) and self._open_existing(files[-1])
        of_today = [file for file in files if file.day == day]
        if is_first:
            self._read_payloads(of_today)
        if of_today and is_ready and self.end < self.config.largest:
            return
        self.close()
        number = of_today[-1].number + 1 if of_today else 1
        self._create(ArchiveFile(self.outlet, day, number))

    def write(self, records: Sequence[bytes]) -> list[RecordLocation]:
        """Append compressed records and sync them to the disk; return their locations."""
        assert self.out
        assert self.file
        if (
            free_on(self.out.fileno()) < self.config.free
        ):  # by file, since its folder may be unmounted
            raise OSError(errno.ENOSPC, "less space is free on its disk than ARCHIVE_FREE_MB")
        locations, offset = [], self.end
        for record in records:
            locations.append(RecordLocation(self.file.relative_path, offset))
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
        return locations

    def close(self) -> None:
        """Close the file and release its lock."""
        if self.out:
            self.out.close()
        self.out = None

    def _truncate(self) -> None:
        """Cut off a partial record, or close the file for the next writer to repair it."""
        assert self.out
        try:
            self.out.truncate(self.end)
        except OSError:
            self.close()

    def _create(self, file: ArchiveFile) -> None:
        path = self.config.folder / file.relative_path
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
        for folder in path.parents[:2]:  # so that the file's name survives a power failure
            _sync(folder)

    def _write_warcinfo(self) -> None:
        assert self.file
        self.write([self.builder.warcinfo(self.file.name, self.about)])

    def _open_existing(self, file: ArchiveFile) -> bool:
        """Open an existing file and cut off a truncated record at its end.

        Return False if another process has it, or if it is damaged: nothing may be appended then.
        """
        self.out = (self.config.folder / file.relative_path).open("r+b", buffering=0)
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
        """Lock the file; return False if another process has it, or replaced it meanwhile."""
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return os.fstat(out.fileno()).st_nlink > 0

    def _first_gap(self, file: ArchiveFile) -> DamagedRange | None:
        """Return the first range of a file that is not a record."""
        with (self.config.folder / file.relative_path).open("rb") as reader:
            parts = scan_members(reader, MAX_HEADER_BYTES)
            return next((part for part in parts if isinstance(part, DamagedRange)), None)

    def _read_payloads(self, files: Sequence[ArchiveFile]) -> None:
        """Read the payload digests of the day's files."""
        self.known.clear()
        for file in files:
            with (self.config.folder / file.relative_path).open("rb") as reader:
                for part in scan_members(reader, MAX_HEADER_BYTES):
                    if isinstance(part, Member) and (response := _response_of(part.content)):
                        digest, url, date = response
                        location = RecordLocation(file.relative_path, part.offset)
                        self.known.setdefault(digest, OriginalRecord(url, date, location))


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _response_of(content: bytes) -> tuple[str, str, str] | None:
    """Return digest, URL and time of a response record; None for other records."""
    try:
        record = parse_head(content)
    except Unreadable:
        return None
    if record.kind != "response" or not record.digest or not record.url:
        return None
    return record.digest, record.url, record.date
