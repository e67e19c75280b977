"""Servers and lines that fail: HTTP errors, resets, stalls, bodies cut short, empty or endless."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache

from newsstand.faults.fault import Meeting
from newsstand.sites import Reply, not_found

MEBIBYTE = 1024 * 1024
UNPACKED = 64 * MEBIBYTE
"""What the bomb becomes, in bytes: four times what a careful client takes."""


def error500(meeting: Meeting) -> Reply:
    return not_found(500)


def down(meeting: Meeting) -> Reply:
    return not_found(503)


def busy(meeting: Meeting) -> Reply:
    return replace(down(meeting), headers=(("Retry-After", "2"),))


def reset(meeting: Meeting) -> Reply:
    return Reply(b"", broken=0)


def stall(meeting: Meeting) -> Reply:
    return Reply(b"", held=meeting.stall, broken=0)


def truncated(meeting: Meeting) -> Reply:
    return replace(meeting.site.answer(meeting.ask), broken=0.5)


def empty(meeting: Meeting) -> Reply:
    return Reply(b"")


def bomb(meeting: Meeting) -> Reply:
    return Reply(packed(), headers=(("Content-Encoding", "gzip"),))


@cache
def packed() -> bytes:
    """A page of blanks without end, as gzip: a thousandth of what it becomes."""
    gzip = zlib.compressobj(wbits=31)
    pieces = [gzip.compress(b"<!doctype html><html><body>")]
    pieces += [gzip.compress(b" " * MEBIBYTE) for _ in range(UNPACKED // MEBIBYTE)]
    return b"".join((*pieces, gzip.flush()))
