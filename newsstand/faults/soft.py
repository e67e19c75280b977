"""Pages that say an error under HTTP 200: Gnuboard's alerts, dead databases, firewalls, logins."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from newsstand.faults.fault import Answer, Fault, Meeting
from newsstand.sites import Reply, render

ALERTS = tomllib.loads((Path(__file__).parent / "alerts.toml").read_text("utf-8"))["alert"]


def alerts() -> Iterator[Fault]:
    """One fault for each alert; none of them passes, since each says something for good."""
    for told in ALERTS:
        yield Fault(
            name=told["name"],
            why=told["why"],
            answer=alert(told["message"], told.get("target", "")),
            passes=False,
            board=True,
            on=tuple(told.get("on", ())),
        )


def alert(message: str, target: str) -> Answer:
    def answer(meeting: Meeting) -> Reply:
        board = meeting.board
        return board.alert(message, board.home + target if target else "")

    return answer


def says(text: str) -> Answer:
    """A Gnuboard that stops after a line of text."""
    return lambda meeting: meeting.board.html(text)


def firewall(status: int) -> Answer:
    def answer(meeting: Meeting) -> Reply:
        page = render("firewall.html", now=meeting.site.now, address=meeting.ask.address)
        return Reply(page.encode(), status)

    return answer


def login_form(meeting: Meeting) -> Reply:
    return Reply(render("login.html", address=meeting.ask.address).encode())
