"""Table of the numeric settings, with one check for all of them."""

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
"""Malgeum's numeric settings, and Scrapy's that the docs name. None may be negative."""


def limit_of(settings: BaseSettings, name: str) -> float:
    """Return a setting of ``LIMITS``. Raises ValueError with one sentence if it is invalid."""
    read, form = LIMITS[name]
    try:
        value = read(str(settings[name]))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"{name}={settings[name]!r} is not {form}")
    return value


def check_limits(settings: BaseSettings) -> None:
    """Check all settings of ``LIMITS``. Raises ValueError as ``limit_of`` does."""
    for name in LIMITS:
        limit_of(settings, name)
