"""Logging: single-line messages with secrets masked, and a log file that may fail.

A drop is logged with its reason and URL, without the item. A log file named ``….jsonl`` holds JSON.
A log file that cannot be written does not stop the crawl.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from scrapy import Spider, logformatter
from scrapy.http import Response
from scrapy.logformatter import LogFormatterResult
from scrapy.settings import BaseSettings
from scrapy.utils.log import TopLevelFormatter
from twisted.python.failure import Failure


class LogFormatter(logformatter.LogFormatter):
    """Log formatter that names the reason of a drop."""

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Return a message with the exception's name and text, without the item."""
        result = super().dropped(item, exception, response, spider)
        return {
            **result,
            "msg": "Dropped (%(reason)s): %(exception)s",
            "args": {"reason": type(exception).__name__, "exception": exception},
        }


SECRETS = re.compile(
    r"""
      (?<=://) ([^\s:/@]*:) [^\s@]+ (?=@)                       # user:password@host
    | (?<=/bot) \d+:[\w-]+                                     # Telegram
    | (?<=/services/) T\w+/B\w+/\w+                            # Slack
    | (?<=/api/webhooks/) [\w/-]+                              # Discord
    | ([?&] (?:api_?key|\w*token|\w*secret|passw\w*|signature) =) [^\s&#"']+
    | ('\w*(?:SECRET|PASS|TOKEN)\w*':\ +) '[^'\n]+'           # as Scrapy lists its settings
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Credentials, in the forms in which they occur in logged URLs and settings."""


def redact_secrets(text: str) -> str:
    """Return a text with credentials replaced by ``***``."""
    return SECRETS.sub(lambda match: f"{''.join(filter(None, match.groups()))}***", text)


class RedactingLogRecord(logging.LogRecord):
    """Log record whose message and traceback hold no secrets."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.exc_info:
            self.exc_text = redact_secrets(logging.Formatter().formatException(self.exc_info))

    def getMessage(self) -> str:
        """Return the message without secrets."""
        return redact_secrets(super().getMessage())


class JsonLines(logging.Formatter):
    """Log formatter that writes one JSON object per record.

    Keys: ``time`` (UTC, ISO 8601), ``level``, ``logger``, ``outlet`` if known, ``message``, and
    ``exception``, the traceback, if there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "outlet": outlet_of(record),
            "message": record.getMessage(),
            "exception": record.exc_text,
        }
        present = {name: value for name, value in fields.items() if value is not None}
        line = json.dumps(present, ensure_ascii=False)
        # Invisible characters may control a terminal, or end the line in some programs.
        return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def outlet_of(record: logging.LogRecord) -> str | None:
    """Return the outlet whose crawl logged the record, if the record names it."""
    crawler = getattr(record, "crawler", None)
    spider = getattr(record, "spider", None) or getattr(crawler, "spider", None)
    return getattr(spider, "name", None)


class LogFile(logging.FileHandler):
    """Log file that reports a write error once, on stderr, and lets the run continue.

    A full disk costs log lines, but no article. Lines are written again once there is space.
    """

    has_failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Report the first OSError on stderr."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self.has_failed:
            self.has_failed = True
            reason = f"cannot be written: {error.strerror}; the run continues without it"
            print(f"scrapy: the log file {self.baseFilename} {reason}", file=sys.stderr)

    def close(self) -> None:
        """Close the file; a full disk is no error."""
        with suppress(OSError):
            super().close()


def configure_log(settings: BaseSettings) -> None:
    """Mask secrets in the log, and open ``LOG_FILE`` in place of Scrapy.

    Scrapy would stop at a full disk or fill stderr with tracebacks. Raises OSError if the file
    cannot be opened.
    """
    logging.setLogRecordFactory(RedactingLogRecord)
    name = settings["LOG_FILE"]
    if not name:
        return
    mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
    handler = LogFile(name, mode, encoding=settings["LOG_ENCODING"])
    plain = logging.Formatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"])
    handler.setFormatter(JsonLines() if name.endswith(".jsonl") else plain)
    handler.setLevel(settings["LOG_LEVEL"])
    if settings.getbool("LOG_SHORT_NAMES"):
        handler.addFilter(TopLevelFormatter(["scrapy"]))
    logging.root.addHandler(handler)
    settings.set("LOG_FILE", None, priority="cmdline")
    settings.set("LOG_ENABLED", False, priority="cmdline")
