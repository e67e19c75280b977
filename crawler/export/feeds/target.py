"""``-O FILE[:FORMAT]`` of every command but a crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy.utils.python import without_none_values

from crawler.export.feeds import partitioned as days
from crawler.export.feeds import remote, streams
from crawler.runtime.atomic_file import atomic_file, is_stream

FeedTarget = Callable[[], AbstractContextManager[IO[bytes]]]
"""Gives what to write to; what was written takes its place when the context ends well."""


class Target:
    """Where rows are written, in one of the formats that Scrapy's feeds have: a file, ``-`` for
    the standard output, a device or pipe, or an address that Scrapy or fsspec can write to.

    ``shown`` is how it may be named to anyone: without a password.
    """

    def __init__(self, asked: str, settings: Settings, by_day: bool = False) -> None:
        """With ``by_day``, a folder of Parquet files by the day of publication.

        ValueError with one sentence where there is no such format, scheme or driver, or where a
        folder stands in the way.
        """
        exporters = without_none_values(settings.getwithbase("FEED_EXPORTERS"))
        address, form = _split(asked, exporters)
        if by_day and form not in exporters:
            form = "parquet"  # a folder's name needs no ending
        self.shown = remote.shown(address)
        if form not in exporters:
            raise ValueError(f"Unrecognized output format {form!r} of {self.shown}: name one with"
                             f" FILE:FORMAT ({', '.join(sorted(exporters))})")  # fmt: skip
        self.folder = _folder(address, form) if by_day else None
        self.place = _place(address, settings) if not by_day else None
        self.exporter = load_object(exporters[form])
        self.encoding = settings["FEED_EXPORT_ENCODING"]

    def write(self, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        """Write all rows, or leave what stands there as it is; gives their number.

        OSError, whose ``strerror`` says why, where it cannot be written; ValueError where a value
        is none of its column's type.
        """
        if self.folder is not None:
            return days.write_days(self.folder, rows, fields)
        assert self.place is not None
        with self.place() as file:
            return self._export(file, rows, fields)

    def _export(self, file: IO[bytes], rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        exporter = self.exporter(file, fields_to_export=fields, encoding=self.encoding)
        exporter.start_exporting()
        number = 0
        for row in rows:
            exporter.export_item(row)
            number += 1
        exporter.finish_exporting()
        return number


def _split(asked: str, formats: Mapping[str, Any]) -> tuple[str, str]:
    """The address and the format, which is known by its name or, else, by the address's ending."""
    address, _, form = asked.rpartition(":")
    if form in formats:
        return address, form
    return asked, Path(urlsplit(asked).path if "://" in asked else asked).suffix[1:]


def _path(address: str) -> Path | None:
    """The file on this machine that is meant; None of any other address."""
    if address.startswith("file:"):
        return Path(url2pathname(urlsplit(address).path))
    return None if "://" in address else Path(address)


def _place(address: str, settings: Settings) -> FeedTarget:
    if address in {"-", "stdout:"}:
        return streams.standard_output
    path = _path(address)
    if path is not None:
        if path.is_dir():
            raise ValueError(f"{path} is a folder, and no file")
        return partial(streams.stream if is_stream(path) else atomic_file, path)
    storages = without_none_values(settings.getwithbase("FEED_STORAGES"))
    scheme = urlsplit(address).scheme
    if scheme in storages:
        return remote.ScrapyStorage(address, storages[scheme], settings)
    return remote.Filesystem(address, settings)


def _folder(address: str, form: str) -> Path:
    path = _path(address)
    if form != "parquet":
        raise ValueError(f"only Parquet is written by day, and no {form}")
    if path is None or address in {"-", "stdout:"}:
        raise ValueError(f"days are written into a folder of this machine, not to "
                         f"{remote.shown(address)}")  # fmt: skip
    days.check_folder(path)
    return path
