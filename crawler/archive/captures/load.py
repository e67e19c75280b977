"""Loads one page of a WARC file as the response that a spider would get."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from scrapy.http import Headers, Response, TextResponse
from scrapy.responsetypes import responsetypes
from warcio.statusandheaders import StatusAndHeaders

from crawler.archive.bytestream import (
    GZIP,
    HEADER_END,
    MAX_HEADER_BYTES,
    Damaged,
    Stream,
    read_head,
)
from crawler.archive.captures.decode import MAX_PAGE_BYTES, open_body
from crawler.archive.captures.model import Capture, Entry
from crawler.archive.reader import Unreadable, WarcRecord, parse
from crawler.encoding import charset_of

_MAX_RECORD_BYTES = MAX_PAGE_BYTES + (1 << 20)
"""Maximum bytes of a record, including headers and chunk lengths."""
_HTTP = "application/http"


def load(entry: Entry) -> Capture:
    """Load a page. Raises Unreadable, with one sentence, and OSError."""
    try:
        record = _record(entry.file, entry.offset)
        page = _original(record, *entry.payload) if entry.payload else record
        row = _row(entry.file, entry.listing_offset) if entry.listing_offset is not None else None
        response = _response(entry.url, record, page)
    except (Damaged, Unreadable) as error:
        raise Unreadable(f"{entry.url} at {entry.file}@{entry.offset}: {error}") from None
    get = page.headers.get_header
    whole = not (get("WARC-Truncated") or get("WARC-Segment-Number"))
    return Capture(entry, response, row, whole)


def _record(file: str, offset: int) -> WarcRecord:
    with Path(file).open("rb") as opened:
        opened.seek(offset)
        is_packed = opened.read(len(GZIP)) == GZIP
        stream = Stream(opened, offset, is_packed=is_packed)
        head, length = read_head(stream)
        if length > _MAX_RECORD_BYTES:
            raise Damaged(f"{length >> 20} MB are more than any page has")
        content = stream.read(length)
        if len(content) < length:
            raise Damaged(f"it should have {length} bytes and has {len(content)}")
        if is_packed:
            stream.skip_all()  # gzip's checksum makes a digest unnecessary
    if (
        len(content) > MAX_HEADER_BYTES
        and _HTTP.encode() in head.lower()
        and not _has_headers(content[:MAX_HEADER_BYTES])
    ):
        raise Damaged("its HTTP headers have no end")
    record = parse(head + content + HEADER_END, check=not is_packed)
    if record.problem and _is_changed(record):
        raise Damaged(f"it was changed: {record.problem}")
    return record


def _has_headers(beginning: bytes) -> bool:
    """Return True if the HTTP headers end within ``beginning``, which bounds their number."""
    return any(line in beginning for line in (b"\n\r\n", b"\n\n"))


def _is_changed(record: WarcRecord) -> bool:
    """Return True if a wrong digest proves a change.

    Tools disagree about the payload digest of a body with chunked encoding.
    """
    in_chunks = record.http and record.http.get_header("Transfer-Encoding")
    return not in_chunks or "block digest" in (record.problem or "")


def _original(record: WarcRecord, file: str, offset: int) -> WarcRecord:
    """Return the record with the payload that the revisit ``record`` refers to."""
    page = _record(file, offset)
    if page.kind == "revisit":
        raise Damaged("it refers to a record that holds no page")
    if record.digest and page.digest and record.digest != page.digest:
        raise Damaged("it refers to a record that holds another page")
    return page


def _row(file: str, offset: int) -> dict[str, Any] | None:
    try:
        row = json.loads(_record(file, offset).payload)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _response(url: str, record: WarcRecord, page: WarcRecord) -> Response:
    """Build the response from the record of a visit and the record with its payload."""
    http = record.http or page.http
    if http is None:  # a rendered page, or a record without HTTP headers
        status = 200
        content_type = page.headers.get_header("Content-Type") or "text/html"
        headers, body = Headers({"Content-Type": content_type}), page.payload
    else:
        status, headers = _status(http.get_statuscode()), _headers(http)
        body = open_body(headers, page.payload)
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    if issubclass(kind, TextResponse):
        return kind(url, status, headers, body, encoding=charset_of(body))
    return kind(url, status, headers, body)


def _status(code: str) -> int:
    if not (code.isascii() and code.isdigit() and 100 <= int(code) < 1000):
        raise Damaged(f"{code!r} is not an HTTP status")
    return int(code)


def _headers(http: StatusAndHeaders) -> Headers:
    """Return the headers in the bytes in which they were received."""
    headers = defaultdict(list)
    for name, value in http.headers:
        headers[_bytes(name).strip().lower()].append(_bytes(value).strip())
    return Headers(headers)


def _bytes(text: str) -> bytes:
    """Return the bytes that warcio decoded as Latin-1 or UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
