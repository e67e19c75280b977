"""Faults of servers and connections: HTTP errors, resets, stalls, cut, empty or endless bodies."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache

from newsstand.faults.fault import Meeting
from newsstand.sites import Reply, not_found

MEBIBYTE = 1024 * 1024
UNPACKED = 64 * MEBIBYTE
"""Size of the bomb in bytes after decompression: four times the limit of a careful client."""


def error500(meeting: Meeting) -> Reply:
    """Answer 500."""
    return not_found(500)


def down(meeting: Meeting) -> Reply:
    """Answer 503."""
    return not_found(503)


def busy(meeting: Meeting) -> Reply:
    """Answer 503 with Retry-After."""
    return replace(down(meeting), headers=(("Retry-After", "2"),))


def reset(meeting: Meeting) -> Reply:
    """Reset the connection."""
    return Reply(b"", broken=0)


def stall(meeting: Meeting) -> Reply:
    """Hold the response, then reset."""
    return Reply(b"", held=meeting.stall, broken=0)


def truncated(meeting: Meeting) -> Reply:
    """Send half of the body."""
    return replace(meeting.site.answer(meeting.request), broken=0.5)


def empty(meeting: Meeting) -> Reply:
    """Send an empty body."""
    return Reply(b"")


def bomb(meeting: Meeting) -> Reply:
    """Send a decompression bomb."""
    return Reply(packed(), headers=(("Content-Encoding", "gzip"),))


@cache
def packed() -> bytes:
    """Return the bomb: blanks, gzipped to a thousandth of their size."""
    gzip = zlib.compressobj(wbits=31)
    pieces = [gzip.compress(b"<!doctype html><html><body>")]
    pieces += [gzip.compress(b" " * MEBIBYTE) for _ in range(UNPACKED // MEBIBYTE)]
    return b"".join((*pieces, gzip.flush()))
