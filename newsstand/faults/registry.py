"""Table of faults: the name of each, its cause in real life, and whether it passes."""

from __future__ import annotations

from newsstand.faults import network as mishaps
from newsstand.faults import redirects, soft
from newsstand.faults.fault import Fault

TABLE = (
    Fault(name="500", why="a script crashed", answer=mishaps.error500),
    Fault(name="503", why="the server is busy for a moment", answer=mishaps.busy),
    Fault(name="reset", why="a worker was killed before it answered", answer=mishaps.reset),
    Fault(name="truncated", why="the connection broke", answer=mishaps.truncated),
    Fault(name="stall", why="all workers wait for the database", answer=mishaps.stall),
    Fault(name="empty", why="a script crashed with hidden errors", answer=mishaps.empty),
    Fault(name="bomb", why="an endless page, compressed", answer=mishaps.bomb),
    Fault(name="loop", why="a cookie check redirects for ever", answer=redirects.loop),
    Fault(name="stranger", why="the domain expired for a day", answer=redirects.stranger),
    Fault(name="inwards", why="a backend redirects to its own address", answer=redirects.inwards),
    Fault(name="ftp", why="a redirect rule with a typing error", answer=redirects.ftp),
    Fault(
        name="mysql-connect",
        why="the database has too many connections",
        answer=soft.says("MySQL Connect Error!!!"),
        board=True,
    ),
    Fault(
        name="mysql-db",
        why="the database is under repair",
        answer=soft.says("MySQL DB Error!!!"),
        board=True,
    ),
    Fault(
        name="ip-denied",
        why="the board blocks some IP addresses for a while",
        answer=soft.says("<meta charset=utf-8>접근이 가능하지 않습니다."),
        board=True,
    ),
    Fault(
        name="ip-refused",
        why="the same with the board's other list",
        answer=soft.says("<meta charset=utf-8>접근 불가합니다."),
        board=True,
    ),
    Fault(name="firewall", why="a web firewall's page under 200", answer=soft.firewall(200)),
    Fault(name="firewall-403", why="the same under 403", answer=soft.firewall(403)),
    *soft.alerts(),
    Fault(
        name="password",
        why="the post was made secret",
        answer=redirects.password,
        passes=False,
        board=True,
        on=("article",),
    ),
    Fault(
        name="login",
        why="the board sends guests to its login",
        answer=redirects.login,
        passes=False,
        board=True,
    ),
    Fault(
        name="front",
        why="a relaunch sends the addresses of articles to the front page",
        answer=redirects.front,
        passes=False,
        board=True,
        on=("article",),
    ),
    Fault(
        name="relaunch",
        why="articles have a template that nobody has seen before",
        answer=soft.relaunch,
        passes=False,
        on=("article",),
    ),
    Fault(
        name="bare",
        why="an editor saved articles without their text",
        answer=soft.bare,
        passes=False,
        board=True,
        on=("article",),
    ),
    Fault(
        name="login-form",
        why="the outlet put articles behind a login",
        answer=soft.login_form,
        passes=False,
        on=("article",),
    ),
)

FAULTS = {fault.name: fault for fault in TABLE}
