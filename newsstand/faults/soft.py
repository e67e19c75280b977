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


def relaunch(meeting: Meeting) -> Reply:
    """Answer with a whole page on which no known element stands."""
    return Reply(b"<!doctype html><html><body><main><h1>A new look</h1></main></body></html>")


def bare(meeting: Meeting) -> Reply:
    """Answer with an article's page with its frame, and nothing but furniture in its body."""
    text = "<p>저작권자 ⓒ PAP뉴스 무단전재 및 재배포 금지</p>"
    body = f'<div id="bo_v"><div id="bo_v_con">{text}</div></div>'
    return meeting.board.html(f"<!doctype html><html><body>{body}</body></html>")
