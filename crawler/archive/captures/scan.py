"""Through the records of a WARC file, whatever has become of it and however they are packed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from crawler.archive.bytestream import CHUNK, GZIP, HEADER_END, WARC, Damaged, Stream, read_head
from crawler.archive.reader import Unreadable, WarcRecord, parse_head
from crawler.archive.scan import RECORD_START, next_member, next_record

Next = Callable[[BinaryIO, int, int], int]
"""Finds, in a file from a byte on and up to another, where something begins."""

_LINES = 256
"""Bytes that are looked at behind a record, where empty lines stand."""
_OVERLAP = 64
"""Bytes in which a record's beginning is seen."""


class ScannedRecord(NamedTuple):
    """A record, without what it holds, and the byte at which it begins."""

    record: WarcRecord
    offset: int


@dataclass(slots=True)
class UnreadableRange:
    """Bytes that are no record that can be read, and why the first of them are not."""

    offset: int
    following: int
    reason: str
    unpacked_end: int = 0
    """Of a member that was unpacked: where what came out of it ends."""


class SolidGzip(Exception):
    """Records are packed as one, so that none of them can be read alone."""


def records(file: BinaryIO) -> Iterator[ScannedRecord | UnreadableRange]:
    """All that lies in the file, from its beginning to its end; what follows damage is found again.
    Raises Together, and OSError where the file cannot be read."""
    offset, end = 0, file.seek(0, 2)
    damaged: UnreadableRange | None = None
    while offset < end:
        file.seek(offset)
        stream = Stream(file, offset, is_packed=file.read(len(GZIP)) == GZIP)
        try:
            found = ScannedRecord(_record(stream), offset)
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
            yield found
            offset = stream.end
    if damaged:
        yield damaged


def unpack(file: BinaryIO, out: BinaryIO) -> Iterator[UnreadableRange]:
    """Write all that is packed in a file into another; gives what cannot be unpacked to its end.
    OSError where the one cannot be read or the other written."""
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
    """The record that lies there; the stream is read up to its very end. Raises Damaged, and
    Together where another is packed with it."""
    head, length = read_head(stream)
    found = stream.skip(length)
    if found < length:
        raise Damaged(f"it is to hold {length} bytes and has {found}")
    _pass_lines(stream)
    try:
        return parse_head(head)
    except Unreadable as error:
        raise Damaged(str(error)) from None


def _pass_lines(stream: Stream) -> None:
    """Pass over the empty lines behind a record, two or as many as there are."""
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
    """Whether a member has another record behind the one that it begins with."""
    stream = Stream(file, offset, is_packed=True)
    try:
        looked = stream.read(len(WARC))[1:]
        while content := stream.read_available():
            looked = looked[-_OVERLAP:] + content
            if RECORD_START.search(looked):
                return True
    except Damaged:
        pass
    return False


def _resume_offset(stream: Stream, file: BinaryIO, end: int, next: Next = next_record) -> int:
    """Where to go on after what the stream has: behind a member that can be unpacked, whatever is
    in it; else at the next that begins where it broke or later."""
    if stream.unpack is None:
        return next(file, stream.begin + 1, end)
    with suppress(Damaged):
        stream.skip_all()
        return stream.end
    return next(file, max(stream.begin + 1, stream.next - CHUNK), end)
