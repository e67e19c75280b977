"""Where things lie in an archive: ``papns/papns-20261125-001.warc.gz@12345``."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, Self

_NAME = re.compile(r"(?P<outlet>.+)-(?P<day>\d{8})-(?P<number>\d{3,})\.warc\.gz")


class RecordLocation(NamedTuple):
    """A record: its file, below the archive's folder, and the byte at which it begins."""

    file: str
    offset: int

    @classmethod
    def read(cls, text: str) -> Self:
        """ValueError where it is none."""
        file, _, offset = text.rpartition("@")
        if not offset.isascii() or not offset.isdigit() or Path(file).is_absolute():
            raise ValueError(f"{text!r} is no place in an archive")
        if ".." in Path(file).parts:
            raise ValueError(f"{text!r} lies outside of the archive")
        return cls(file, int(offset))

    def __str__(self) -> str:
        return f"{self.file}@{self.offset}"


class ArchiveFile(NamedTuple):
    """One file of an outlet and a day, in Korea."""

    outlet: str
    day: date
    number: int

    @classmethod
    def named(cls, name: str) -> Self | None:
        """From a file's name; None where it is not one of ours."""
        found = _NAME.fullmatch(name)
        if not found:
            return None
        try:
            day = datetime.strptime(found["day"], "%Y%m%d").date()  # noqa: DTZ007 - a bare day
        except ValueError:
            return None
        return cls(found["outlet"], day, int(found["number"]))

    @property
    def name(self) -> str:
        return f"{self.outlet}-{self.day:%Y%m%d}-{self.number:03d}.warc.gz"

    @property
    def relative_path(self) -> str:
        """Below the archive's folder."""
        return f"{self.outlet}/{self.name}"


def files_of(folder: Path, outlet: str) -> list[ArchiveFile]:
    """An outlet's files, oldest first. OSError where its folder cannot be read."""
    if not (folder / outlet).is_dir():
        return []
    named = (ArchiveFile.named(path.name) for path in (folder / outlet).iterdir())
    return sorted(file for file in named if file is not None and file.outlet == outlet)


def outlets_in(folder: Path) -> list[str]:
    """The outlets that have files. OSError where the folder cannot be read."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if files_of(folder, path.name))
