"""Redacts records in place.

Each is overwritten with an empty record of the same length, so that other offsets stay valid.
"""

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
"""Flags of a gzip header: a comment follows; made on Unix."""

Wanted = Callable[[str], bool]


@dataclass(slots=True)
class RedactResult:
    """Number of redacted records, and files in use, for which it must be tried again."""

    records: int = 0
    in_use: list[str] = field(default_factory=list)


def redact_records(
    folder: Path, outlet: str, is_wanted: Wanted, *, dry_run: bool = False
) -> RedactResult:
    """Redact all records of articles whose URL ``is_wanted``.

    These are their pages with requests and listings, and lists and feeds that show them; pages of
    other articles stay. Each file is rewritten and replaced, and the bytes of the old file are
    overwritten. Raises OSError.
    """
    done = RedactResult()
    for file in files_of(folder, outlet):
        with (folder / file.relative_path).open("r+b") as old:
            try:
                fcntl.flock(old, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                done.in_use.append(file.relative_path)
                continue
            members = _records_to_redact(old, is_wanted)
            done.records += len(members)
            if members and not dry_run:
                _rewrite(folder / file.relative_path, old, members)
    return done


def _records_to_redact(file: BinaryIO, is_wanted: Wanted) -> list[Member]:
    """Return the members to redact; records that belong together are redacted together."""
    members: list[tuple[Member, set[str]]] = []
    ids: set[str] = set()
    articles: set[str] = set()
    lists: list[set[str]] = []
    for part in scan_members(file):
        if not isinstance(part, Member):
            continue
        for record in ArchiveIterator(BytesIO(part.content)):
            own, others = _ids(record)
            members.append((Member(part.offset, part.length, b""), {own, *others}))
            if record.rec_type == "metadata" and record.content_type == LISTING_MEDIA_TYPE:
                articles |= others
                if is_wanted(json.loads(record.raw_stream.read())["canonical_url"]):
                    ids |= others
            elif is_wanted(record.rec_headers.get_header("WARC-Target-URI") or ""):
                ids |= {own, *others}
            elif record.rec_type in _LINKING_KINDS and any(map(is_wanted, _links(record))):
                lists.append({own, *others})
    for list_ids in lists:
        if not list_ids & articles:
            ids |= list_ids
    return [member for member, of in members if of & ids]


def _ids(record: ArcWarcRecord) -> tuple[str, set[str]]:
    """Return a record's own id, and those of records that it belongs to."""
    headers = record.rec_headers
    others = (headers.get_header(name) for name in ("WARC-Concurrent-To", "WARC-Refers-To"))
    return str(headers.get_header("WARC-Record-ID")), set(filter(None, others))


def _links(record: ArcWarcRecord) -> Iterator[str]:
    """Yield the URLs that a page, a feed or a sitemap names."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        page = record.content_stream().read()
    except (OSError, ValueError, zlib.error):  # unreadable encoding
        return
    for match in _LINKS.finditer(page):
        link = unescape((match[1] or match[2]).decode("utf-8", "replace")).strip()
        try:
            yield urljoin(address, link)
        except ValueError:
            continue


def _rewrite(path: Path, old: BinaryIO, members: list[Member]) -> None:
    with atomic_draft(path, path.with_name(f"{path.name}.new")) as draft:
        with draft.open("w+b") as new:
            old.seek(0)
            copyfileobj(old, new)
            for member in members:
                new.seek(member.offset)
                new.write(padding_record(member.length))
        draft.chmod(path.stat().st_mode)
    for member in members:  # the old file can only be read from the disk itself now
        old.seek(member.offset)
        old.write(bytes(member.length))
    old.flush()
    os.fsync(old.fileno())


def padding_record(length: int) -> bytes:
    """Return a compressed empty record of ``length`` bytes, filled by a gzip comment."""
    head = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
    text = f"{head}WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n".encode()
    packed = zlib.compress(text, 9, -zlib.MAX_WBITS)
    end = struct.pack("<II", zlib.crc32(text), len(text))
    begin = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, _COMMENT, 0, 0, _UNIX)
    room = length - len(begin) - len(packed) - len(end) - 1
    if room < 0:
        raise OSError(0, f"a record of {length} bytes is too short to be redacted")
    return begin + b" " * room + b"\0" + packed + end
