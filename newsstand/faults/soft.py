"""Error pages under HTTP 200: Gnuboard's alerts, database errors, firewalls, logins."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from newsstand.faults.fault import Answer, Fault, Meeting
from newsstand.sites import Reply, render

ALERTS = tomllib.loads((Path(__file__).parent / "alerts.toml").read_text("utf-8"))["alert"]


def alerts() -> Iterator[Fault]:
    """Yield one fault per alert; none of them passes, since each is permanent."""
    for row in ALERTS:
        yield Fault(
            name=row["name"],
            why=row["why"],
            answer=alert(row["message"], row.get("target", "")),
            passes=False,
            board=True,
            on=tuple(row.get("on", ())),
        )


def alert(message: str, target: str) -> Answer:
    """Return an answer with a Gnuboard alert."""

    def answer(meeting: Meeting) -> Reply:
        board = meeting.board
        return board.alert(message, board.home + target if target else "")

    return answer


def says(text: str) -> Answer:
    """Return an answer of Gnuboard that stops after a line of text."""
    return lambda meeting: meeting.board.html(text)


def firewall(status: int) -> Answer:
    """Return an answer with a firewall's page."""

    def answer(meeting: Meeting) -> Reply:
        page = render("firewall.html", now=meeting.site.now, address=meeting.request.address)
        return Reply(page.encode(), status)

    return answer


def login_form(meeting: Meeting) -> Reply:
    """Answer with a login form."""
    return Reply(render("login.html", address=meeting.request.address).encode())
