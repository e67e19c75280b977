"""All pages of a WARC file, found in one quick pass that reads none of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from crawler.archive.captures.link import Pages
from crawler.archive.captures.model import Entry
from crawler.archive.captures.scan import DamagedStretch, Found, SolidGzip, records, unpack
from crawler.archive.reader import printable

Refuse = Callable[[str], None]


def index(path: Path, refuse: Refuse, spool: Path) -> list[Entry]:
    """The pages of a file, in its order.

    What is damaged, and what cannot be read at all, is told to ``refuse``, a sentence each, and
    costs no other page. Where records are packed together, all are unpacked into a file in the
    folder ``spool``, so that each can be read alone; it stays until the folder goes.
    """
    found = _Found(path, Pages(path, str(path)))
    try:
        with path.open("rb") as file:
            try:
                found.take(records(file))
            except SolidGzip:
                found = _unpacked(path, file, spool)
    except OSError as error:
        found.told.append(f"{path} cannot be read: {error.strerror or error}")
    else:
        if not found.pages.records:
            why = "this is no WARC file" if found.told else "the file is empty"
            found.told = [f"{path}: {why}"]
    entries = found.pages.finished()
    for sentence in found.told + found.pages.told:
        refuse(printable(sentence))
    return entries


@dataclass(slots=True)
class _Found:
    """What a file holds, and the sentences about what it does not."""

    path: Path
    pages: Pages
    where: str = ""
    told: list[str] = field(default_factory=list)
    broken: list[DamagedStretch] = field(default_factory=list)
    """What could not be unpacked to its end."""

    def take(self, lies: Iterable[Found | DamagedStretch]) -> None:
        for one in lies:
            if isinstance(one, Found):
                self.pages.take(one.record, one.offset)
            elif not self._is_known(one):
                length = one.following - one.offset
                self._tell(self.where, one, f"{length} bytes are no record that can be read")

    def break_off(self, broken: DamagedStretch) -> None:
        self.broken.append(broken)
        self._tell("", broken, "what is packed there cannot be read to its end")

    def _tell(self, where: str, stretch: DamagedStretch, what: str) -> None:
        self.told.append(f"{self.path}{where}@{stretch.offset}: {what}: {stretch.why}")

    def _is_known(self, stretch: DamagedStretch) -> bool:
        """Whether it is the beginning of a record whose end could not be unpacked."""
        return any(stretch.offset <= one.written <= stretch.following for one in self.broken)


def _unpacked(path: Path, file: BinaryIO, spool: Path) -> _Found:
    """What a file holds in which records are packed together."""
    name = ""
    try:
        spool.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(".warc", dir=spool)
        found = _Found(path, Pages(path, name), ", unpacked, ")
        with os.fdopen(handle, "w+b") as out:
            for broken in unpack(file, out):
                found.break_off(broken)
            out.flush()
            found.take(records(out))
    except OSError as error:
        if name:
            Path(name).unlink()
        raise OSError(error.errno, f"{error.strerror} while it was unpacked") from None
    return found
