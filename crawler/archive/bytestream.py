"""Byte stream of a WARC file from an offset on, compressed or not."""

from __future__ import annotations

import os
import re
import zlib
from typing import BinaryIO

CHUNK = 1 << 16
GZIP, WARC = b"\x1f\x8b", b"WARC/"
HEADER_END = b"\r\n\r\n"
MAX_HEADER_BYTES = 1 << 16
"""A record's headers must end within these bytes."""
MAX_RECORD_BYTES = 128 << 20
"""Bytes of a record that are read at most: more than any page has (DOWNLOAD_MAXSIZE), and little
enough for the memory."""
RATIO_EXEMPT_BYTES, MAX_RATIO = 16 << 20, 100
"""Content above the first number of bytes may decompress to at most ``MAX_RATIO`` times its size.
Text decompresses to ten times its size, zeros to a thousand."""

_LENGTH = re.compile(
    rb"^content-length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)


class Damaged(Exception):
    """The next bytes are not a record; the text is a short reason.

    ``is_cut``: only the end is missing.
    """

    def __init__(self, reason: str, *, is_cut: bool = False) -> None:
        super().__init__(reason)
        self.is_cut = is_cut


class Stream:
    """Reads from an offset of a file; ``at`` counts the bytes that were read.

    The stream ends with the gzip member, and ``end`` is then the offset after it. It never holds
    more than a chunk, and stops at a member that decompresses to far more than plausible.
    """

    def __init__(self, file: BinaryIO, offset: int, *, is_packed: bool) -> None:
        self.file, self.at = file, 0
        self.next = self.begin = offset
        self.unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if is_packed else None
        self.compressed = self.ready = b""
        self.out, self.is_broken = 0, False

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes; fewer only at the end or before damage.

        Raises Damaged if there are none before the damage.
        """
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
        content = b"".join(parts)
        self.at += len(content)
        return content

    def read_available(self) -> bytes:
        """Read the bytes that are available at once; none at the end. Raises Damaged."""
        if not self.ready:
            self._fill()
        content, self.ready = self.ready, b""
        self.at += len(content)
        return content

    def skip(self, size: int) -> int:
        """Skip up to ``size`` bytes; return how many there were."""
        if self.unpack is None:
            return self._seek(size)
        left = size
        while left and (content := self.read(min(left, CHUNK))):
            left -= len(content)
        return size - left

    def _seek(self, size: int) -> int:
        skipped = min(size, self.file.seek(0, os.SEEK_END) - self.begin - self.at)
        self.at += skipped
        self.next, self.ready = self.begin + self.at, b""
        return skipped

    def skip_all(self) -> None:
        """Skip the rest."""
        while self.skip(MAX_RECORD_BYTES):
            pass

    def push_back(self, content: bytes) -> None:
        """Return bytes to the stream that were read too far."""
        self.ready = content + self.ready
        self.at -= len(content)

    @property
    def end(self) -> int:
        """The file's offset after the bytes that were read; of a member once it is complete."""
        if self.unpack is None:
            return self.begin + self.at
        return self.next - len(self.unpack.unused_data if self.unpack.eof else self.compressed)

    def _fill(self) -> bool:
        if self.unpack is None:
            self.ready = self._read_file()
            return bool(self.ready)
        while not self.ready and not self.unpack.eof:
            self.compressed = self.compressed or self._read_file()
            if not self.compressed:
                raise self._broken("it breaks off", is_cut=True)
            try:
                self.ready = self.unpack.decompress(self.compressed, CHUNK)
            except zlib.error:
                raise self._broken("it cannot be unpacked") from None
            self.compressed = self.unpack.unconsumed_tail
            self.out += len(self.ready)
            if self.out > max(RATIO_EXEMPT_BYTES, MAX_RATIO * (self.next - self.begin)):
                raise self._broken(f"it unpacks to more than {MAX_RATIO} times its size")
        return bool(self.ready)

    def _broken(self, reason: str, *, is_cut: bool = False) -> Damaged:
        self.is_broken = True
        return Damaged(reason, is_cut=is_cut)

    def _read_file(self) -> bytes:
        self.file.seek(self.next)
        content = self.file.read(CHUNK)
        self.next += len(content)
        return content


def read_head(stream: Stream) -> tuple[bytes, int]:
    """Read a record's headers with the empty line after them, and its stated length.

    Raises Damaged.
    """
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
