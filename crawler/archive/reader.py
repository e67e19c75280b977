"""A record read back from where the store says that it lies."""

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
"""Characters of a sentence about a file."""

PAGE_KINDS = ("response", "conversion", "revisit")
"""Types of the records that hold, or stand for, a page."""


class Unreadable(Exception):
    """What lies there is no record; its text says why in a few words."""

    def __init__(self, why: str) -> None:
        super().__init__(printable(why))


def printable(text: str) -> str:
    """What a file says, as it may go to a terminal: in a line that steers nothing."""
    cut = text if len(text) <= _MAX_SENTENCE else f"{text[:_MAX_SENTENCE]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


@dataclass(slots=True)
class WarcRecord:
    """A record: its type, address, time (as WARC writes it), and what it carries: of an HTTP
    answer the body as it came, with what it says of itself in ``http``."""

    kind: str
    url: str | None
    date: str
    headers: StatusAndHeaders
    http: StatusAndHeaders | None
    payload: bytes
    problem: str | None
    """Which of its digests is wrong."""

    @property
    def digest(self) -> str | None:
        """Of the payload."""
        found: str | None = self.headers.get_header("WARC-Payload-Digest")
        return found

    @property
    def refers_to(self) -> RecordLocation | None:
        """Of a revisit: the record with the payload."""
        file = self.headers.get_header("WARC-Refers-To-Filename")
        offset = self.headers.get_header("WARC-Refers-To-File-Offset")
        return RecordLocation.read(f"{file}@{offset}") if file and offset else None


def parse(content: bytes, *, check: bool = True) -> WarcRecord:
    """A record from its bytes, unpacked; ``check`` its digests. Raises Unreadable."""
    try:
        for found in ArchiveIterator(BytesIO(content), check_digests=check):
            payload = found.raw_stream.read()
            checker = found.digest_checker
            return WarcRecord(
                kind=found.rec_type,
                url=found.rec_headers.get_header("WARC-Target-URI"),
                date=found.rec_headers.get_header("WARC-Date") or "",
                headers=found.rec_headers,
                http=found.http_headers,
                payload=payload,
                # a digest that nobody here can reckon is no wrong one
                problem="; ".join(one for one in checker.problems if "failed" in one) or None,
            )
    except Exception as error:  # whatever warcio meets in what is no record
        raise Unreadable(str(error) or type(error).__name__) from None
    raise Unreadable("it is empty")


def parse_head(content: bytes) -> WarcRecord:
    """The same from the beginning of its bytes, without what it carries. Raises Unreadable."""
    try:
        headers = _HEADERS_PARSER.parse(BytesIO(content.partition(b"\r\n\r\n")[0]))
    except StatusAndHeadersParserException as error:
        raise Unreadable(str(error)) from None
    told = headers.get_header
    kind, url, date = told("WARC-Type") or "", told("WARC-Target-URI"), told("WARC-Date") or ""
    return WarcRecord(kind, url, date, headers, http=None, payload=b"", problem=None)


def record_at(folder: Path, place: RecordLocation) -> WarcRecord:
    """The record at a place. Raises Unreadable, OSError where there is no such file."""
    with (folder / place.file).open("rb") as file:
        member, _ = read_member(file, place.offset)
    if member is None:
        raise Unreadable("there is no record")
    return parse(member.content)


def page_at(folder: Path, place: RecordLocation) -> WarcRecord:
    """The record that holds the page of a place: of a revisit, the one that it refers to. Raises
    as ``record_at`` does."""
    record = record_at(folder, place)
    if record.kind != "revisit":
        return record
    if record.refers_to is None:
        raise Unreadable("a revisit that does not say of which record")
    return record_at(folder, record.refers_to)
