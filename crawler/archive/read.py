"""A record read back from where the store says that it lies."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders

from crawler.archive.place import Place
from crawler.archive.walk import read_member

HEAD = 1 << 16
"""Bytes in which a record's own headers stand."""

PAGES = ("response", "conversion", "revisit")
"""Types of the records that hold, or stand for, a page."""


class Unreadable(Exception):
    """What lies there is no record; its text says why in a few words."""


@dataclass(slots=True)
class Record:
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
    def refers_to(self) -> Place | None:
        """Of a revisit: the record with the payload."""
        file = self.headers.get_header("WARC-Refers-To-Filename")
        offset = self.headers.get_header("WARC-Refers-To-File-Offset")
        return Place.read(f"{file}@{offset}") if file and offset else None


def parse(content: bytes) -> Record:
    """A record from its bytes, unpacked. Raises Unreadable."""
    try:
        for found in ArchiveIterator(BytesIO(content), check_digests=True):
            payload = found.raw_stream.read()
            checker = found.digest_checker
            return Record(
                kind=found.rec_type,
                url=found.rec_headers.get_header("WARC-Target-URI"),
                date=found.rec_headers.get_header("WARC-Date") or "",
                headers=found.rec_headers,
                http=found.http_headers,
                payload=payload,
                problem=None if checker.passed is not False else "; ".join(checker.problems),
            )
    except (ArchiveLoadFailed, ValueError, EOFError) as error:
        raise Unreadable(str(error) or type(error).__name__) from None
    raise Unreadable("it is empty")


def parse_head(content: bytes) -> Record:
    """The same from the beginning of its bytes, without what it carries."""
    head, _, _ = content.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return parse(b"\r\n".join([*lines, b"Content-Length: 0"]) + b"\r\n" * 4)


def record_at(folder: Path, place: Place) -> Record:
    """The record at a place. Raises Unreadable, OSError where there is no such file."""
    with (folder / place.file).open("rb") as file:
        member, _ = read_member(file, place.offset)
    if member is None:
        raise Unreadable("there is no record")
    return parse(member.content)


def page_at(folder: Path, place: Place) -> Record:
    """The record that holds the page of a place: of a revisit, the one that it refers to. Raises
    as ``record_at`` does."""
    record = record_at(folder, place)
    if record.kind != "revisit":
        return record
    if record.refers_to is None:
        raise Unreadable("a revisit that does not say of which record")
    return record_at(folder, record.refers_to)
