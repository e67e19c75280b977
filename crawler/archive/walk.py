"""Through a file of gzip members, one a record, whatever has become of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from crawler.archive.stream import CHUNK, LARGEST, WARC, Damaged, Stream

_GZIP = b"\x1f\x8b\x08"


class Member(NamedTuple):
    """A record as it lies in the file; ``content`` is its beginning where that was asked for."""

    offset: int
    length: int
    content: bytes


class Gap(NamedTuple):
    """Bytes that are no record. ``is_torn``: the beginning of one, at the end of the file: it was
    being written when its writer was killed."""

    offset: int
    length: int
    is_torn: bool


def walk(file: BinaryIO, most: int | None = None) -> Iterator[Member | Gap]:
    """All that lies in the file, from its beginning to its end; of each record ``most`` bytes, if
    given. What follows damage is found again. OSError where the file cannot be read."""
    offset, end = 0, file.seek(0, 2)
    while offset < end:
        member, is_cut = read_member(file, offset, most)
        if member is None:
            following = next_member(file, offset + 1, end)
            yield Gap(offset, following - offset, is_cut and following == end)
            offset = following
        else:
            yield member
            offset += member.length


def read_member(file: BinaryIO, offset: int, most: int | None = None) -> tuple[Member | None, bool]:
    """The record that begins at ``offset``; else None, and whether only its end is missing."""
    stream = Stream(file, offset, is_packed=True)
    try:
        content = stream.read(LARGEST if most is None else most)
        stream.skip_all()
    except Damaged as damage:
        return None, damage.is_cut
    if not content.startswith(WARC):
        return None, False
    return Member(offset, stream.end - offset, content), False


def next_member(file: BinaryIO, offset: int, end: int) -> int:
    """Where the next packed record begins, or the end of the file."""
    file.seek(offset)
    before, at = b"", offset
    while packed := file.read(CHUNK):
        looked, found = before + packed, -1
        first = at - len(before)
        while (found := looked.find(_GZIP, found + 1)) >= 0:
            if _begins(file, first + found):
                return first + found
        at += len(packed)
        file.seek(at)
        before = looked[-len(_GZIP) + 1 :]
    return end


def _begins(file: BinaryIO, offset: int) -> bool:
    """Whether a record begins there; its end is not looked for."""
    file.seek(offset)
    try:
        return (
            zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(file.read(CHUNK), len(WARC)) == WARC
        )
    except zlib.error:
        return False
