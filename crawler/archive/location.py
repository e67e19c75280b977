"""Locations in an archive: ``papns/papns-20261125-001.warc.gz@12345``."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, Self

_NAME = re.compile(r"(?P<outlet>.+)-(?P<day>\d{8})-(?P<number>\d{3,})\.warc\.gz")


class RecordLocation(NamedTuple):
    """Location of a record: its file, relative to the archive's folder, and its byte offset."""

    file: str
    offset: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse ``FILE@OFFSET``. Raises ValueError."""
        file, _, offset = text.rpartition("@")
        if not offset.isascii() or not offset.isdigit() or Path(file).is_absolute():
            raise ValueError(f"{text!r} is not a WARC location (FILE@OFFSET)")
        if ".." in Path(file).parts:
            raise ValueError(f"{text!r} is outside of the archive")
        return cls(file, int(offset))

    def __str__(self) -> str:
        return f"{self.file}@{self.offset}"


class ArchiveFile(NamedTuple):
    """A file of an outlet and a day in Korea."""

    outlet: str
    day: date
    number: int

    @classmethod
    def named(cls, name: str) -> Self | None:
        """Parse a file's name; return None if it is not a file of an archive."""
        match = _NAME.fullmatch(name)
        if not match:
            return None
        try:
            day = datetime.strptime(match["day"], "%Y%m%d").date()  # noqa: DTZ007 - a bare day
        except ValueError:
            return None
        return cls(match["outlet"], day, int(match["number"]))

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.outlet}-{self.day:%Y%m%d}-{self.number:03d}.warc.gz"

    @property
    def relative_path(self) -> str:
        """Path relative to the archive's folder."""
        return f"{self.outlet}/{self.name}"


def files_of(folder: Path, outlet: str) -> list[ArchiveFile]:
    """Return an outlet's files, oldest first. Raises OSError."""
    if not (folder / outlet).is_dir():
        return []
    named = (ArchiveFile.named(path.name) for path in (folder / outlet).iterdir())
    return sorted(file for file in named if file is not None and file.outlet == outlet)


def outlets_in(folder: Path) -> list[str]:
    """Return the outlets that have files. Raises OSError."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if files_of(folder, path.name))
