"""All pages of a WARC file, found in one quick pass that reads none of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from crawler.archive.build import ROW
from crawler.archive.read import Record, Unreadable, parse_head
from crawler.archive.stream import END, GZIP, HEAD, WARC, Damaged, Stream, read_head
from crawler.archive.walk import next_member
from crawler.captures.capture import Entry

Refuse = Callable[[str], None]

WEB = ("http", "https")
KINDS = ("warcinfo", "request", "response", "revisit", "metadata", "resource", "conversion",
         "continuation")  # fmt: skip
"""All that the standard has."""

_BEGINS = re.compile(rb"WARC/\d\.\d+\r?\n[A-Za-z][A-Za-z-]*:")
_BEGINNING = 64
"""Bytes in which that is seen."""


def index(path: Path, refuse: Refuse, spool: Path) -> list[Entry]:
    """The pages of a file, in its order.

    What is damaged is told to ``refuse``, a sentence each, and costs no other page. Records that
    are packed together are unpacked into a file in the folder ``spool``, so that one of them can be
    read alone. OSError where the file cannot be read.
    """
    found = Index(path)
    with path.open("rb") as file:
        end = file.seek(0, 2)
        _Walk(found, file, str(path), end, spool).run()
    entries = found.finished()
    if not found.records:
        found.told = [f"{path}: " + ("this is no WARC file" if end else "the file is empty")]
    for sentence in found.told:
        refuse(sentence)
    return entries


@dataclass(slots=True)
class Index:
    """What is found in a file."""

    path: Path
    records: int = 0
    told: list[str] = field(default_factory=list)
    entries: list[Entry | None] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    """Where the page of a record stands in ``entries``."""
    by_visit: dict[tuple[str, str], int] = field(default_factory=dict)
    """The same by address and date."""
    waiting: list[tuple[int, Record]] = field(default_factory=list)
    """Revisits of which the payload's record is not known yet."""

    def take(self, record: Record, file: str, offset: int) -> None:
        """A record that lies there, without its content."""
        self.records += 1
        try:
            match record.kind:
                case "response" if _is_of_web(record):
                    self._page(record, file, offset)
                case "resource" if _says(record, "text/html"):
                    self._page(record, file, offset)
                case "revisit":
                    self._page(record, file, offset)
                    self.waiting.append((len(self.entries) - 1, record))
                case "conversion" if _says(record, "text/html"):
                    self._conversion(record, file, offset)
                case "metadata" if _says(record, ROW):
                    self._row(record, offset)
                case other if other not in KINDS:
                    raise ValueError(f"{other!r} is no kind of record")
        except ValueError as error:
            self.told.append(f"{self.path}@{offset}: {error}")

    def finished(self) -> list[Entry]:
        """The pages; revisits of what is not there are told in one sentence."""
        missing = []
        for place, record in self.waiting:
            entry = self.entries[place]
            payload = self._payload(record)
            if entry and payload:
                file, offset, url = payload
                self.entries[place] = replace(entry, payload=(file, offset), payload_url=url)
                continue
            self.entries[place] = None
            if entry and "not-modified" not in (record.headers.get_header("WARC-Profile") or ""):
                missing.append(f"{entry.url} at byte {entry.offset}")
        if missing:
            self.told.append(
                f"{self.path}: of pages that came unchanged, {len(missing)} refer to records that"
                f" are not there, or no more, as {missing[0]}"
            )
        return [entry for entry in self.entries if entry is not None]

    def _page(self, record: Record, file: str, offset: int) -> None:
        url = _url(record)
        if urlsplit(url).scheme not in WEB:
            raise ValueError(f"{url!r} is no address of a web page")
        self.by_id[_id(record, "WARC-Record-ID")] = len(self.entries)
        if record.kind != "revisit":
            self.by_visit.setdefault((url, record.date), len(self.entries))
        self.entries.append(Entry(file, offset, url, _moment(record.date)))

    def _conversion(self, record: Record, file: str, offset: int) -> None:
        """Stands for the page that it was made of."""
        self._page(record, file, offset)
        of = self.by_id.get(_id(record, "WARC-Refers-To"))
        before = self.entries[of] if of is not None else None
        if of is not None and before is not None:
            made = self.entries[-1]
            assert made
            self.entries[of] = None
            self.entries[-1] = replace(made, row_at=before.row_at, fetched_at=before.fetched_at)

    def _row(self, record: Record, offset: int) -> None:
        of = self.by_id.get(_id(record, "WARC-Concurrent-To"))
        entry = self.entries[of] if of is not None else None
        if of is not None and entry is not None:
            self.entries[of] = replace(entry, row_at=offset)

    def _payload(self, record: Record) -> tuple[str, int, str] | None:
        """Where what came lies, and of what address it is: by our place in the archive, by address
        and date, or by the record's name."""
        told = record.headers.get_header
        url = (told("WARC-Refers-To-Target-URI") or "").strip("<>")
        if place := _place(record):
            file = self.path.absolute().parent.parent / place[0]
            if file.is_file():
                return str(file), place[1], url
        visit = url, told("WARC-Refers-To-Date") or ""
        at = self.by_visit.get(visit, self.by_id.get(_id(record, "WARC-Refers-To")))
        original = self.entries[at] if at is not None else None
        if original is None or original.payload:
            return None
        return original.file, original.offset, original.url


class _Walk:
    """Goes through the records of a file, or of what was unpacked from one."""

    def __init__(self, found: Index, file: BinaryIO, name: str, end: int, spool: Path) -> None:
        self.found, self.file, self.name, self.end, self.spool = found, file, name, end, spool

    def run(self) -> None:
        offset = 0
        while offset < self.end:
            try:
                following = self._member(offset)
            except Damaged as damage:
                following = damage.next or self._next(offset + 1)
                self._tell(offset, following, str(damage))
            offset = following

    def _member(self, offset: int) -> int:
        """Take what lies there; gives where the next record begins."""
        self.file.seek(offset)
        is_packed = self.file.read(2) == GZIP
        stream = Stream(self.file, offset, is_packed=is_packed)
        record, length = _head(stream)
        _body(stream, length)
        more = stream.read(len(WARC)) if is_packed else b""
        if more == WARC:
            return self._unpack(offset)
        if more:
            raise Damaged("there is more in it than it says")
        self.found.take(record, self.name, offset)
        return stream.end

    def _unpack(self, offset: int) -> int:
        """Several records packed as one: out into a file of their own."""
        self.spool.mkdir(exist_ok=True)
        path = self.spool / f"{len(list(self.spool.iterdir()))}.warc"
        stream = Stream(self.file, offset, is_packed=True)
        with path.open("w+b") as out:
            try:
                while _copy(stream, out):
                    pass
                following = stream.end
            except Damaged as damage:
                following = damage.next or self._next(offset + 1)
                self._tell(offset, following, str(damage))
            _Walk(self.found, out, str(path), out.tell(), self.spool).run()
        return following

    def _tell(self, offset: int, following: int, why: str) -> None:
        self.found.told.append(
            f"{self.found.path}@{offset}: {following - offset} bytes are no record that can be"
            f" read: {why}"
        )

    def _next(self, offset: int) -> int:
        return min(
            next_member(self.file, offset, self.end), _next_plain(self.file, offset, self.end)
        )


def _head(stream: Stream) -> tuple[Record, int]:
    """A record without what it holds, and how long that is."""
    head, length = read_head(stream)
    try:
        return parse_head(head), length
    except Unreadable as error:
        raise Damaged(str(error)) from None


def _body(stream: Stream, length: int) -> None:
    """Pass over what a record holds, up to its very end."""
    found = stream.skip(length)
    if found < length:
        # where nothing is packed, the length may be wrong and what it covers whole
        following = stream.end if stream.unpack else None
        raise Damaged(f"it is to hold {length} bytes and has {found}", following)
    if stream.read(len(END)).strip(b"\r\n"):
        raise Damaged("it is longer than it says")


def _copy(stream: Stream, out: BinaryIO) -> bool:
    """Write the next record into a file; False at the end of the stream."""
    begin = stream.read(len(WARC))
    if not begin:
        return False
    stream.back(begin)
    head, length = read_head(stream)
    out.write(head + stream.read(length) + stream.read(len(END)))
    return True


def _next_plain(file: BinaryIO, offset: int, end: int) -> int:
    """Where the next record that is not packed begins, or the end of the file."""
    file.seek(offset)
    before, at = b"", offset
    while found := file.read(HEAD):
        looked = before + found
        if begins := _BEGINS.search(looked):
            return at - len(before) + begins.start()
        at += len(found)
        before = looked[-_BEGINNING:]
    return end


def _says(record: Record, content_type: str) -> bool:
    told = record.headers.get_header("Content-Type") or ""
    return bool(told.lower().startswith(content_type))


def _is_of_web(record: Record) -> bool:
    """ValueError for the answer of a web server that does not say so."""
    is_web = urlsplit(_url(record)).scheme in WEB
    if is_web and not _says(record, "application/http"):
        raise ValueError(f"{_url(record)} is a response that is none of HTTP")
    return is_web or _says(record, "application/http")


def _url(record: Record) -> str:
    return (record.url or "").strip("<>")


def _id(record: Record, name: str) -> str:
    return record.headers.get_header(name) or ""


def _place(record: Record) -> tuple[str, int] | None:
    try:
        place = record.refers_to
    except ValueError:
        return None
    return (place.file, place.offset) if place else None


def _moment(date: str) -> str:
    """As items carry it. ValueError where it is no date."""
    try:
        read = datetime.fromisoformat(date)
    except ValueError:
        raise ValueError(f"{date!r} is no time at which a page was fetched") from None
    zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
