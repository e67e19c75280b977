"""Deletion of old files, by day."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from crawler.archive.config import ArchiveConfig
from crawler.archive.location import ArchiveFile, files_of
from crawler.store import Store
from crawler.store.articles.archive_index import remove_file


class PrunedFile(NamedTuple):
    """A file that was deleted, or that is in use and stays."""

    file: ArchiveFile
    size: int
    versions: int
    is_in_use: bool = False


def prune(
    store: Store, folder: Path, outlet: str, before: date, *, dry_run: bool = False
) -> Iterator[PrunedFile]:
    """Delete the outlet's files of days before ``before``; yield each.

    The index is updated first: a kill in between leaves an unreferenced file, which the next call
    deletes. Raises OSError and :class:`crawler.store.StoreError`.
    """
    for file in files_of(folder, outlet):
        if file.day >= before:
            continue
        path = folder / file.relative_path
        with path.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield PrunedFile(file, 0, 0, is_in_use=True)
                continue
            size, versions = path.stat().st_size, 0
            if not dry_run:
                versions = remove_file(store, file.relative_path)
                path.unlink()
        yield PrunedFile(file, size, versions)


def apply_retention(store: Store, config: ArchiveConfig, outlet: str, today: date) -> None:
    """Delete files older than ``ARCHIVE_DAYS``, which counts today. Raises like ``prune``."""
    if config.days:
        for _ in prune(store, config.folder, outlet, today - timedelta(days=config.days - 1)):
            pass
