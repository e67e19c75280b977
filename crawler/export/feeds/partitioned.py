"""A folder of Parquet files by the day of publication, in the layout that Hive began:
``date_published_day=2024-09-11/part-0.parquet``."""

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
"""The day of rows whose day is not known, and of those of ``forgotten``, which have none."""

WAITING_CHARACTERS = 32_000_000
"""What waits in memory for its day's file at the most."""


def check_folder(path: Path) -> None:
    """ValueError where there is something else than such a folder: it would be replaced."""
    if path.is_dir():
        others = [one.name for one in path.iterdir() if not one.name.startswith(f"{DAY}=")]
        if others:
            raise ValueError(f"{path} is no folder of days: {min(others)} lies in it")
    elif path.exists():
        raise ValueError(f"{path} is a file, and no folder of days")


def write_days(path: Path, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
    """Write all rows into a new folder, which then takes the place of the old one; gives their
    number.

    A kill between the two renames leaves the old one beside, as ``.NAME.PID.old``, and the new
    one as ``.NAME.PID``. ValueError as of :func:`check_folder`, or where the rows have no day;
    OSError where it cannot be written.
    """
    if "date_published" not in fields:
        raise ValueError("rows without date_published have no day")
    check_folder(path)
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    number = 0
    try:
        beside.mkdir()
        days = Days(beside, fields)
        for row in rows:
            days.add(row)
            number += 1
        days.close()
        _take_place(beside, path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return number


class Days:
    """Gathers rows by their day, in whatever order they come. Where too many wait, those of the
    fullest day go into a file of theirs; in the end each day's files become one. One file is open
    at a time, two while they are joined."""

    def __init__(self, folder: Path, fields: list[str]) -> None:
        from crawler.export.feeds.parquet_schema import (
            schema_of,  # not above: pyarrow takes half a second
        )

        schema = schema_of(fields)
        self.folder = folder
        self.schema = schema.remove(schema.get_field_index(DAY))  # the folder's name is the column
        self.rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.characters: Counter[str] = Counter()
        self.waiting = 0

    def add(self, row: Mapping[str, Any]) -> None:
        from crawler.export.feeds.row_groups import characters_of

        published = row.get("date_published")
        day = published[:10] if published else UNKNOWN
        size = characters_of(row)
        self.rows[day].append(row)
        self.characters[day] += size
        self.waiting += size
        while self.waiting >= WAITING_CHARACTERS:
            self._write(max(self.characters, key=self.characters.__getitem__))

    def close(self) -> None:
        for day in sorted(self.rows):
            self._write(day)
        folders = list(self.folder.iterdir())
        for folder in folders:
            self._join(folder)
        if not folders:  # else nothing would say which columns there are
            self._write(UNKNOWN)

    def _write(self, day: str) -> None:
        """What waits for a day, into its next file."""
        self.waiting -= self.characters.pop(day, 0)
        folder = self.folder / f"{DAY}={day}"
        folder.mkdir(exist_ok=True)
        number = sum(1 for _ in folder.iterdir())
        with self._new_file(folder / f"part-{number}.parquet") as groups:
            for row in self.rows.pop(day, []):
                groups.add(row)

    def _join(self, folder: Path) -> None:
        """A day's files into one, in their order."""
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
