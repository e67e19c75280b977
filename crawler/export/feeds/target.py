"""Destination of ``-O FILE[:FORMAT]`` of every command but a crawl."""

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

from crawler.export.feeds import partitioned, remote, streams
from crawler.runtime.atomic_file import atomic_file, is_stream

OpenOutput = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens a file to write to; it replaces the old one when the context ends without an error."""


class FeedTarget:
    """Destination of rows, in one of the formats of Scrapy's feeds.

    A file, ``-`` for the standard output, a device or pipe, or an address that Scrapy or fsspec can
    write to. ``redacted`` is its name without a password.
    """

    def __init__(self, uri: str, settings: Settings, by_day: bool = False) -> None:
        """Parse ``FILE[:FORMAT]``; with ``by_day`` a folder of Parquet files by day.

        Raises ValueError with one sentence if the format, scheme or driver is unknown, or if a
        folder has that name.
        """
        exporters = without_none_values(settings.getwithbase("FEED_EXPORTERS"))
        address, form = _split(uri, exporters)
        if by_day and form not in exporters:
            form = "parquet"  # a folder needs no extension
        self.redacted = remote.redacted_url(address)
        if form not in exporters:
            known = ", ".join(sorted(exporters))
            raise ValueError(
                f"the format of {self.redacted} must be one of {known}, not {form!r};"
                " use FILE:FORMAT"
            )
        self.folder = _folder(address, form) if by_day else None
        self.open_output = _output(address, settings) if not by_day else None
        self.exporter = load_object(exporters[form])
        self.encoding = settings["FEED_EXPORT_ENCODING"]

    def write(self, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        """Write all rows and return their number; an error leaves an old file as it is.

        Raises OSError, with the reason in ``strerror``, if the file cannot be written;
        ValueError if a value does not have its column's type.
        """
        if self.folder is not None:
            return partitioned.write_days(self.folder, rows, fields)
        assert self.open_output is not None
        with self.open_output() as file:
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


def _split(uri: str, formats: Mapping[str, Any]) -> tuple[str, str]:
    """Return address and format; the format defaults to the extension of the address."""
    address, _, form = uri.rpartition(":")
    if form in formats:
        return address, form
    return uri, Path(urlsplit(uri).path if "://" in uri else uri).suffix[1:]


def _path(address: str) -> Path | None:
    """Return the local file of an address; None for a remote one."""
    if address.startswith("file:"):
        return Path(url2pathname(urlsplit(address).path))
    return None if "://" in address else Path(address)


def _output(address: str, settings: Settings) -> OpenOutput:
    if address in {"-", "stdout:"}:
        return streams.standard_output
    path = _path(address)
    if path is not None:
        if path.is_dir():
            raise ValueError(f"{path} must be a file, and is a folder")
        return partial(streams.stream if is_stream(path) else atomic_file, path)
    storages = without_none_values(settings.getwithbase("FEED_STORAGES"))
    scheme = urlsplit(address).scheme
    if scheme in storages:
        return remote.ScrapyStorage(address, storages[scheme], settings)
    return remote.Filesystem(address, settings)


def _folder(address: str, form: str) -> Path:
    path = _path(address)
    if form != "parquet":
        raise ValueError(f"--by-day writes Parquet only, not {form}")
    if path is None or address in {"-", "stdout:"}:
        raise ValueError(f"--by-day needs a local folder, not "
                         f"{remote.redacted_url(address)}")  # fmt: skip
    partitioned.check_folder(path)
    return path
