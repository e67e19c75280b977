"""Iterates over the gzip members of our own files, one per record, and resumes after damage."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from crawler.archive.bytestream import CHUNK, GZIP, MAX_RECORD_BYTES, WARC, Damaged, Stream

RECORD_START = re.compile(rb"WARC/\d\.\d+\r?\n[A-Za-z][A-Za-z-]*:")
"""The beginning of an uncompressed record."""
_MEMBER = re.compile(rb"\x1f\x8b\x08")
_RECORD = re.compile(b"|".join([_MEMBER.pattern, RECORD_START.pattern]))
_OVERLAP = 64
"""Bytes in which a record's beginning is recognized."""


class Member(NamedTuple):
    """A compressed record; ``content`` is its beginning if a limit was given."""

    offset: int
    length: int
    content: bytes


class DamagedRange(NamedTuple):
    """Bytes that are not a record.

    ``is_truncated``: they are the beginning of a record at the end of the file, whose writer was
    killed.
    """

    offset: int
    length: int
    is_truncated: bool


def scan_members(file: BinaryIO, most: int | None = None) -> Iterator[Member | DamagedRange]:
    """Yield all records and damaged ranges of a file; of each record at most ``most`` bytes.

    Records after damage are found. Raises OSError.
    """
    offset, end = 0, file.seek(0, 2)
    while offset < end:
        member, is_cut = read_member(file, offset, most)
        if member is None:
            following = next_member(file, offset + 1, end)
            yield DamagedRange(offset, following - offset, is_cut and following == end)
            offset = following
        else:
            yield member
            offset += member.length


def read_member(file: BinaryIO, offset: int, most: int | None = None) -> tuple[Member | None, bool]:
    """Return the record at ``offset``; or None, and True if only its end is missing."""
    stream = Stream(file, offset, is_packed=True)
    try:
        content = stream.read(MAX_RECORD_BYTES if most is None else most)
        stream.skip_all()
    except Damaged as damage:
        return None, damage.is_cut
    if not content.startswith(WARC):
        return None, False
    return Member(offset, stream.end - offset, content), False


def next_member(file: BinaryIO, offset: int, end: int) -> int:
    """Return the offset of the next compressed record, or the end of the file."""
    return _next(file, offset, end, _MEMBER)


def next_record(file: BinaryIO, offset: int, end: int) -> int:
    """Return the offset of the next record, compressed or not, or the end of the file."""
    return _next(file, offset, end, _RECORD)


def _next(file: BinaryIO, offset: int, end: int, beginning: re.Pattern[bytes]) -> int:
    before, at = b"", offset
    file.seek(offset)
    while content := file.read(CHUNK):
        window = before + content
        for begin in beginning.finditer(window):
            start = at - len(before) + begin.start()
            if not begin[0].startswith(GZIP) or _is_member_start(file, start):
                return start
        at += len(content)
        file.seek(at)
        before = window[-_OVERLAP:]
    return end


def _is_member_start(file: BinaryIO, offset: int) -> bool:
    """Return True if a compressed record begins at ``offset``; its end is not checked."""
    file.seek(offset)
    try:
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return unpack.decompress(file.read(CHUNK), len(WARC)) == WARC
    except zlib.error:
        return False
