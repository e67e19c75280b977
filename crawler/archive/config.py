"""What is asked of an archive, from the settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scrapy.settings import BaseSettings

from crawler.runtime.limits import limit_of
from crawler.store.db.archive_path import default_archive

MB = 1_000_000
KEEP_CHOICES = ("all", "articles")


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    """``largest``: bytes after which a file is followed by another. ``days``: how long files are
    kept, 0 for ever. ``free``: bytes that are to stay free on the disk."""

    folder: Path
    keeps: str
    largest: int
    days: int
    free: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self | None:
        """None where there is to be no archive. ValueError where a setting is none."""
        keeps = settings["ARCHIVE_KEEP"]
        if keeps not in KEEP_CHOICES:
            raise ValueError(f"ARCHIVE_KEEP={keeps!r} is neither {' nor '.join(KEEP_CHOICES)}")
        largest, days, free = (
            int(limit_of(settings, f"ARCHIVE_{name}")) for name in ("MAX_MB", "DAYS", "FREE_MB")
        )
        if not largest:
            raise ValueError("ARCHIVE_MAX_MB=0 leaves no room for a record")
        asked = settings["ARCHIVE"]
        folder = (
            default_archive(settings["DATABASE_URL"]) if asked is None else asked and Path(asked)
        )
        if not folder:
            return None
        return cls(folder.absolute(), keeps, largest * MB, days, free * MB)


def check_folder(folder: Path) -> None:
    """Make the archive's folder. ValueError, one sentence, where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(0, "it is not ours to write to")
    except OSError as error:
        raise ValueError(
            f"the archive {folder} cannot be written: {error.strerror}; ARCHIVE names another"
            " folder, or none"
        ) from None


def free_on(place: Path | int) -> int:
    """Bytes that are free for us on the disk of a folder, or of an open file. OSError where it
    cannot be told."""
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize
