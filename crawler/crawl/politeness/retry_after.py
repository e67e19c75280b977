"""What a busy host's Retry-After asks for, in seconds or as a time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Response

BUSY = {429, 503}
"""RFC 6585 and RFC 9110; with any other status Retry-After asks for no second try."""


def seconds_asked(response: Response, now: datetime) -> float:
    """How long a busy host asks to be left alone; 0 where it does not.

    A time is compared with the response's own Date, since the host's clock may be wrong.
    """
    given = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if response.status not in BUSY or not given:
        return 0
    if given.isascii() and given.isdecimal():
        return float(given)
    until = _moment(given)
    sent = _moment((response.headers.get("Date") or b"").decode("latin-1")) or now
    return max(0, (until - sent).total_seconds()) if until else 0


def _moment(date: str) -> datetime | None:
    """An HTTP date, in any of its three forms; a form without zone is in GMT too."""
    try:
        read = parsedate_to_datetime(date)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
