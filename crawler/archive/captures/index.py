"""Index of all pages of a WARC file, built in one pass that reads no payload."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from crawler.archive.captures.link import PageLinker
from crawler.archive.captures.model import Entry
from crawler.archive.captures.scan import ScannedRecord, SolidGzip, UnreadableRange, records, unpack
from crawler.archive.reader import printable

Report = Callable[[str], None]


def index(path: Path, report: Report, spool: Path) -> list[Entry]:
    """Return the pages of a file, in its order.

    ``report`` gets one sentence per damaged or unreadable part; other pages are not affected. If
    records are compressed together, all are decompressed into a file in the folder ``spool``, so
    that each can be read alone; the file must stay as long as the entries are used.
    """
    scan = _FileScan(path, PageLinker(path, str(path)))
    try:
        with path.open("rb") as file:
            try:
                scan.add_all(records(file))
            except SolidGzip:
                scan = _unpacked(path, file, spool)
    except OSError as error:
        scan.problems.append(f"{path} cannot be read: {error.strerror or error}")
    else:
        if not scan.pages.records:
            reason = "this is not a WARC file" if scan.problems else "the file is empty"
            scan.problems = [f"{path}: {reason}"]
    entries = scan.pages.finished()
    for sentence in scan.problems + scan.pages.problems:
        report(printable(sentence))
    return entries


@dataclass(slots=True)
class _FileScan:
    """The pages of a file, and its problems as sentences."""

    path: Path
    pages: PageLinker
    where: str = ""
    problems: list[str] = field(default_factory=list)
    broken: list[UnreadableRange] = field(default_factory=list)
    """Members that could not be decompressed completely."""

    def add_all(self, parts: Iterable[ScannedRecord | UnreadableRange]) -> None:
        """Add records and report ranges that are not records."""
        for part in parts:
            if isinstance(part, ScannedRecord):
                self.pages.add(part.record, part.offset)
            elif not self._is_known(part):
                length = part.following - part.offset
                self._report(self.where, part, f"{length} bytes are not a readable record")

    def break_off(self, broken: UnreadableRange) -> None:
        """Report a member that could not be decompressed completely."""
        self.broken.append(broken)
        self._report("", broken, "its compressed content cannot be read to its end")

    def _report(self, where: str, part: UnreadableRange, what: str) -> None:
        self.problems.append(f"{self.path}{where}@{part.offset}: {what}: {part.reason}")

    def _is_known(self, part: UnreadableRange) -> bool:
        """Return True for the beginning of a record whose end could not be decompressed."""
        return any(part.offset <= broken.unpacked_end <= part.following for broken in self.broken)


def _unpacked(path: Path, file: BinaryIO, spool: Path) -> _FileScan:
    """Decompress and scan a file whose records are compressed together."""
    name = ""
    try:
        spool.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(".warc", dir=spool)
        scan = _FileScan(path, PageLinker(path, name), ", unpacked, ")
        with os.fdopen(handle, "w+b") as out:
            for broken in unpack(file, out):
                scan.break_off(broken)
            out.flush()
            scan.add_all(records(out))
    except OSError as error:
        if name:
            Path(name).unlink()
        raise OSError(error.errno, f"{error.strerror} while it was unpacked") from None
    return scan
