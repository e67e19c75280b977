"""Loads the page at a location of our archive, without indexing its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from crawler.archive.bytestream import MAX_HEADER_BYTES
from crawler.archive.captures.link import PageLinker
from crawler.archive.captures.load import load
from crawler.archive.captures.model import Capture, Entry
from crawler.archive.location import RecordLocation
from crawler.archive.reader import PAGE_KINDS, Unreadable, parse_head
from crawler.archive.scan import Member, read_member, scan_members

GROUP_SIZE = 3
"""Records that are written together: page, request and listing."""


def captures_at(folder: Path, location: RecordLocation) -> Capture:
    """Load the page at a location. Raises Unreadable, with one sentence, and OSError."""
    path = folder / location.file
    with path.open("rb") as file:
        members = list(islice(_members(file, location.offset), GROUP_SIZE))
        end = file.seek(0, 2)
    if not members:
        raise Unreadable(f"{path}@{location.offset}: there is no readable record")
    if (kind := parse_head(members[0].content).kind) not in PAGE_KINDS:
        raise Unreadable(f"{path}@{location.offset}: it holds no page: {kind}")
    # The source of a rendered page, and its listing, are anywhere before it
    entries = _conversions(path, end) if kind == "conversion" else _entries(path, members)
    if location.offset not in entries:  # a revisit whose original is missing
        raise Unreadable(f"{path}@{location.offset}: there is no readable page")
    return load(entries[location.offset])


def _members(file: BinaryIO, offset: int) -> Iterator[Member]:
    """Yield the records from ``offset`` on, up to a damaged one."""
    while (member := read_member(file, offset, MAX_HEADER_BYTES)[0]) is not None:
        yield member
        offset += member.length


def _entries(path: Path, members: Iterable[Member]) -> dict[int, Entry]:
    linker = PageLinker(path, str(path))
    for member in members:
        linker.add(parse_head(member.content), member.offset)
    return {entry.offset: entry for entry in linker.finished()}


@lru_cache(maxsize=2)
def _conversions(path: Path, size: int) -> dict[int, Entry]:
    """Return the pages of a file of ``size`` bytes, cached since they are loaded in order."""
    with path.open("rb") as file:
        return _entries(
            path,
            (part for part in scan_members(file, MAX_HEADER_BYTES) if isinstance(part, Member)),
        )
