"""Feed storages of a crawl, for files and the standard output.

A write error, for example a full disk, ends the crawl with one sentence and leaves no part of an
article in the file.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import FileIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.extensions.feedexport import FileFeedStorage, StdoutFeedStorage

from crawler.outcomes.runs import RunOutcome
from crawler.store import session as crawl

if TYPE_CHECKING:
    from _typeshed import OpenBinaryMode, ReadableBuffer

logger = logging.getLogger(__name__)

CLOSE_REASON = "feed_trouble"
"""Finish reason of a crawl whose feed could not be written."""


class FeedFile(FileIO):
    """File of a feed; each write is in the file whole, or not at all.

    It has no buffer, so a killed crawl has written every article that it stored. The first error
    calls ``on_error``; later writes are ignored.
    """

    def __init__(
        self, file: str | int, mode: OpenBinaryMode, on_error: Callable[[OSError], None]
    ) -> None:
        super().__init__(file, mode, closefd=isinstance(file, str))
        self.on_error = on_error
        self.has_failed = False

    def write(self, data: ReadableBuffer) -> int:
        """Write all of ``data``, or cut off the part that was written and report the error."""
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
                with suppress(OSError):  # not a file on a disk
                    self.truncate(start)
            self.on_error(error)
        return size


class FileStorage(FileFeedStorage):
    """Feed in a file."""

    def open(self, spider: Spider) -> IO[bytes]:
        """Open the file, in a folder that is created if it is missing."""
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return FeedFile(str(path), self.write_mode, partial(give_up, spider.crawler, self.path))


class StdoutStorage(StdoutFeedStorage):
    """Feed on the standard output."""

    def open(self, spider: Spider) -> IO[bytes]:
        """Open the standard output."""
        sys.stdout.flush()
        on_error = partial(give_up, spider.crawler, "on the standard output")
        return FeedFile(sys.stdout.fileno(), "wb", on_error)


def give_up(crawler: Crawler, feed: str, error: OSError) -> None:
    """Log and count the error and end the crawl.

    What it stored from now on would be in no feed, neither this run's nor the next one's.
    """
    assert crawler.stats is not None
    crawler.stats.inc_value(RunOutcome.FEED_ERROR.stat)
    logger.critical(
        "The feed %s cannot be written: %s. The crawl ends; the store has what it lacks.",
        feed, error.strerror,
    )  # fmt: skip
    crawl.close_spider(crawler, CLOSE_REASON)
