"""All pages of a WARC file, found in one quick pass that reads none of them."""

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


def index(path: Path, refuse: Report, spool: Path) -> list[Entry]:
    """The pages of a file, in its order.

    What is damaged, and what cannot be read at all, is told to ``refuse``, a sentence each, and
    costs no other page. Where records are packed together, all are unpacked into a file in the
    folder ``spool``, so that each can be read alone; it stays until the folder goes.
    """
    found = _FileScan(path, PageLinker(path, str(path)))
    try:
        with path.open("rb") as file:
            try:
                found.add_all(records(file))
            except SolidGzip:
                found = _unpacked(path, file, spool)
    except OSError as error:
        found.problems.append(f"{path} cannot be read: {error.strerror or error}")
    else:
        if not found.pages.records:
            why = "this is no WARC file" if found.problems else "the file is empty"
            found.problems = [f"{path}: {why}"]
    entries = found.pages.finished()
    for sentence in found.problems + found.pages.problems:
        refuse(printable(sentence))
    return entries


@dataclass(slots=True)
class _FileScan:
    """What a file holds, and the sentences about what it does not."""

    path: Path
    pages: PageLinker
    where: str = ""
    problems: list[str] = field(default_factory=list)
    broken: list[UnreadableRange] = field(default_factory=list)
    """What could not be unpacked to its end."""

    def add_all(self, lies: Iterable[ScannedRecord | UnreadableRange]) -> None:
        for one in lies:
            if isinstance(one, ScannedRecord):
                self.pages.add(one.record, one.offset)
            elif not self._is_known(one):
                length = one.following - one.offset
                self._report(self.where, one, f"{length} bytes are no record that can be read")

    def break_off(self, broken: UnreadableRange) -> None:
        self.broken.append(broken)
        self._report("", broken, "what is packed there cannot be read to its end")

    def _report(self, where: str, stretch: UnreadableRange, what: str) -> None:
        self.problems.append(f"{self.path}{where}@{stretch.offset}: {what}: {stretch.reason}")

    def _is_known(self, stretch: UnreadableRange) -> bool:
        """Whether it is the beginning of a record whose end could not be unpacked."""
        return any(stretch.offset <= one.unpacked_end <= stretch.following for one in self.broken)


def _unpacked(path: Path, file: BinaryIO, spool: Path) -> _FileScan:
    """What a file holds in which records are packed together."""
    name = ""
    try:
        spool.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(".warc", dir=spool)
        found = _FileScan(path, PageLinker(path, name), ", unpacked, ")
        with os.fdopen(handle, "w+b") as out:
            for broken in unpack(file, out):
                found.break_off(broken)
            out.flush()
            found.add_all(records(out))
    except OSError as error:
        if name:
            Path(name).unlink()
        raise OSError(error.errno, f"{error.strerror} while it was unpacked") from None
    return found
