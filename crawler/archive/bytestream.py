"""Bytes of a WARC file, packed or not, as one stream of records from a place on."""

from __future__ import annotations

import os
import re
import zlib
from typing import BinaryIO

CHUNK = 1 << 16
GZIP, WARC = b"\x1f\x8b", b"WARC/"
HEADER_END = b"\r\n\r\n"
MAX_HEADER_BYTES = 1 << 16
"""Bytes in which the headers of a record stand."""
MAX_RECORD_BYTES = 128 << 20
"""Bytes of a record that are held at the most: more than any page has (DOWNLOAD_MAXSIZE), and
nothing that could fill the memory."""
RATIO_EXEMPT_BYTES, MAX_RATIO = 16 << 20, 100
"""What is larger than the one unpacks to so many times its size at the most. Text does to ten
times, zeros to a thousand."""

_LENGTH = re.compile(
    rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)


class Damaged(Exception):
    """What comes next is no record; its text says why in a few words, ``is_cut`` whether only its
    end is missing."""

    def __init__(self, why: str, *, is_cut: bool = False) -> None:
        super().__init__(why)
        self.is_cut = is_cut


class Stream:
    """Reads on from a byte of the file; ``at`` counts what came out. A gzip member ends the
    stream, where ``end`` is then the byte behind it. Never holds more than a chunk, and ends with a
    member that unpacks to far more than it could hold."""

    def __init__(self, file: BinaryIO, offset: int, *, is_packed: bool) -> None:
        self.file, self.at = file, 0
        self.next = self.begin = offset
        self.unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if is_packed else None
        self.packed = self.ready = b""
        self.out, self.is_broken = 0, False

    def read(self, size: int) -> bytes:
        """Up to so many bytes; fewer only at the end, or where what follows is damaged. Raises
        Damaged where nothing comes before that."""
        parts: list[bytes] = []
        left = size
        while left:
            try:
                if not self.ready and not self._fill():
                    break
            except Damaged:
                if not parts:
                    raise
                break
            part, self.ready = self.ready[:left], self.ready[left:]
            parts.append(part)
            left -= len(part)
        found = b"".join(parts)
        self.at += len(found)
        return found

    def read_available(self) -> bytes:
        """What comes next, as much as is at hand; nothing at the end. Raises Damaged."""
        if not self.ready:
            self._fill()
        found, self.ready = self.ready, b""
        self.at += len(found)
        return found

    def skip(self, size: int) -> int:
        """Pass over so many bytes; gives how many there were."""
        if self.unpack is None:
            return self._seek(size)
        left = size
        while left and (found := self.read(min(left, CHUNK))):
            left -= len(found)
        return size - left

    def _seek(self, size: int) -> int:
        found = min(size, self.file.seek(0, os.SEEK_END) - self.begin - self.at)
        self.at += found
        self.next, self.ready = self.begin + self.at, b""
        return found

    def skip_all(self) -> None:
        """Pass over what is left."""
        while self.skip(MAX_RECORD_BYTES):
            pass

    def push_back(self, content: bytes) -> None:
        """Take bytes back that were read too far."""
        self.ready = content + self.ready
        self.at -= len(content)

    @property
    def end(self) -> int:
        """The byte of the file behind what came out; of a member only once all of it did."""
        if self.unpack is None:
            return self.begin + self.at
        return self.next - len(self.unpack.unused_data if self.unpack.eof else self.packed)

    def _fill(self) -> bool:
        if self.unpack is None:
            self.ready = self._read_file()
            return bool(self.ready)
        while not self.ready and not self.unpack.eof:
            self.packed = self.packed or self._read_file()
            if not self.packed:
                raise self._broken("it breaks off", is_cut=True)
            try:
                self.ready = self.unpack.decompress(self.packed, CHUNK)
            except zlib.error:
                raise self._broken("it cannot be unpacked") from None
            self.packed = self.unpack.unconsumed_tail
            self.out += len(self.ready)
            if self.out > max(RATIO_EXEMPT_BYTES, MAX_RATIO * (self.next - self.begin)):
                raise self._broken(f"it unpacks to more than {MAX_RATIO} times its size")
        return bool(self.ready)

    def _broken(self, why: str, *, is_cut: bool = False) -> Damaged:
        self.is_broken = True
        return Damaged(why, is_cut=is_cut)

    def _read_file(self) -> bytes:
        self.file.seek(self.next)
        found = self.file.read(CHUNK)
        self.next += len(found)
        return found


def read_head(stream: Stream) -> tuple[bytes, int]:
    """A record's own headers with the empty line behind them, and how long it says it is. Raises
    Damaged."""
    begin = stream.read(MAX_HEADER_BYTES)
    if not begin.startswith(WARC):
        raise Damaged("it does not begin as one")
    head, end, rest = begin.partition(HEADER_END)
    if not end or b"\n\n" in head:
        raise Damaged("its headers have no end")
    length = _LENGTH.search(head)
    if not length:
        raise Damaged("it does not say how long it is")
    stream.push_back(rest)
    return head + HEADER_END, int(length[1])
