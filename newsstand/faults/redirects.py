"""Faults by redirects: in a circle, to another site, to internal hosts, out of HTTP."""

from __future__ import annotations

import re

from newsstand.faults.fault import Meeting
from newsstand.sites import Reply
from newsstand.stories import dice

LAP = "ckattempt"
"""Parameter in which a cookie check counts its redirects; without cookies they never end."""

STRANGER = "https://parking.example/"
INSIDE = (
    "http://127.0.0.1/",
    "http://[::1]:8080/",
    "http://localhost/phpmyadmin/",
    "http://10.0.0.5/",
    "http://192.168.0.10/index.php",
    "http://169.254.169.254/latest/meta-data/",
)


def moved(location: str) -> Reply:
    """Redirect to a URL."""
    return Reply(b"", 302, headers=(("Location", location),))


def loop(meeting: Meeting) -> Reply:
    """Redirect to the first lap, from each lap to the next, from the third to the first."""
    address = re.sub(rf"[?&]{LAP}=\d*$", "", meeting.request.address)
    lap = meeting.request.number(LAP, 0) % 3 + 1
    return moved(f"{address}{'&' if '?' in address else '?'}{LAP}={lap}")


def stranger(meeting: Meeting) -> Reply:
    """Redirect to a parked domain."""
    return moved(f"{STRANGER}?domain={meeting.request.host}")


def inwards(meeting: Meeting) -> Reply:
    """Redirect to an internal host."""
    return moved(dice(meeting.request.address, "inside").choice(INSIDE))


def ftp(meeting: Meeting) -> Reply:
    """Redirect to an FTP URL."""
    return moved(f"ftp://{meeting.request.host}{meeting.request.path}")


def password(meeting: Meeting) -> Reply:
    """Redirect to the board's password form."""
    number = meeting.request.query.get("wr_id", "")
    return moved(f"{meeting.board.home}/bbs/password.php?w=s&bo_table=news&wr_id={number}")


def front(meeting: Meeting) -> Reply:
    """Redirect to the list."""
    return moved(f"{meeting.board.home}/bbs/board.php?bo_table=news")


def login(meeting: Meeting) -> Reply:
    """Redirect to the board's login."""
    return moved(f"{meeting.board.home}/bbs/login.php?url=%2Fbbs%2Fboard.php%3Fbo_table%3Dnews")
