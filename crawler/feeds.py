"""Feeds as Scrapy writes them, with two differences.

A page's text in a CSV file must not run in a spreadsheet; and what a feed cannot take, on a full
disk for example, ends the crawl with one sentence, and leaves no half article in the file.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from io import FileIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.exporters import CsvItemExporter
from scrapy.extensions.feedexport import FileFeedStorage, StdoutFeedStorage
from scrapy.settings import BaseSettings
from scrapy.utils.conf import feed_process_params_from_cli
from scrapy.utils.misc import load_object

from crawler.store import crawl

if TYPE_CHECKING:
    from _typeshed import OpenBinaryMode, ReadableBuffer

logger = logging.getLogger(__name__)

CLOSE_REASON = "feed_trouble"
"""Why a crawl ended whose feed could not be written."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which spreadsheets take a cell for a formula (OWASP, CSV injection)."""


class SafeCsvItemExporter(CsvItemExporter):
    """CSV whose text cells cannot be formulas: such a text gets an apostrophe before it."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        value = super().serialize_field(field, name, value)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class FeedFile(FileIO):
    """What a feed is written to; each write is in the file whole, or not at all.

    Nothing waits in a buffer, so a crawl that is killed has written what it has stored. After
    the first failure ``on_trouble`` is told, and the rest is swallowed.
    """

    def __init__(
        self, file: str | int, mode: OpenBinaryMode, on_trouble: Callable[[OSError], None]
    ) -> None:
        super().__init__(file, mode, closefd=isinstance(file, str))
        self.on_trouble = on_trouble
        self.has_failed = False

    def write(self, data: ReadableBuffer) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        if self.has_failed:
            return size
        start = self.tell() if self.seekable() else None
        try:
            while left:
                left = left[super().write(left) :]
        except OSError as error:
            self.has_failed = True
            if start is not None:
                with suppress(OSError):  # of what is no file on a disk
                    self.truncate(start)
            self.on_trouble(error)
        return size


class FileStorage(FileFeedStorage):
    """A feed in a file."""

    def open(self, spider: Spider) -> IO[bytes]:
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return FeedFile(str(path), self.write_mode, partial(give_up, spider.crawler, self.path))


class StdoutStorage(StdoutFeedStorage):
    """A feed on the standard output."""

    def open(self, spider: Spider) -> IO[bytes]:
        sys.stdout.flush()
        trouble = partial(give_up, spider.crawler, "on the standard output")
        return FeedFile(sys.stdout.fileno(), "wb", trouble)


def give_up(crawler: Crawler, feed: str, error: OSError) -> None:
    """Say what failed, count it as ``malgeum/feed_errors``, and end the crawl: what it stores
    from now on would be in no feed, neither this run's nor the next one's."""
    assert crawler.stats is not None
    crawler.stats.inc_value("malgeum/feed_errors")
    logger.critical(
        "The feed %s cannot be written: %s. The crawl ends; what is not in it is in the store.",
        feed, error.strerror,
    )  # fmt: skip
    crawl.close(crawler, CLOSE_REASON)


class Target:
    """Where ``-O FILE[:FORMAT]`` writes to, in one of the formats that Scrapy's feeds have."""

    def __init__(self, asked: str, settings: BaseSettings) -> None:
        """ValueError with one sentence where there is no such format."""
        try:
            feeds = feed_process_params_from_cli(settings, [], overwrite_output=[asked])
        except UsageError as error:
            raise ValueError(str(error).rstrip(".")) from None
        address, options = next(iter(feeds.items()))
        split = urlsplit(address)
        self.path = (
            None
            if address in {"-", "stdout:"}
            else Path(url2pathname(split.path) if split.scheme == "file" else address)
        )
        self.exporter = load_object(settings.getwithbase("FEED_EXPORTERS")[options["format"]])
        self.encoding = settings["FEED_EXPORT_ENCODING"]

    def write(self, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        """Write all rows, or leave what stands there as it is; gives their number.

        OSError where the file cannot be written.
        """
        if self.path is None:
            return self._export(sys.stdout.buffer, rows, fields)
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            with beside.open("wb") as file:
                number = self._export(file, rows, fields)
            beside.replace(self.path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        return number

    def _export(self, file: IO[bytes], rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        exporter = self.exporter(file, fields_to_export=fields, encoding=self.encoding)
        exporter.start_exporting()
        number = 0
        for row in rows:
            exporter.export_item(row)
            number += 1
        exporter.finish_exporting()
        return number
