"""Data classes of captures: a page and its location in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scrapy.http import Response


@dataclass(frozen=True, slots=True)
class Entry:
    """Index entry of a page."""

    file: str
    """Path of the file that has the record at ``offset``."""
    offset: int
    """Offset of the ``response``, ``revisit``, ``conversion`` or ``resource`` record."""
    url: str
    fetched_at: str
    """UTC, ``2024-09-11T00:14:32Z``."""
    listing_offset: int | None = None
    """Offset of the metadata record with the article's listing."""
    payload: tuple[str, int] | None = None
    """File and offset of the record with the payload, if this is a revisit."""
    payload_url: str | None = None
    """URL of that record."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was received, decompressed and with its charset detected."""

    entry: Entry
    response: Response
    """The response as Scrapy passes it to a spider."""
    listing: dict[str, Any] | None
    """The article's listing, with the fields of :class:`ListingEntry`."""
    is_whole: bool
    """True if the record is not marked as truncated (``WARC-Truncated``)."""
