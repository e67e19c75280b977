"""Where a crawl's feed is written.

What it cannot take, on a full disk for example, ends the crawl with one sentence, and leaves no
half article in the file.
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
"""Why a crawl ended whose feed could not be written."""


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
    """Log and count what failed, and end the crawl: what it stores
    from now on would be in no feed, neither this run's nor the next one's."""
    assert crawler.stats is not None
    crawler.stats.inc_value(RunOutcome.FEED_ERROR.stat)
    logger.critical(
        "The feed %s cannot be written: %s. The crawl ends; what is not in it is in the store.",
        feed, error.strerror,
    )  # fmt: skip
    crawl.close_spider(crawler, CLOSE_REASON)
