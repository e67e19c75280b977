"""Iterates over the records of a WARC file, skipping damaged parts; any gzip layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from crawler.archive.bytestream import CHUNK, GZIP, HEADER_END, WARC, Damaged, Stream, read_head
from crawler.archive.reader import Unreadable, WarcRecord, parse_head
from crawler.archive.scan import RECORD_START, next_member, next_record

Next = Callable[[BinaryIO, int, int], int]
"""Returns the offset, between two others, at which the next record of a file begins."""

_LINES = 256
"""Bytes read after a record, where its empty lines are."""
_OVERLAP = 64
"""Bytes in which a record's beginning is recognized."""


class ScannedRecord(NamedTuple):
    """A record without its content, and its byte offset."""

    record: WarcRecord
    offset: int


@dataclass(slots=True)
class UnreadableRange:
    """A range of bytes without a readable record, and the reason for its beginning."""

    offset: int
    following: int
    reason: str
    unpacked_end: int = 0
    """Offset in the decompressed file at which the content of the member ends."""


class SolidGzip(Exception):
    """Records are compressed together, so that none can be read alone."""


def records(file: BinaryIO) -> Iterator[ScannedRecord | UnreadableRange]:
    """Yield all records and unreadable ranges of a file; records after damage are found.

    Raises SolidGzip, and OSError.
    """
    offset, end = 0, file.seek(0, 2)
    damaged: UnreadableRange | None = None
    while offset < end:
        file.seek(offset)
        stream = Stream(file, offset, is_packed=file.read(len(GZIP)) == GZIP)
        try:
            scanned = ScannedRecord(_record(stream), offset)
        except Damaged as damage:
            if stream.unpack and not stream.is_broken and _holds_more(file, offset):
                raise SolidGzip from None
            offset = _resume_offset(stream, file, end)
            damaged = damaged or UnreadableRange(stream.begin, offset, str(damage))
            damaged.following = offset
        else:
            if damaged:
                yield damaged
                damaged = None
            yield scanned
            offset = stream.end
    if damaged:
        yield damaged


def unpack(file: BinaryIO, out: BinaryIO) -> Iterator[UnreadableRange]:
    """Decompress a file into another; yield members that cannot be decompressed completely.

    Raises OSError.
    """
    offset, end = 0, file.seek(0, 2)
    while offset < end:
        stream = Stream(file, offset, is_packed=True)
        try:
            while content := stream.read_available():
                out.write(content)
            offset = stream.end
        except Damaged as damage:
            offset = _resume_offset(stream, file, end, next_member)
            yield UnreadableRange(stream.begin, offset, str(damage), out.tell())


def _record(stream: Stream) -> WarcRecord:
    """Read a record and skip its content.

    Raises Damaged, and SolidGzip if another record is compressed with it.
    """
    head, length = read_head(stream)
    skipped = stream.skip(length)
    if skipped < length:
        raise Damaged(f"it should have {length} bytes and has {skipped}")
    _pass_lines(stream)
    try:
        return parse_head(head)
    except Unreadable as error:
        raise Damaged(str(error)) from None


def _pass_lines(stream: Stream) -> None:
    """Skip the empty lines after a record: two, or more."""
    lines, rest = 0, b""
    while not rest and (more := stream.read(_LINES)):
        rest = more.lstrip(b"\r\n")
        lines += len(more) - len(rest)
    stream.push_back(rest)
    if stream.unpack and rest.startswith(WARC):
        raise SolidGzip
    if rest and not rest.startswith(WARC) and (stream.unpack or lines < len(HEADER_END)):
        raise Damaged("it is longer than it says")


def _holds_more(file: BinaryIO, offset: int) -> bool:
    """Return True if a member has a second record."""
    stream = Stream(file, offset, is_packed=True)
    try:
        window = stream.read(len(WARC))[1:]
        while content := stream.read_available():
            window = window[-_OVERLAP:] + content
            if RECORD_START.search(window):
                return True
    except Damaged:
        pass
    return False


def _resume_offset(stream: Stream, file: BinaryIO, end: int, next: Next = next_record) -> int:
    """Return the offset at which to continue after a damaged record.

    That is the end of its member if that can be decompressed, else the next record's beginning.
    """
    if stream.unpack is None:
        return next(file, stream.begin + 1, end)
    with suppress(Damaged):
        stream.skip_all()
        return stream.end
    return next(file, max(stream.begin + 1, stream.next - CHUNK), end)
