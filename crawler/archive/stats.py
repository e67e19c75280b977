"""Statistics of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crawler.archive.bytestream import MAX_HEADER_BYTES
from crawler.archive.location import files_of
from crawler.archive.scan import Member, scan_members
from crawler.store import Store
from crawler.store.articles.archive_index import count_archived


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """Statistics of one outlet.

    ``oldest`` and ``newest`` are days in Korea; ``articles`` have their current version archived.
    """

    outlet: str
    files: int
    records: int
    bytes: int
    articles: int
    oldest: str | None
    newest: str | None

    @property
    def bytes_per_article(self) -> int | None:
        """Bytes of the archive per article; None without articles."""
        return round(self.bytes / self.articles) if self.articles else None


def archive_stats(store: Store, folder: Path, outlet: str) -> ArchiveStats:
    """Read every file and count. Raises OSError and :class:`crawler.store.StoreError`."""
    files, records, size = files_of(folder, outlet), 0, 0
    for file in files:
        with (folder / file.relative_path).open("rb") as opened:
            records += sum(
                isinstance(part, Member) for part in scan_members(opened, MAX_HEADER_BYTES)
            )
            size += opened.seek(0, 2)
    days = [file.day.isoformat() for file in files]
    return ArchiveStats(
        outlet,
        len(files),
        records,
        size,
        count_archived(store, outlet),
        min(days, default=None),
        max(days, default=None),
    )


def size_of(folder: Path) -> int:
    """Return the bytes of all files in an archive's folder. Raises OSError."""
    return sum(path.stat().st_size for path in folder.glob("*/*") if path.is_file())
