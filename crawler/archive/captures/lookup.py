"""The page at a place of our archive, found without its file's index."""

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
"""Records that are written together: the page, what was asked, what a list showed."""


def captures_at(folder: Path, place: RecordLocation) -> Capture:
    """The page that lies there, below the archive's folder. Raises Unreadable, one sentence, and
    OSError."""
    path = folder / place.file
    with path.open("rb") as file:
        members = list(islice(_members(file, place.offset), GROUP_SIZE))
        end = file.seek(0, 2)
    if not members:
        raise Unreadable(f"{path}@{place.offset}: there is no record that can be read")
    if (kind := parse_head(members[0].content).kind) not in PAGE_KINDS:
        raise Unreadable(f"{path}@{place.offset}: it holds no page: {kind}")
    # What a conversion was made of, and the row of the list, lie somewhere before it
    entries = _conversions(path, end) if kind == "conversion" else _entries(path, members)
    if place.offset not in entries:  # a revisit of what is not there any more
        raise Unreadable(f"{path}@{place.offset}: there is no page that can be read")
    return load(entries[place.offset])


def _members(file: BinaryIO, offset: int) -> Iterator[Member]:
    """The records from there on, up to one that is damaged."""
    while (member := read_member(file, offset, MAX_HEADER_BYTES)[0]) is not None:
        yield member
        offset += member.length


def _entries(path: Path, members: Iterable[Member]) -> dict[int, Entry]:
    found = PageLinker(path, str(path))
    for member in members:
        found.add(parse_head(member.content), member.offset)
    return {entry.offset: entry for entry in found.finished()}


@lru_cache(maxsize=2)
def _conversions(path: Path, size: int) -> dict[int, Entry]:
    """Of a file as long as that; pages out of a browser are asked for one after the other."""
    with path.open("rb") as file:
        return _entries(
            path, (one for one in scan_members(file, MAX_HEADER_BYTES) if isinstance(one, Member))
        )
