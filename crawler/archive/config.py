"""Configuration of the archive, from the settings ``ARCHIVE…``."""

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
    """The archive of a crawl.

    ``largest``: bytes after which a new file is started. ``days``: how long files are kept, 0 for
    ever. ``free``: bytes that must stay free on the disk.
    """

    folder: Path
    keeps: str
    largest: int
    days: int
    free: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self | None:
        """Return the configuration; None if archiving is off. Raises ValueError."""
        keeps = settings["ARCHIVE_KEEP"]
        if keeps not in KEEP_CHOICES:
            raise ValueError(f"ARCHIVE_KEEP must be {' or '.join(KEEP_CHOICES)}, not {keeps!r}")
        largest, days, free = (
            int(limit_of(settings, f"ARCHIVE_{name}")) for name in ("MAX_MB", "DAYS", "FREE_MB")
        )
        if not largest:
            raise ValueError("ARCHIVE_MAX_MB must be at least 1, not 0")
        path = settings["ARCHIVE"]
        folder = default_archive(settings["DATABASE_URL"]) if path is None else path and Path(path)
        if not folder:
            return None
        return cls(folder.absolute(), keeps, largest * MB, days, free * MB)


def check_folder(folder: Path) -> None:
    """Create the archive's folder. Raises ValueError, one sentence, if it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(0, "Permission denied")
    except OSError as error:
        raise ValueError(
            f"the archive {folder} cannot be written: {error.strerror}; ARCHIVE names another"
            " folder, or none"
        ) from None


def free_on(path: Path | int) -> int:
    """Return the bytes available on the disk of a folder or an open file. Raises OSError."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize
