"""Redirects that lead nowhere good: round in circles, to a stranger, inwards, out of HTTP."""

from __future__ import annotations

import re

from newsstand.faults.fault import Meeting
from newsstand.sites import Reply
from newsstand.stories import dice

LAP = "ckattempt"
"""The parameter that a check for cookies counts its laps by; a client without cookies never
ends them."""

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
    return Reply(b"", 302, headers=(("Location", location),))


def loop(meeting: Meeting) -> Reply:
    """From the address to its first lap, from each lap to the next, from the third to the first."""
    address = re.sub(rf"[?&]{LAP}=\d*$", "", meeting.ask.address)
    lap = meeting.ask.number(LAP, 0) % 3 + 1
    return moved(f"{address}{'&' if '?' in address else '?'}{LAP}={lap}")


def stranger(meeting: Meeting) -> Reply:
    return moved(f"{STRANGER}?domain={meeting.ask.host}")


def inwards(meeting: Meeting) -> Reply:
    return moved(dice(meeting.ask.address, "inside").choice(INSIDE))


def ftp(meeting: Meeting) -> Reply:
    return moved(f"ftp://{meeting.ask.host}{meeting.ask.path}")


def password(meeting: Meeting) -> Reply:
    number = meeting.ask.query.get("wr_id", "")
    return moved(f"{meeting.board.home}/bbs/password.php?w=s&bo_table=news&wr_id={number}")


def login(meeting: Meeting) -> Reply:
    return moved(f"{meeting.board.home}/bbs/login.php?url=%2Fbbs%2Fboard.php%3Fbo_table%3Dnews")
