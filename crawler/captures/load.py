"""One page out of an archive, as Scrapy gave it, or would have given it, to a spider."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response, TextResponse
from scrapy.responsetypes import responsetypes
from warcio.bufferedreaders import ChunkedDataReader

from crawler.archive.read import Record, Unreadable, parse
from crawler.archive.stream import END, GZIP, LARGEST, Damaged, Stream, read_head
from crawler.captures.capture import Capture, Entry
from crawler.charset import charset_of

_PACKED = {b"gzip": b"\x1f\x8b", b"x-gzip": b"\x1f\x8b", b"zstd": b"\x28\xb5\x2f\xfd"}
"""What a body begins with that is really packed as its header says."""


def load(entry: Entry) -> Capture:
    """Read the page that lies there. Raises Unreadable, one sentence, and OSError."""
    try:
        record = _record(entry.file, entry.offset)
        page = _record(*entry.payload) if entry.payload else record
        row = _row(entry) if entry.row_at is not None else None
    except Damaged as damage:
        raise Unreadable(f"{entry.url} at {entry.file}@{entry.offset}: {damage}") from None
    whole = not page.headers.get_header("WARC-Truncated")
    return Capture(entry, _response(entry.url, record, page), row, whole)


def _record(file: str, offset: int) -> Record:
    with Path(file).open("rb") as opened:
        opened.seek(offset)
        is_packed = opened.read(len(GZIP)) == GZIP
        stream = Stream(opened, offset, is_packed=is_packed)
        content = stream.read(LARGEST + 1) if is_packed else _plain(stream)
    if len(content) > LARGEST:
        raise Damaged(f"a record of more than {LARGEST >> 20} MB is larger than any page")
    record = parse(content)
    # A payload's digest alone says nothing where bytes are packed: those are checked, and tools
    # do not agree of what it is
    if "block digest" in (record.problem or "") or (record.problem and not is_packed):
        raise Damaged(f"it was changed: {record.problem}")
    return record


def _plain(stream: Stream) -> bytes:
    head, length = read_head(stream)
    return head + stream.read(length) + END


def _row(entry: Entry) -> dict[str, Any] | None:
    assert entry.row_at is not None
    try:
        row = json.loads(_record(entry.file, entry.row_at).payload)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _response(url: str, record: Record, page: Record) -> Response:
    """What the record of a visit, and the one that holds what came, make together."""
    http = record.http or page.http
    if http is None:  # what stood in a browser, or came without a header
        content_type = page.headers.get_header("Content-Type") or "text/html"
        return _typed(url, 200, Headers({"Content-Type": content_type}), page.payload)
    headers = Headers()
    for name, value in http.headers:
        headers.appendlist(name.strip(), value.encode("latin-1", "replace"))
    body = page.payload
    if b"chunked" in (headers.get("Transfer-Encoding") or b"").lower():
        body = ChunkedDataReader(BytesIO(body)).read(len(body))
    return _unpacked(_typed(url, _status(http.get_statuscode(), url), headers, body))


def _status(code: str, url: str) -> int:
    if not (code.isascii() and code.isdigit() and 100 <= int(code) < 1000):
        raise Unreadable(f"{url} came with {code!r}, which is no status of HTTP")
    return int(code)


def _typed(url: str, status: int, headers: Headers, body: bytes) -> Response:
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(url, status, headers, body)


def _unpacked(response: Response) -> Response:
    """As Scrapy unpacks it, unless it lies there unpacked in spite of what its header says."""
    said = (response.headers.get("Content-Encoding") or b"").strip().lower()
    if said and not response.body.startswith(_PACKED.get(said, b"")):
        response = response.replace(headers=_without_encoding(response.headers))
    try:
        unpacked = _UNPACKING.process_response(Request(response.url), response)
    except IgnoreRequest as error:
        raise Unreadable(str(error)) from None
    except Exception as error:  # whatever a library says of what it cannot unpack
        raise Unreadable(f"{response.url} cannot be unpacked: {type(error).__name__}") from None
    assert isinstance(unpacked, Response)
    charset = charset_of(unpacked.body) if isinstance(unpacked, TextResponse) else None
    return unpacked.replace(encoding=charset) if charset else unpacked


def _without_encoding(headers: Headers) -> Headers:
    return Headers(
        {name: values for name, values in headers.items() if name.lower() != b"content-encoding"}
    )


class _Unpacking(HttpCompressionMiddleware):
    """Scrapy's own, outside of a crawl."""

    def __init__(self) -> None:
        self.stats = None
        self._max_size, self._warn_size = LARGEST, 0


_UNPACKING = _Unpacking()
