"""The numbers that bound a crawl, as settings: read in one place, refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable

from scrapy.settings import BaseSettings

LIMITS: dict[str, tuple[Callable[[str], float], str]] = {
    "REQUEST_BUDGET": (int, "a whole number of requests, or 0 for no bound"),
    "REVISITS_PER_RUN": (int, "a whole number of pages"),
    "BROWSER_PAGES": (int, "a whole number of pages, or 0 for no bound"),
    "ARCHIVE_DAYS": (int, "a whole number of days, or 0 for ever"),
    "ARCHIVE_MAX_MB": (int, "a whole number of megabytes"),
    "ARCHIVE_FREE_MB": (int, "a whole number of megabytes"),
    "RETRY_AFTER_MAX": (float, "a number of seconds"),
    "DOWNLOAD_DELAY": (float, "a number of seconds"),
    "DOWNLOAD_TIMEOUT": (float, "a number of seconds"),
    "DOWNLOAD_MAXSIZE": (int, "a whole number of bytes, or 0 for no bound"),
}
"""Ours, and of Scrapy's those that the README names; none is negative."""


def limit_of(settings: BaseSettings, name: str) -> float:
    """A setting of ``BOUNDS``. ValueError with one sentence where it is no such number."""
    read, form = LIMITS[name]
    try:
        value = read(str(settings[name]))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"{name}={settings[name]!r} is not {form}")
    return value


def check_limits(settings: BaseSettings) -> None:
    """Read all of them. ValueError as in ``bound``."""
    for name in LIMITS:
        limit_of(settings, name)
