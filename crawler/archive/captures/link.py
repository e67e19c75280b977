"""Links the records of a file: pages, their listings, their originals and rendered forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.archive.captures.model import Entry
from crawler.archive.location import RecordLocation
from crawler.archive.reader import WarcRecord
from crawler.archive.records import LISTING_MEDIA_TYPE
from crawler.dates.utc import format_utc

WEB_SCHEMES = ("http", "https")
OTHER_SCHEMES = ("dns", "ftp", "ntp", "whois")
"""Schemes of other responses that crawlers archive."""
RECORD_KINDS = ("warcinfo", "request", "response", "revisit", "metadata", "resource", "conversion",
         "continuation")  # fmt: skip
"""All record types of the standard."""


class _Original(NamedTuple):
    """Reference of a revisit to the record with its payload."""

    place: RecordLocation | None
    visit: str
    id: str


@dataclass(slots=True)
class PageLinker:
    """Collects the pages of a file record by record, and its problems as sentences."""

    path: Path
    name: str
    """Path of the file in which the records can be read."""
    records: int = 0
    problems: list[str] = field(default_factory=list)
    entries: list[Entry | None] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    """Index of a record's page in ``entries``, by record id."""
    payloads: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Offset and URL of a payload, by record id, and by URL and date."""
    waiting: list[tuple[int, _Original]] = field(default_factory=list)
    """Revisits whose original is not resolved yet, by index in ``entries``."""

    def add(self, record: WarcRecord, offset: int) -> None:
        """Add a record, given without its content."""
        self.records += 1
        try:
            match record.kind:
                case "response" if _is_of_web(record):
                    self._page(record, offset)
                case "resource" if _has_type(record, "text/html"):
                    self._page(record, offset)
                case "revisit" if "not-modified" not in _header(record, "WARC-Profile"):
                    self._page(record, offset)
                    self.waiting.append((len(self.entries) - 1, _original(record)))
                case "conversion" if _has_type(record, "text/html"):
                    self._conversion(record, offset)
                case "metadata" if _has_type(record, LISTING_MEDIA_TYPE):
                    self._row(record, offset)
                case other if other not in RECORD_KINDS:
                    raise ValueError(f"{other!r} is not a WARC record type")
        except (ValueError, OverflowError) as error:
            self.problems.append(f"{self.path}@{offset}: {error}")

    def finished(self) -> list[Entry]:
        """Return the pages; revisits without their original become one problem."""
        missing = []
        for number, original in self.waiting:
            entry = self.entries[number]
            payload = self._payload(original)
            if entry and payload:
                file, offset, url = payload
                self.entries[number] = replace(entry, payload=(file, offset), payload_url=url)
            elif entry:
                self.entries[number] = None
                missing.append(f"{entry.url} at byte {entry.offset}")
        if missing:
            self.problems.append(
                f"{self.path}: of pages that were unchanged, {len(missing)} refer to records that"
                f" are not there (for example {missing[0]})"
            )
        return [entry for entry in self.entries if entry is not None]

    def _page(self, record: WarcRecord, offset: int) -> None:
        url = _url(record)
        if urlsplit(url).scheme not in WEB_SCHEMES:
            raise ValueError(f"{url!r} is not the URL of a web page")
        entry = Entry(self.name, offset, url, _moment(record.date))
        if id := _header(record, "WARC-Record-ID"):
            self.by_id[id] = len(self.entries)
        if record.kind != "revisit":
            payload = offset, url
            self.payloads.setdefault(_visit_key(url, record.date), payload)
            self.payloads.setdefault(id, payload)
        self.entries.append(entry)

    def _conversion(self, record: WarcRecord, offset: int) -> None:
        """Add a rendered page in place of its source."""
        self._page(record, offset)
        of = self.by_id.get(_header(record, "WARC-Refers-To"))
        before = self.entries[of] if of is not None else None
        if of is not None and before is not None:
            made = self.entries[-1]
            assert made
            self.entries[of] = None
            self.entries[-1] = replace(
                made, listing_offset=before.listing_offset, fetched_at=before.fetched_at
            )

    def _row(self, record: WarcRecord, offset: int) -> None:
        of = self.by_id.get(_header(record, "WARC-Concurrent-To"))
        entry = self.entries[of] if of is not None else None
        if of is not None and entry is not None:
            self.entries[of] = replace(entry, listing_offset=offset)

    def _payload(self, original: _Original) -> tuple[str, int, str] | None:
        """Return file, offset and URL of the original: by location, by URL and date, or by id."""
        if original.place:
            file = self.path.absolute().parent.parent / original.place.file
            if file.is_file():
                url = original.visit.partition(" ")[2]
                return str(file), original.place.offset, url
        payload = self.payloads.get(original.visit) or self.payloads.get(original.id)
        return (self.name, *payload) if payload else None


def _has_type(record: WarcRecord, content_type: str) -> bool:
    return _header(record, "Content-Type").lower().startswith(content_type)


def _is_of_web(record: WarcRecord) -> bool:
    """Return True for a response of a web server. Raises ValueError if it has no HTTP headers."""
    if urlsplit(_url(record)).scheme in OTHER_SCHEMES:
        return False
    if not _has_type(record, "application/http"):
        raise ValueError(f"{_url(record)!r} is a response without HTTP headers")
    return True


def _header(record: WarcRecord, name: str) -> str:
    return record.headers.get_header(name) or ""


def _url(record: WarcRecord) -> str:
    return _address(record.url or "")


def _address(text: str) -> str:
    """As warcio has it: some tools write brackets around it, or blanks into it."""
    return text.strip("<>").replace(" ", "%20")


def _visit_key(url: str, date: str) -> str:
    return f"{date} {url}"


def _original(record: WarcRecord) -> _Original:
    url = _address(_header(record, "WARC-Refers-To-Target-URI"))
    visit = _visit_key(url, _header(record, "WARC-Refers-To-Date")) if url else ""
    try:
        place = record.refers_to
    except ValueError:
        place = None
    return _Original(place, visit, _header(record, "WARC-Refers-To"))


def _moment(date: str) -> str:
    """Return the time in the form of ``fetched_at``. Raises ValueError."""
    try:
        read = datetime.fromisoformat(date)
        zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
        return format_utc(zoned)
    except (ValueError, OverflowError):
        raise ValueError(f"{date!r} is not a valid WARC-Date") from None
