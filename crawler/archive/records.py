"""WARC 1.1 records of Scrapy's requests and responses."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.utils.response import response_status_message
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.location import RecordLocation

COMPRESSION_LEVEL = 6
"""Level of zlib; warcio's 9 takes a quarter longer and saves a hundredth of the bytes."""

SECRET_HEADERS = {b"authorization", b"proxy-authorization", b"cookie"}
"""Request headers that are not archived."""

LISTING_MEDIA_TYPE = "application/json"
"""Content type of the metadata record with an article's listing."""


class OriginalRecord(NamedTuple):
    """An earlier record with the same payload."""

    url: str
    date: str
    location: RecordLocation


class _Header(StatusAndHeaders):  # type: ignore[misc]
    """An HTTP header in the bytes in which it was received."""

    def to_ascii_bytes(self, filter_func: None = None) -> bytes:
        return str(self.to_str(filter_func)).encode("latin-1") + b"\r\n"


class RecordBuilder:
    """Builds records, each compressed by itself."""

    def __init__(self) -> None:
        self.out = BytesIO()
        self.writer = WARCWriter(self.out, gzip=False, warc_version="1.1")

    def warcinfo(self, name: str, about: Mapping[str, str]) -> bytes:
        """Return the compressed first record of a file."""
        return self.compress(self.writer.create_warcinfo_record(name, about))

    def response(self, request: Request, response: Response, date: str) -> ArcWarcRecord:
        """Return the record of a response as it was received, without chunked encoding."""
        status = response_status_message(response.status)
        header = _header(response.headers, response.protocol or "HTTP/1.1", status)
        return self.writer.create_warc_record(
            response.url,
            "response",
            payload=BytesIO(response.body),
            length=len(response.body),
            http_headers=header,
            warc_headers_dict=_dated(date) | _ip_address(request, response),
        )

    def revisit(self, answer: ArcWarcRecord, original: OriginalRecord) -> ArcWarcRecord:
        """Return the response record without its payload, which an earlier record has."""
        headers = answer.rec_headers
        extra = {name: headers.get_header(name) for name in ("WARC-Record-ID", "WARC-Date")}
        extra["WARC-Refers-To-Filename"] = original.location.file
        extra["WARC-Refers-To-File-Offset"] = str(original.location.offset)
        return self.writer.create_revisit_record(
            headers.get_header("WARC-Target-URI"),
            headers.get_header("WARC-Payload-Digest"),
            original.url,
            original.date,
            http_headers=answer.http_headers,
            warc_headers_dict=extra,
        )

    def request(self, request: Request, answer: ArcWarcRecord) -> ArcWarcRecord:
        """Return the record of the request, without secret headers."""
        split = urlsplit(request.url)
        path = (split.path or "/") + (f"?{split.query}" if split.query else "")
        headers = Headers({"Host": split.netloc.rpartition("@")[2]})
        headers.update(
            {
                name: values
                for name, values in request.headers.items()
                if name.lower() not in SECRET_HEADERS
            }
        )
        return self.writer.create_warc_record(
            request.url,
            "request",
            payload=BytesIO(request.body),
            length=len(request.body),
            http_headers=_header(headers, request.method, f"{path} HTTP/1.1"),
            warc_headers_dict=_concurrent(answer),
        )

    def listing(self, row: Any, answer: ArcWarcRecord) -> ArcWarcRecord:
        """Return the metadata record with the article's listing."""
        payload = json.dumps(asdict(row), ensure_ascii=False).encode("utf-8", "replace")
        return self.writer.create_warc_record(
            answer.rec_headers.get_header("WARC-Target-URI"),
            "metadata",
            payload=BytesIO(payload),
            length=len(payload),
            warc_content_type=LISTING_MEDIA_TYPE,
            warc_headers_dict=_concurrent(answer),
        )

    def conversion(self, response: Response, date: str, of: str | None) -> ArcWarcRecord:
        """Return the record of a rendered page; ``of``: id of the record of its source."""
        return self.writer.create_warc_record(
            response.url,
            "conversion",
            payload=BytesIO(response.body),
            length=len(response.body),
            warc_content_type="text/html; charset=utf-8",
            warc_headers_dict=_dated(date) | ({"WARC-Refers-To": of} if of else {}),
        )

    def compress(self, record: ArcWarcRecord) -> bytes:
        """Return the record's bytes for a file."""
        self.out.seek(0)
        self.out.truncate()
        self.writer.write_record(record)
        return zlib.compress(self.out.getbuffer(), COMPRESSION_LEVEL, 16 + zlib.MAX_WBITS)


def id_of(record: ArcWarcRecord) -> str:
    """Return the record's id."""
    return str(record.rec_headers.get_header("WARC-Record-ID"))


def digest_of(record: ArcWarcRecord) -> str:
    """Return the digest of the record's payload."""
    return str(record.rec_headers.get_header("WARC-Payload-Digest"))


def _dated(date: str) -> dict[str, str]:
    return {"WARC-Date": date}


def _concurrent(answer: ArcWarcRecord) -> dict[str, str]:
    date = answer.rec_headers.get_header("WARC-Date")
    return {"WARC-Date": date, "WARC-Concurrent-To": id_of(answer)}


def _ip_address(request: Request, response: Response) -> dict[str, str]:
    """Return the header with the server's address, unless a proxy was used."""
    if response.ip_address is None or request.meta.get("proxy"):
        return {}
    return {"WARC-IP-Address": str(response.ip_address)}


def _header(headers: Headers, before: str, after: str) -> _Header:
    """Return the HTTP header; ``before`` and ``after`` are the parts of its first line."""
    lines = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
    return _Header(after, lines, before)
