"""Converts between moments and their text in the store and the feeds: ``2024-09-11T00:14:32Z``.

Texts are UTC with whole seconds, so they sort as the moments do.
"""

from __future__ import annotations

from datetime import UTC, datetime


def format_utc(moment: datetime) -> str:
    """Return an aware moment as text; fractions of a second are cut off."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse_utc(text: str) -> datetime:
    """Return the aware moment of such a text. Raises ValueError if the text is not ISO 8601."""
    return datetime.fromisoformat(text).astimezone(UTC)


def utc_now() -> str:
    """Return the present second as text."""
    return format_utc(datetime.now(UTC))
