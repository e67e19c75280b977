"""WARC files built record by record, and the captures read from one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.captures.model import Capture
from crawler.archive.reader import Unreadable

DATE = "2026-11-25T00:14:32Z"

HTML = ("Content-Type", "text/html; charset=utf-8")


def url(number: int) -> str:
    return f"https://온새신문.example/{number}"


def body(number: int) -> bytes:
    return f"<html><body>{number}번째 기사, 온새시 도서관</body></html>".encode() * (1 + number % 3)


def packed(address: str, content: bytes, headers: Sequence[tuple[str, str]] = (HTML,), *,
           status: str = "200 OK", protocol: str = "HTTP/1.1", kind: str = "response",
           warc: dict[str, str] | None = None, gzip: bool = True) -> bytes:  # fmt: skip
    """A record as warcio writes it."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=gzip, warc_version="1.1")
    http = StatusAndHeaders(status, list(headers), protocol, is_http_request=False)
    record = writer.create_warc_record(
        address, kind, BytesIO(content), length=len(content), http_headers=http if kind == "response" else None,
        warc_content_type="" if kind == "response" else dict(headers)["Content-Type"],
        warc_headers_dict={"WARC-Date": DATE} | (warc or {}),
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


class Read:
    """What is found in a file."""

    def __init__(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self.problems: list[str] = []
        self.entries = index(path, self.problems.append, path.with_name("spool"))
        self.captures: list[Capture] = []
        for entry in self.entries:
            try:
                self.captures.append(load(entry))
            except Unreadable as error:
                self.problems.append(str(error))

    @property
    def pages(self) -> dict[str, bytes]:
        return {one.entry.url: one.response.body for one in self.captures}


def pages(numbers: Iterator[int] | range) -> dict[str, bytes]:
    return {url(number): body(number) for number in numbers}


def plain(*lines: str, kind: str, payload: bytes) -> bytes:
    """A record with no more headers than it needs."""
    head = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Date: {DATE}", *lines]
    if kind == "response":
        head.append("Content-Type: application/http; msgtype=response")
    head.append(f"Content-Length: {len(payload)}")
    return "\r\n".join([*head, "", ""]).encode() + payload + b"\r\n\r\n"


def records(*, gzip: bool) -> list[bytes]:
    return [packed(url(number), body(number), gzip=gzip) for number in range(5)]


def bomb(size: int) -> bytes:
    """A packed record of so many bytes, of which nearly nothing is left once packed."""
    head = (f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url(9)}\r\nWARC-Date: {DATE}\r\n"
            "WARC-Record-ID: <urn:uuid:9>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {size}\r\n\r\n")  # fmt: skip
    pack, parts = zlib.compressobj(9, zlib.DEFLATED, 31), []
    parts.append(pack.compress(head.encode()))
    for _ in range(size >> 20):
        parts.append(pack.compress(bytes(1 << 20)))
    parts += [pack.compress(b"\r\n\r\n"), pack.flush()]
    return b"".join(parts)
