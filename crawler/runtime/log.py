"""Log lines that fit on a line and hold no secret, and a log file that is no need.

A drop names its reason and address, not the whole item. A log file named ``….jsonl`` holds JSON.
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
"""What lets its reader in somewhere, as it stands in the addresses and settings that are logged."""


def redact_secrets(text: str) -> str:
    return SECRETS.sub(lambda found: f"{''.join(filter(None, found.groups()))}***", text)


class RedactingLogRecord(logging.LogRecord):
    """What is logged, before any handler has seen it: without secrets, tracebacks too."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.exc_info:
            self.exc_text = redact_secrets(logging.Formatter().formatException(self.exc_info))

    def getMessage(self) -> str:
        return redact_secrets(super().getMessage())


class JsonLines(logging.Formatter):
    """A record as one line of JSON: ``time`` (UTC, ISO 8601), ``level``, ``logger``, ``outlet``
    where it is known, ``message``, and ``exception``, the traceback, where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "outlet": outlet_of(record),
            "message": record.getMessage(),
            "exception": record.exc_text,
        }
        told = {name: value for name, value in fields.items() if value is not None}
        line = json.dumps(told, ensure_ascii=False)
        # What no reader sees may steer a terminal, or end the line for some.
        return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def outlet_of(record: logging.LogRecord) -> str | None:
    """Whose crawl speaks, where it says so as Scrapy's own parts do."""
    crawler = getattr(record, "crawler", None)
    spider = getattr(record, "spider", None) or getattr(crawler, "spider", None)
    return getattr(spider, "name", None)


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


def configure_log(settings: BaseSettings) -> None:
    """Keep secrets out of the log, and write the file that ``LOG_FILE`` asks for in place of
    Scrapy, which would end at a full disk or fill stderr with tracebacks. OSError where there is
    no such file."""
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
