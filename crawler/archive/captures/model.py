"""A page as an archive holds it, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scrapy.http import Response


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a page lies in a file: what the index says of it, without reading it."""

    file: str
    """Path of a file in which it can be read at ``offset``."""
    offset: int
    """Of the ``response``, ``revisit``, ``conversion`` or ``resource`` record."""
    url: str
    fetched_at: str
    """UTC, ``2024-09-11T00:14:32Z``."""
    listing_offset: int | None = None
    """Of the record that tells what a list or feed showed of the article."""
    payload: tuple[str, int] | None = None
    """Of a revisit: file and offset of the record that holds what came."""
    payload_url: str | None = None
    """The address that this was the answer of."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it came: nothing packed any more, in the charset that its bytes are in."""

    entry: Entry
    response: Response
    """As Scrapy gives it to a spider: status, headers, text where it is text."""
    listing: dict[str, Any] | None
    """What a list or feed showed of the article, as :class:`ListingEntry` has it."""
    is_whole: bool
    """Whether the record says nothing of having been cut (``WARC-Truncated``)."""
