"""Log lines that fit on a line, and a log file that is no need.

A drop names its reason and address, not the whole item.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any

from scrapy import Spider, logformatter
from scrapy.http import Response
from scrapy.logformatter import LogFormatterResult
from scrapy.settings import BaseSettings
from scrapy.utils.log import TopLevelFormatter
from twisted.python.failure import Failure


class LogFormatter(logformatter.LogFormatter):
    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        result = super().dropped(item, exception, response, spider)
        return {
            **result,
            "msg": "Dropped (%(reason)s): %(exception)s",
            "args": {"reason": type(exception).__name__, "exception": exception},
        }


class LogFile(logging.FileHandler):
    """A log file. Where it cannot be written, that is said once on stderr, and the run goes on:
    a full disk costs log lines, and no article. Lines come again once there is room."""

    has_failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self.has_failed:
            self.has_failed = True
            why = f"cannot be written: {error.strerror}; the run goes on without"
            print(f"scrapy: the log file {self.baseFilename} {why}", file=sys.stderr)

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def log_to_file(settings: BaseSettings) -> None:
    """Write the log that ``LOG_FILE`` asks for, in place of Scrapy, which would end at a full
    disk or fill stderr with tracebacks. OSError where there is no such file."""
    name = settings["LOG_FILE"]
    if not name:
        return
    mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
    handler = LogFile(name, mode, encoding=settings["LOG_ENCODING"])
    handler.setFormatter(logging.Formatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]))
    handler.setLevel(settings["LOG_LEVEL"])
    if settings.getbool("LOG_SHORT_NAMES"):
        handler.addFilter(TopLevelFormatter(["scrapy"]))
    logging.root.addHandler(handler)
    settings.set("LOG_FILE", None, priority="cmdline")
    settings.set("LOG_ENABLED", False, priority="cmdline")
