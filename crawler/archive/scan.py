"""Through a file of gzip members, one a record, whatever has become of it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from crawler.archive.bytestream import CHUNK, GZIP, MAX_RECORD_BYTES, WARC, Damaged, Stream

RECORD_START = re.compile(rb"WARC/\d\.\d+\r?\n[A-Za-z][A-Za-z-]*:")
"""How a record begins that is not packed."""
_MEMBER = re.compile(rb"\x1f\x8b\x08")
_RECORD = re.compile(b"|".join([_MEMBER.pattern, RECORD_START.pattern]))
_OVERLAP = 64
"""Bytes in which that is seen."""


class Member(NamedTuple):
    """A record as it lies in the file; ``content`` is its beginning where that was asked for."""

    offset: int
    length: int
    content: bytes


class DamagedRange(NamedTuple):
    """Bytes that are no record. ``is_truncated``: the beginning of one, at the end of the file: it
    was being written when its writer was killed."""

    offset: int
    length: int
    is_truncated: bool


def scan_members(file: BinaryIO, most: int | None = None) -> Iterator[Member | DamagedRange]:
    """All that lies in the file, from its beginning to its end; of each record ``most`` bytes, if
    given. What follows damage is found again. OSError where the file cannot be read."""
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
    """The record that begins at ``offset``; else None, and whether only its end is missing."""
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
    """Where the next packed record begins, or the end of the file."""
    return _next(file, offset, end, _MEMBER)


def next_record(file: BinaryIO, offset: int, end: int) -> int:
    """Where the next record begins, packed or not, or the end of the file."""
    return _next(file, offset, end, _RECORD)


def _next(file: BinaryIO, offset: int, end: int, beginning: re.Pattern[bytes]) -> int:
    before, at = b"", offset
    file.seek(offset)
    while found := file.read(CHUNK):
        looked = before + found
        for begin in beginning.finditer(looked):
            place = at - len(before) + begin.start()
            if not begin[0].startswith(GZIP) or _is_member_start(file, place):
                return place
        at += len(found)
        file.seek(at)
        before = looked[-_OVERLAP:]
    return end


def _is_member_start(file: BinaryIO, offset: int) -> bool:
    """Whether a packed record begins there; its end is not looked for."""
    file.seek(offset)
    try:
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return unpack.decompress(file.read(CHUNK), len(WARC)) == WARC
    except zlib.error:
        return False
