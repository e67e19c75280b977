"""Decodes a response body: transfer encoding (chunks) and content encoding."""

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
"""Maximum bytes of a page, as in a crawl (DOWNLOAD_MAXSIZE): parsing that takes 300 MB; four times
as much would take more than a gigabyte in each process."""

_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n")
_LAST = re.compile(rb"\r\n0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)*(?:\r\n)?\Z")
"""The last chunk with trailers, or without its empty line; warcio accepts neither."""


def open_body(headers: Headers, body: bytes) -> bytes:
    """Return the decoded body, and remove the encodings from ``headers``.

    A body that is not encoded in spite of its headers, as other tools leave it, is returned as it
    is. Raises Damaged.
    """
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
    except Exception as error:  # libraries raise various errors
        if hasattr(error, "decompressed_size"):
            raise Damaged(_TOO_LARGE) from None
        if not issubclass(responsetypes.from_body(body), TextResponse):
            raise Damaged(f"its body cannot be decompressed: {type(error).__name__}") from None
        opened, left = body, []
    headers.pop("Content-Encoding")
    if left:
        headers["Content-Encoding"] = left
    return opened


class _Unpacking(HttpCompressionMiddleware):
    """Scrapy's decompression, outside of a crawl."""

    def __init__(self) -> None:
        """Skip the settings, since there is no crawler."""

    def unpack(self, body: bytes, encodings: list[bytes]) -> tuple[bytes, list[bytes]]:
        """Return the body, and the encodings that are left."""
        return self._handle_encoding(body, encodings, MAX_PAGE_BYTES)


_UNPACKING = _Unpacking()
_TOO_LARGE = (
    f"it has more than {MAX_PAGE_BYTES >> 20} MB, more than a crawl takes (DOWNLOAD_MAXSIZE)"
)
