"""What the records of a file mean: which are pages, and what belongs to which."""

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
"""Schemes of other answers that crawlers keep."""
RECORD_KINDS = ("warcinfo", "request", "response", "revisit", "metadata", "resource", "conversion",
         "continuation")  # fmt: skip
"""All that the standard has."""


class _Original(NamedTuple):
    """What a revisit says of the record with its payload."""

    place: RecordLocation | None
    visit: str
    id: str


@dataclass(slots=True)
class PageLinker:
    """What is found in a file, record by record, and what there is to tell of it."""

    path: Path
    name: str
    """Of the file in which the records can be read, where that is another."""
    records: int = 0
    problems: list[str] = field(default_factory=list)
    entries: list[Entry | None] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    """Where the page of a record stands in ``entries``."""
    payloads: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Where a payload lies, and the address that it is of: by record, and by address and date."""
    waiting: list[tuple[int, _Original]] = field(default_factory=list)
    """Revisits, of which the payload's record is not known yet."""

    def add(self, record: WarcRecord, offset: int) -> None:
        """A record that lies there, without its content."""
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
                    raise ValueError(f"{other!r} is no kind of record")
        except (ValueError, OverflowError) as error:
            self.problems.append(f"{self.path}@{offset}: {error}")

    def finished(self) -> list[Entry]:
        """The pages; revisits of what is not there are told in one sentence."""
        missing = []
        for place, original in self.waiting:
            entry = self.entries[place]
            payload = self._payload(original)
            if entry and payload:
                file, offset, url = payload
                self.entries[place] = replace(entry, payload=(file, offset), payload_url=url)
            elif entry:
                self.entries[place] = None
                missing.append(f"{entry.url} at byte {entry.offset}")
        if missing:
            self.problems.append(
                f"{self.path}: of pages that came unchanged, {len(missing)} refer to records that"
                f" are not there, or no more, as {missing[0]}"
            )
        return [entry for entry in self.entries if entry is not None]

    def _page(self, record: WarcRecord, offset: int) -> None:
        url = _url(record)
        if urlsplit(url).scheme not in WEB_SCHEMES:
            raise ValueError(f"{url!r} is no address of a web page")
        entry = Entry(self.name, offset, url, _moment(record.date))
        if id := _header(record, "WARC-Record-ID"):
            self.by_id[id] = len(self.entries)
        if record.kind != "revisit":
            payload = offset, url
            self.payloads.setdefault(_visit_key(url, record.date), payload)
            self.payloads.setdefault(id, payload)
        self.entries.append(entry)

    def _conversion(self, record: WarcRecord, offset: int) -> None:
        """Stands for the page that it was made of."""
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
        """Where what came lies, and of what address it is: by our place in the archive, by address
        and date, or by the record's name."""
        if original.place:
            file = self.path.absolute().parent.parent / original.place.file
            if file.is_file():
                url = original.visit.partition(" ")[2]
                return str(file), original.place.offset, url
        found = self.payloads.get(original.visit) or self.payloads.get(original.id)
        return (self.name, *found) if found else None


def _has_type(record: WarcRecord, content_type: str) -> bool:
    return _header(record, "Content-Type").lower().startswith(content_type)


def _is_of_web(record: WarcRecord) -> bool:
    """ValueError for the answer of a web server that does not say so."""
    if urlsplit(_url(record)).scheme in OTHER_SCHEMES:
        return False
    if not _has_type(record, "application/http"):
        raise ValueError(f"{_url(record)!r} is a response that is none of HTTP")
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
    """As items carry it. ValueError where it is no date."""
    try:
        read = datetime.fromisoformat(date)
        zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
        return format_utc(zoned)
    except (ValueError, OverflowError):
        raise ValueError(f"{date!r} is no time at which a page was fetched") from None
