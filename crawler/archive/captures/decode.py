"""What came, as it was before it was packed and cut into chunks for its way."""

from __future__ import annotations

import re
from functools import partial
from io import BytesIO

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Headers, TextResponse
from scrapy.responsetypes import responsetypes
from warcio.bufferedreaders import ChunkedDataReader

from crawler.archive.bytestream import CHUNK, Damaged

MAX_PAGE_BYTES = 16 << 20
"""Bytes of a page at the most, as in a crawl (DOWNLOAD_MAXSIZE): to parse that takes 300 MB, and
four times as much would take more than a gigabyte in each process."""

_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n")
_LAST = re.compile(rb"\r\n0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)*(?:\r\n)?\Z")
"""The last chunk, with fields behind it or without the empty line: warcio takes neither."""


def open_body(headers: Headers, body: bytes) -> bytes:
    """The page itself; ``headers`` lose what is undone. What lies open in spite of them, as other
    tools leave it, is taken as it is. Raises Damaged."""
    if b"chunked" in (headers.get("Transfer-Encoding") or b"").lower() and _CHUNK.match(body):
        whole = _LAST.sub(b"\r\n0\r\n\r\n", body)
        body = b"".join(iter(partial(ChunkedDataReader(BytesIO(whole)).read, CHUNK), b""))
    if body and headers.get("Content-Encoding"):
        body = _decompress(headers, body)
    if len(body) > MAX_PAGE_BYTES:
        raise Damaged(_TOO_LARGE)
    return body


def _decompress(headers: Headers, body: bytes) -> bytes:
    try:
        opened, left = _UNPACKING.unpack(body, headers.getlist("Content-Encoding"))
    except Exception as error:  # whatever a library says of what it cannot unpack
        if hasattr(error, "decompressed_size"):
            raise Damaged(_TOO_LARGE) from None
        if not issubclass(responsetypes.from_body(body), TextResponse):
            raise Damaged(f"what came cannot be unpacked: {type(error).__name__}") from None
        opened, left = body, []
    headers.pop("Content-Encoding")
    if left:
        headers["Content-Encoding"] = left
    return opened


class _Unpacking(HttpCompressionMiddleware):
    """Scrapy's own, outside of a crawl."""

    def __init__(self) -> None:
        """Without a crawler."""

    def unpack(self, body: bytes, said: list[bytes]) -> tuple[bytes, list[bytes]]:
        """What came, and how it is packed still."""
        return self._handle_encoding(body, said, MAX_PAGE_BYTES)


_UNPACKING = _Unpacking()
_TOO_LARGE = (
    f"it has more than {MAX_PAGE_BYTES >> 20} MB, more than a crawl takes (DOWNLOAD_MAXSIZE)"
)
