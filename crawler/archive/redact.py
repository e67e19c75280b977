"""Taking records out of files without moving any other: what is left is an empty record as long."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO
from urllib.parse import urljoin
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from crawler.archive.location import files_of
from crawler.archive.records import LISTING_MEDIA_TYPE
from crawler.archive.scan import Member, scan_members
from crawler.runtime.atomic_file import atomic_draft

_LINKS = re.compile(
    rb"""(?:href|src|content)\s*=\s*["']([^"'<>]+)|<(?:link|guid|loc)\b[^>]*>\s*([^<\s]+)""",
    re.IGNORECASE,
)
_LINKING_KINDS = ("response", "conversion")
_COMMENT, _UNIX = 16, 3
"""In a gzip header: that a comment follows, and where it was made."""

Wanted = Callable[[str], bool]


@dataclass(slots=True)
class RedactResult:
    """How many records were taken out, and which files are in use, so that it has to be tried
    again."""

    records: int = 0
    in_use: list[str] = field(default_factory=list)


def redact_records(
    folder: Path, outlet: str, is_wanted: Wanted, *, dry_run: bool = False
) -> RedactResult:
    """Take out whatever is of an article whose address ``is_wanted``: its pages, the questions and
    rows that led to them, and lists and feeds that show it. Pages of other articles stay.

    A file is written anew and put in the place of the old, whose bytes are then overwritten.
    Raises OSError.
    """
    done = RedactResult()
    for file in files_of(folder, outlet):
        with (folder / file.relative_path).open("r+b") as old:
            try:
                fcntl.flock(old, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                done.in_use.append(file.relative_path)
                continue
            doomed = _records_to_redact(old, is_wanted)
            done.records += len(doomed)
            if doomed and not dry_run:
                _rewrite(folder / file.relative_path, old, doomed)
    return done


def _records_to_redact(file: BinaryIO, is_wanted: Wanted) -> list[Member]:
    """The members to be taken out; records that belong together go together."""
    members: list[tuple[Member, set[str]]] = []
    ids: set[str] = set()
    articles: set[str] = set()
    lists: list[set[str]] = []
    for one in scan_members(file):
        if not isinstance(one, Member):
            continue
        for record in ArchiveIterator(BytesIO(one.content)):
            own, others = _ids(record)
            members.append((Member(one.offset, one.length, b""), {own, *others}))
            if record.rec_type == "metadata" and record.content_type == LISTING_MEDIA_TYPE:
                articles |= others
                if is_wanted(json.loads(record.raw_stream.read())["canonical_url"]):
                    ids |= others
            elif is_wanted(record.rec_headers.get_header("WARC-Target-URI") or ""):
                ids |= {own, *others}
            elif record.rec_type in _LINKING_KINDS and any(map(is_wanted, _links(record))):
                lists.append({own, *others})
    for shown in lists:
        if not shown & articles:
            ids |= shown
    return [member for member, of in members if of & ids]


def _ids(record: ArcWarcRecord) -> tuple[str, set[str]]:
    """A record's own id, and those of records that it belongs to."""
    told = record.rec_headers
    others = (told.get_header(name) for name in ("WARC-Concurrent-To", "WARC-Refers-To"))
    return str(told.get_header("WARC-Record-ID")), set(filter(None, others))


def _links(record: ArcWarcRecord) -> Iterator[str]:
    """The addresses that a page, a feed or a sitemap names."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        page = record.content_stream().read()
    except (OSError, ValueError, zlib.error):  # packed in a way that nobody can read
        return
    for found in _LINKS.finditer(page):
        link = unescape((found[1] or found[2]).decode("utf-8", "replace")).strip()
        try:
            yield urljoin(address, link)
        except ValueError:
            continue


def _rewrite(path: Path, old: BinaryIO, doomed: list[Member]) -> None:
    with atomic_draft(path, path.with_name(f"{path.name}.new")) as draft:
        with draft.open("w+b") as new:
            old.seek(0)
            copyfileobj(old, new)
            for member in doomed:
                new.seek(member.offset)
                new.write(padding_record(member.length))
        draft.chmod(path.stat().st_mode)
    for member in doomed:  # nobody can read the old file any more but from the disk itself
        old.seek(member.offset)
        old.write(bytes(member.length))
    old.flush()
    os.fsync(old.fileno())


def padding_record(length: int) -> bytes:
    """A record without content that is so many bytes long, packed: the rest is a comment."""
    head = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
    text = f"{head}WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n".encode()
    packed = zlib.compress(text, 9, -zlib.MAX_WBITS)
    end = struct.pack("<II", zlib.crc32(text), len(text))
    begin = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, _COMMENT, 0, 0, _UNIX)
    room = length - len(begin) - len(packed) - len(end) - 1
    if room < 0:
        raise OSError(0, f"a record of {length} bytes is too short to be taken out")
    return begin + b" " * room + b"\0" + packed + end
