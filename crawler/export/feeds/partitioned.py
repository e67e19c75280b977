"""Writes a folder of Parquet files by day of publication, in Hive's layout.

``date_published_day=2024-09-11/part-0.parquet``
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.export.feeds.row_groups import RowGroups

DAY = "date_published_day"
UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
"""Day of rows whose day is unknown, and of ``forgotten``, which have none."""

MAX_BUFFERED_CHARACTERS = 32_000_000
"""Size of the rows that are kept in memory until their day's file is written."""


def check_folder(path: Path) -> None:
    """Raise ValueError if ``path`` is anything but such a folder, since it would be replaced."""
    if path.is_dir():
        others = [entry.name for entry in path.iterdir() if not entry.name.startswith(f"{DAY}=")]
        if others:
            raise ValueError(
                f"{path} must be empty or hold only folders of days, not {min(others)}"
            )
    elif path.exists():
        raise ValueError(f"{path} must be a folder of days, and is a file")


def write_days(path: Path, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
    """Write all rows into a new folder, which then replaces the old one, and return their number.

    A kill between the two renames leaves the old folder as ``.NAME.PID.old`` and the new one as
    ``.NAME.PID``. Raises ValueError as :func:`check_folder` does, or if the rows have no day;
    OSError if the folder cannot be written.
    """
    if "date_published" not in fields:
        raise ValueError("rows by day must have date_published")
    check_folder(path)
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    number = 0
    try:
        beside.mkdir()
        writer = DayWriter(beside, fields)
        for row in rows:
            writer.add(row)
            number += 1
        writer.close()
        _take_place(beside, path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return number


class DayWriter:
    """Collects rows by their day, in any order.

    If the buffer is full, the fullest day is written to a file of its own; at the end each day's
    files are joined. One file is open at a time, two while files are joined.
    """

    def __init__(self, folder: Path, fields: list[str]) -> None:
        # Not above: pyarrow takes half a second.
        from crawler.export.feeds.parquet_schema import schema_of

        schema = schema_of(fields)
        self.folder = folder
        self.schema = schema.remove(schema.get_field_index(DAY))  # the folder's name is the column
        self.rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.characters: Counter[str] = Counter()
        self.buffered = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row."""
        from crawler.export.feeds.row_groups import characters_of

        published = row.get("date_published")
        day = published[:10] if published else UNKNOWN
        size = characters_of(row)
        self.rows[day].append(row)
        self.characters[day] += size
        self.buffered += size
        while self.buffered >= MAX_BUFFERED_CHARACTERS:
            self._write(max(self.characters, key=self.characters.__getitem__))

    def close(self) -> None:
        """Write the rest and join each day's files."""
        for day in sorted(self.rows):
            self._write(day)
        folders = list(self.folder.iterdir())
        for folder in folders:
            self._join(folder)
        if not folders:  # the columns must be known without rows, too
            self._write(UNKNOWN)

    def _write(self, day: str) -> None:
        """Write the buffered rows of a day into its next file."""
        self.buffered -= self.characters.pop(day, 0)
        folder = self.folder / f"{DAY}={day}"
        folder.mkdir(exist_ok=True)
        number = sum(1 for _ in folder.iterdir())
        with self._new_file(folder / f"part-{number}.parquet") as groups:
            for row in self.rows.pop(day, []):
                groups.add(row)

    def _join(self, folder: Path) -> None:
        """Join a day's files, in their order."""
        from pyarrow.parquet import ParquetFile

        number = sum(1 for _ in folder.iterdir())
        if number == 1:
            return
        parts = [folder / f"part-{part}.parquet" for part in range(number)]
        with self._new_file(folder / "whole") as groups:
            for part in parts:
                with ParquetFile(part) as file:
                    for batch in file.iter_batches():
                        groups.add_batch(batch)
                part.unlink()
        (folder / "whole").rename(parts[0])

    @contextmanager
    def _new_file(self, path: Path) -> Iterator[RowGroups]:
        from crawler.export.feeds.row_groups import RowGroups

        with path.open("wb") as file:
            groups = RowGroups(file, self.schema)
            yield groups
            groups.close()


def _take_place(new: Path, path: Path) -> None:
    old = new.with_name(f"{new.name}.old")
    with suppress(FileNotFoundError):
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        with suppress(OSError):
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)
