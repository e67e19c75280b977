"""Faults of the newsstand and its journal: each fault happens on the wire and is recorded."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import struct
import subprocess
import sys
import time
import zlib
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from newsstand.cli import check
from newsstand.cli import journal as journal_at
from newsstand.content import KST
from newsstand.faults import PASSING, Faults
from newsstand.faults.network import MEBIBYTE, UNPACKED
from newsstand.faults.registry import FAULTS
from newsstand.gold import ADDRESS
from newsstand.page_type import kind_of
from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState
from newsstand.sites import SiteRequest

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=KST)
LIST = "https://www.papns.kr/bbs/board.php?bo_table=news&page=2"
HTTP_LIST = "http://www.gyeonggitv.com/bbs/board.php?bo_table=news&page=2"
TRUST_ALL = ssl._create_unverified_context()  # noqa: S323
TIMEOUT = 0.4
FAILURES = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def connect(proxy: str, host: str, scheme: str, timeout: float) -> http.client.HTTPConnection:
    port = urlsplit(proxy).port
    if scheme == "http":
        return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    tunnel = http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout, context=TRUST_ALL)
    tunnel.set_tunnel(host, 443)
    return tunnel


def target(url: str) -> str:
    """What the request line says: to a proxy the whole URL, through a tunnel path and query."""
    parts = urlsplit(url)
    return url if parts.scheme == "http" else url.removeprefix(f"https://{parts.netloc}")


def get(proxy: str, url: str, timeout: float = 60.0) -> Answer:
    """One request on a connection of its own, through the proxy as a client does it."""
    parts = urlsplit(url)
    connection = connect(proxy, parts.netloc, parts.scheme, timeout)
    try:
        connection.request("GET", target(url), headers={"User-Agent": "Malgeum"})
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def failure(proxy: str, url: str, timeout: float = 60.0) -> Exception:
    with pytest.raises(FAILURES) as caught:
        get(proxy, url, timeout)
    return caught.value


def ask(url: str) -> SiteRequest:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return SiteRequest(parts.hostname or "", parts.path or "/", query, "Malgeum", url)


@contextmanager
def failing(
    *kinds: str, journal: Path | None = None, **more: Any
) -> Iterator[tuple[str, NewsstandState]]:
    """A stand at which every address meets one of ``kinds``."""
    faults = Faults(1, kinds, **({"rate": 1.0, "stall": 1.5} | more))
    stand = NewsstandState(1, NOW, 3, faults=faults)
    with beside(stand, NOW, journal) as proxy:
        yield proxy, stand


def articles(stand: NewsstandState) -> list[str]:
    """The addresses of all readable articles."""
    return [
        ADDRESS[outlet].format(post.number)
        for outlet, posts in stand.posts.items()
        for post in posts
        if post.readable
    ]


def entries(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text("utf-8").splitlines()]


def noted(journal: Path, number: int = 1, **like: Any) -> list[dict[str, Any]]:
    """The journal's lines, once so many are like that: a line may come a moment after the answer."""
    until = time.monotonic() + 60
    while True:
        found = entries(journal)
        if sum(entry == entry | like for entry in found) >= number:
            return found
        assert time.monotonic() < until, found[-5:]
        time.sleep(0.01)


# -- each kind, on the wire ------------------------------------------------------------------


def is_reset(proxy: str, url: str) -> None:
    assert isinstance(failure(proxy, url), ConnectionResetError)


def is_stalled(proxy: str, url: str) -> None:
    start = time.monotonic()
    assert isinstance(failure(proxy, url, TIMEOUT), TimeoutError)
    assert time.monotonic() - start >= TIMEOUT


def is_truncated(proxy: str, url: str) -> None:
    error = failure(proxy, url)
    assert isinstance(error, http.client.IncompleteRead)
    assert error.expected
    assert abs(error.expected - len(error.partial)) <= 1  # it stopped half way


def is_bomb(proxy: str, url: str) -> None:
    answer = get(proxy, url)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < MEBIBYTE
    unpacking, size = zlib.decompressobj(wbits=31), 0
    piece = unpacking.decompress(answer.body, MEBIBYTE)
    while piece:
        size += len(piece)
        piece = unpacking.decompress(unpacking.unconsumed_tail, MEBIBYTE)
    assert size >= UNPACKED == 64 * MEBIBYTE


def is_loop(proxy: str, url: str) -> None:
    seen = []
    for _ in range(30):
        answer = get(proxy, url)
        assert answer.status == 302
        url = answer.headers["Location"]
        seen.append(url)
    assert len(set(seen)) == 3


def leads_to(form: str) -> Callable[[str, str], None]:
    def check(proxy: str, url: str) -> None:
        answer = get(proxy, url)
        assert answer.status == 302
        assert re.fullmatch(form, answer.headers["Location"])

    return check


def answers(status: int, *words: str, **headers: str) -> Callable[[str, str], None]:
    def check(proxy: str, url: str) -> None:
        answer = get(proxy, url)
        assert answer.status == status
        for word in words:
            assert word in answer.text
        for name, value in headers.items():
            assert answer.headers[name.replace("_", "-")] == value

    return check


def is_empty(proxy: str, url: str) -> None:
    assert get(proxy, url).body == b""


def alerts(message: str) -> Callable[[str, str], None]:
    return answers(200, f'alert("{message}', 'id="validation_check"', "오류안내 페이지")


FIREWALL = "contrary to the Web firewall security policies have been blocked"
HAPPENS: dict[str, Callable[[str, str], None]] = {
    "500": answers(500, "Internal Server Error"),
    "503": answers(503, Retry_After="2"),
    "reset": is_reset,
    "truncated": is_truncated,
    "stall": is_stalled,
    "empty": is_empty,
    "bomb": is_bomb,
    "loop": is_loop,
    "stranger": leads_to(r"https://parking\.example/\?domain=www\.papns\.kr"),
    "inwards": leads_to(r"http://(?:127\.0\.0\.1|localhost|\[::1\]|10\.|192\.168\.|169\.254\.).*"),
    "ftp": leads_to(r"ftp://www\.papns\.kr/bbs/board\.php"),
    "mysql-connect": answers(200, "MySQL Connect Error!!!"),
    "mysql-db": answers(200, "MySQL DB Error!!!"),
    "ip-denied": answers(200, "<meta charset=utf-8>접근이 가능하지 않습니다."),
    "ip-refused": answers(200, "<meta charset=utf-8>접근 불가합니다."),
    "firewall": answers(200, FIREWALL, "Detect URL"),
    "firewall-403": answers(403, FIREWALL),
    "deleted": alerts("글이 존재하지 않습니다."),
    "no-board": alerts("존재하지 않는 게시판입니다."),
    "no-table": alerts("bo_table 값이 넘어오지 않았습니다."),
    "no-right": alerts("글을 읽을 권한이 없습니다."),
    "no-list-right": alerts("목록을 볼 권한이 없습니다."),
    "group": alerts("비회원은 이 게시판에 접근할 권한이 없습니다."),
    "group-member": alerts("접근 권한이 없으므로 글읽기가 불가합니다."),
    "identity": alerts("이 게시판은 본인확인 하신 회원님만"),
    "points": alerts("보유하신 포인트(0)가 없거나 모자라서"),
    "pc-only": alerts("PC 전용 게시판입니다."),
    "mobile-only": alerts("모바일 전용 게시판입니다."),
    "password": leads_to(r"https://www\.papns\.kr/bbs/password\.php\?w=s&.*wr_id=\d+"),
    "login": leads_to(r"https://www\.papns\.kr/bbs/login\.php\?url=.*"),
    "front": leads_to(r"https://www\.papns\.kr/bbs/board\.php\?bo_table=news"),
    "relaunch": answers(200, "A new look"),
    "bare": answers(200, "무단전재"),
    "login-form": answers(200, 'type="password"', "로그인 후 이용해 주세요"),
}


def test_every_kind_is_shown_here() -> None:
    assert HAPPENS.keys() == FAULTS.keys()
    assert all(fault.why for fault in FAULTS.values())


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_happens_on_the_wire_and_passes_or_stays(kind: str) -> None:
    with failing(kind) as (proxy, stand):
        post = next(post for post in stand.posts["papns"] if not post.trap)
        address = ADDRESS["papns"].format(post.number)
        url = LIST if FAULTS[kind].on == ("list",) else address
        planned = stand.faults and stand.faults.planned(ask(url), stand.sites["www.papns.kr"])
        assert planned
        fault, tries = planned
        assert fault.name == kind
        for _ in range(tries if fault.passes else 3):
            HAPPENS[kind](proxy, url)
        if fault.passes:
            assert 1 <= tries <= 2
            assert post.story.headline in get(proxy, url).text
        assert get(proxy, "https://www.papns.kr/robots.txt").text.startswith("User-agent: *")


@pytest.mark.parametrize("kind", ["reset", "truncated", "stall"])
def test_a_broken_line_is_the_same_without_tls(kind: str) -> None:
    with failing(kind) as (proxy, _):
        HAPPENS[kind](proxy, HTTP_LIST)


def test_a_stall_ends_by_itself() -> None:
    with failing("stall", stall=0.3) as (proxy, _):
        start = time.monotonic()
        assert isinstance(failure(proxy, HTTP_LIST), ConnectionResetError)
        assert 0.3 <= time.monotonic() - start < 60


def test_the_login_page_that_a_redirect_leads_to_is_there() -> None:
    with failing("login") as (proxy, _):
        answer = get(proxy, get(proxy, LIST).headers["Location"])
        assert 'action="https://www.papns.kr/bbs/login_check.php"' in answer.text
        assert 'name="mb_password"' in answer.text


# -- which address meets what ------------------------------------------------------------------


def plans(faults: Faults, stand: NewsstandState) -> dict[str, tuple[str, int]]:
    """What 4,000 addresses have in store."""
    numbered = [f"https://www.gosiweek.com/article/{number}" for number in range(2000)]
    paged = [f"{HTTP_LIST}{number}" for number in range(2000)]
    found = {
        url: faults.planned(ask(url), stand.sites[urlsplit(url).hostname or ""])
        for url in numbered + paged
    }
    return {url: (plan[0].name, plan[1]) for url, plan in found.items() if plan}


def test_the_same_seed_hits_the_same_addresses() -> None:
    stand = NewsstandState(1, NOW, 1)
    one, two, other = (plans(Faults(seed), stand) for seed in (1, 1, 2))
    assert one == two
    assert one != other
    assert 330 < len(one) < 470
    assert {name for name, _ in one.values()} == set(PASSING)
    assert {tries for _, tries in one.values()} == {1, 2}


def test_a_fault_knows_where_it_belongs() -> None:
    stand = NewsstandState(1, NOW, 1)
    hit = plans(Faults(1, FAULTS, rate=1.0), stand)
    assert len(hit) == 4000
    for url, (name, _) in hit.items():
        assert not (FAULTS[name].board and "gosiweek" in url)
        assert not FAULTS[name].on or kind_of(ask(url)) in FAULTS[name].on
    with pytest.raises(ValueError, match="no fault is called 'flood'; use 500, 503, "):
        Faults(1, ["flood"])


def test_robots_txt_is_hit_only_by_wish() -> None:
    for wish in (False, True):
        with failing("503", robots=wish) as (proxy, _):
            assert get(proxy, "https://www.papns.kr/robots.txt").status == (503 if wish else 200)


def test_a_client_that_asks_again_gets_every_page_whole(tmp_path: Path) -> None:
    """All passing kinds at once, over lists, feeds and articles of all outlets."""
    journal = tmp_path / "journal.jsonl"
    with failing(*PASSING, journal=journal, rate=0.5, stall=0.3) as (proxy, stand):
        calm = NewsstandState(1, NOW, 3)
        urls = [*articles(stand), LIST, HTTP_LIST, "http://seonamtoday.com/rss.php"]
        for url in urls:
            expected = calm.answer(ask(url)).body
            if expected.startswith(b"MySQL"):  # a trap of the edition, which comes once
                expected = calm.answer(ask(url)).body
            for _ in range(4):
                try:
                    answer = get(proxy, url)
                except FAILURES:
                    continue
                if answer.body == expected:
                    break
            else:
                pytest.fail(f"{url} never came whole")
    journaled = entries(journal)
    assert {entry["address"] for entry in journaled if entry["whole"]} == set(urls)
    assert len({entry["fault"] for entry in journaled}) > len(PASSING) / 2


# -- the journal ----------------------------------------------------------------------------------


def test_the_journal_says_what_was_asked_and_answered(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    stand = NewsstandState(1, NOW, 3)
    post = stand.posts["papns"][0]
    address = ADDRESS["papns"].format(post.number)
    urls = {
        address: "article",
        LIST: "list",
        HTTP_LIST: "list",
        "http://seonamtoday.com/rss.php": "feed",
        "https://kb.breaknews.com/robots.txt": "robots",
        "https://kb.breaknews.com/nothing?x=%EA%B0%80": "other",
    }
    with beside(stand, NOW, journal) as proxy:
        for number, url in enumerate(urls, 1):
            get(proxy, url)
            assert len(noted(journal, number)) == number  # on the disk at once
        journaled = entries(journal)
        assert list(journaled[0]) == [
            "time",
            "outlet",
            "address",
            "kind",
            "status",
            "whole",
            "fault",
        ]
        assert [(entry["address"], entry["kind"]) for entry in journaled] == list(urls.items())
        assert [entry["status"] for entry in journaled] == [200] * 5 + [404]
        assert all(entry["whole"] and entry["fault"] is None for entry in journaled)
        assert journaled[0]["outlet"] == "www.papns.kr"
        moments = [datetime.fromisoformat(entry["time"]) for entry in journaled]
        assert moments == sorted(moments)


def test_a_fault_is_named_in_the_journal_and_never_whole(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with failing("truncated", "reset", "500", "empty", journal=journal) as (proxy, stand):
        urls = articles(stand)
        for url in urls:
            try:
                get(proxy, url)
            except FAILURES:
                continue
    journaled = entries(journal)
    assert {entry["fault"] for entry in journaled} == {"truncated", "reset", "500", "empty"}
    assert not any(entry["whole"] for entry in journaled)
    assert [entry["address"] for entry in journaled] == urls


def test_the_trap_of_a_failing_database_is_no_whole_answer(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    stand = NewsstandState(1, NOW, 3)
    post = next(post for post in stand.posts["papns"] if post.trap == "mysql")
    with beside(stand, NOW, journal) as proxy:
        for _ in range(2):
            get(proxy, ADDRESS["papns"].format(post.number))
        first, second = noted(journal, 2)
    assert (first["whole"], first["fault"]) == (False, "mysql")
    assert (second["whole"], second["fault"]) == (True, None)


@pytest.mark.parametrize("outlet", ["papns", "gyeonggitv"])  # https and http
def test_a_client_that_vanishes_in_the_middle_had_no_whole_answer(
    outlet: str, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    stand = NewsstandState(1, NOW, 3)
    post = stand.posts[outlet][0]
    lines = tuple("긴 기사이다. " * 20_000 for _ in range(40))  # far more than a socket holds
    stand.change(outlet, post.number, story=replace(post.story, paragraphs=lines), trap="")
    url = ADDRESS[outlet].format(post.number)
    with beside(stand, NOW, journal) as proxy:
        parts = urlsplit(url)
        for _ in range(2):
            client = connect(proxy, parts.netloc, parts.scheme, 5)
            client.request("GET", target(url), headers={"User-Agent": "Malgeum"})
            client.sock.recv(1000)
            client.close()
        assert [entry["whole"] for entry in noted(journal, 2)] == [False, False]
        assert len(get(proxy, url).body) > 10 * MEBIBYTE
        assert [entry["whole"] for entry in noted(journal, 3)] == [False, False, True]


def test_a_client_that_is_killed_before_the_answer_had_none(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    stand = NewsstandState(1, NOW, 3)
    with beside(stand, NOW, journal) as proxy:
        with stand.lock:  # no answer is made before its reader is gone
            for _ in range(30):
                with socket.create_connection(("127.0.0.1", urlsplit(proxy).port or 0)) as client:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.sendall(f"GET {HTTP_LIST} HTTP/1.1\r\nUser-Agent: x\r\n\r\n".encode())
        get(proxy, LIST)
        journaled = noted(journal, whole=True)
    assert [entry["address"] for entry in journaled if entry["whole"]] == [LIST]


READER = """
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": sys.argv[1]}))
for url in sys.stdin.read().split() * 1000:
    opener.open(url).read()
    print(url, flush=True)
"""


def test_every_answer_that_a_killed_client_had_is_whole_in_the_journal(tmp_path: Path) -> None:
    journal, had = tmp_path / "journal.jsonl", tmp_path / "had"
    stand = NewsstandState(1, NOW, 3)
    posts = [post for post in stand.posts["seonamtoday"] if not post.trap]
    urls = [ADDRESS["seonamtoday"].format(post.number) for post in posts]
    kills = 4
    with beside(stand, NOW, journal) as proxy, had.open("w") as output:
        for kill in range(kills):
            with subprocess.Popen(
                [sys.executable, "-c", READER, proxy], stdin=subprocess.PIPE, stdout=output
            ) as client:
                assert client.stdin
                client.stdin.write("\n".join(urls).encode())
                client.stdin.close()
                noted(journal, len(entries(journal)) + 30 + kill)
                client.kill()
    whole = Counter(entry["address"] for entry in entries(journal) if entry["whole"])
    received = Counter(had.read_text().split("\n")[:-1])
    assert not received - whole
    assert sum((whole - received).values()) <= kills  # those that were on the way


# -- the command ------------------------------------------------------------------------------------


def test_the_command_hands_everything_on(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with serving(
        articles=1, now=NOW, faults=["503", "reset"], fault_rate=1.0, journal=journal
    ) as proxy:
        for _ in range(3):
            try:
                get(proxy, HTTP_LIST)
            except FAILURES:
                continue
        journaled = noted(journal, 3)
    assert {entry["fault"] for entry in journaled[:-1]} <= {"503", "reset", None}
    assert journaled[0]["fault"] in ("503", "reset")
    assert (journaled[-1]["status"], journaled[-1]["whole"], journaled[-1]["fault"]) == (
        200,
        True,
        None,
    )


def test_a_kind_that_is_not_known_gets_one_sentence() -> None:
    said = "^--faults: no fault is called 'flood'; use 500, 503, [^\n]*\\.$"
    with pytest.raises(RuntimeError, match=said), serving(faults=["reset", "flood"]):
        pass


def test_a_journal_that_cannot_be_written_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        journal_at(tmp_path / "no" / "journal")
    assert capsys.readouterr().err.endswith("/no/journal: No such file or directory.\n")


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("fault_rate", 1.5, "--fault-rate must be between 0 and 1, not 1.5."),
        ("stall", float("nan"), "--stall must be 0 or more, not nan."),
        ("hours_per_second", -1.0, "--hours-per-second must be 0 or more, not -1.0."),
    ],
)
def test_numbers_that_mean_nothing_are_refused(
    option: str, value: float, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    well = {"articles": 1, "port": 0, "fault_rate": 0.1, "stall": 20.0, "hours_per_second": 0.0}
    check(Namespace(**well))
    with pytest.raises(SystemExit) as caught:
        check(Namespace(**well | {option: value}))
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"{sentence}\n"
