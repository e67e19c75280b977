"""Reads a record of the archive by its location."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from crawler.archive.location import RecordLocation
from crawler.archive.scan import read_member

_HEADERS_PARSER = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES)
_MAX_SENTENCE = 500
"""Characters of a message about a file."""

PAGE_KINDS = ("response", "conversion", "revisit")
"""Types of the records that hold or refer to a page."""


class Unreadable(Exception):
    """There is no readable record; the text is a short reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(printable(reason))


def printable(text: str) -> str:
    """Return text from a file in one line without control characters, for a terminal."""
    cut = text if len(text) <= _MAX_SENTENCE else f"{text[:_MAX_SENTENCE]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


@dataclass(slots=True)
class WarcRecord:
    """A record: its type, URL, time (in WARC's form) and payload.

    The payload of an HTTP response is its body as received; ``http`` has its headers.
    """

    kind: str
    url: str | None
    date: str
    headers: StatusAndHeaders
    http: StatusAndHeaders | None
    payload: bytes
    problem: str | None
    """Digests that do not match, as a message."""

    @property
    def digest(self) -> str | None:
        """Digest of the payload."""
        digest: str | None = self.headers.get_header("WARC-Payload-Digest")
        return digest

    @property
    def refers_to(self) -> RecordLocation | None:
        """Location of the record with the payload, if this is a revisit."""
        file = self.headers.get_header("WARC-Refers-To-Filename")
        offset = self.headers.get_header("WARC-Refers-To-File-Offset")
        return RecordLocation.read(f"{file}@{offset}") if file and offset else None


def parse(content: bytes, *, check: bool = True) -> WarcRecord:
    """Parse a record from its decompressed bytes; ``check`` its digests. Raises Unreadable."""
    try:
        for record in ArchiveIterator(BytesIO(content), check_digests=check):
            payload = record.raw_stream.read()
            checker = record.digest_checker
            return WarcRecord(
                kind=record.rec_type,
                url=record.rec_headers.get_header("WARC-Target-URI"),
                date=record.rec_headers.get_header("WARC-Date") or "",
                headers=record.rec_headers,
                http=record.http_headers,
                payload=payload,
                # a digest of an unknown algorithm is not a wrong one
                problem="; ".join(text for text in checker.problems if "failed" in text) or None,
            )
    except Exception as error:  # warcio raises various errors for invalid records
        raise Unreadable(str(error) or type(error).__name__) from None
    raise Unreadable("it is empty")


def parse_head(content: bytes) -> WarcRecord:
    """Parse a record's headers from its beginning, without its payload. Raises Unreadable."""
    try:
        headers = _HEADERS_PARSER.parse(BytesIO(content.partition(b"\r\n\r\n")[0]))
    except StatusAndHeadersParserException as error:
        raise Unreadable(str(error)) from None
    get = headers.get_header
    kind, url, date = get("WARC-Type") or "", get("WARC-Target-URI"), get("WARC-Date") or ""
    return WarcRecord(kind, url, date, headers, http=None, payload=b"", problem=None)


def record_at(folder: Path, location: RecordLocation) -> WarcRecord:
    """Read the record at a location. Raises Unreadable, and OSError if the file is missing."""
    with (folder / location.file).open("rb") as file:
        member, _ = read_member(file, location.offset)
    if member is None:
        raise Unreadable("there is no record")
    return parse(member.content)


def page_at(folder: Path, location: RecordLocation) -> WarcRecord:
    """Read the record with the page: the one at the location, or that a revisit refers to.

    Raises like :func:`record_at`.
    """
    record = record_at(folder, location)
    if record.kind != "revisit":
        return record
    if record.refers_to is None:
        raise Unreadable("a revisit without a reference to a record")
    return record_at(folder, record.refers_to)
