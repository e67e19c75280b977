"""Captures: pages read from WARC files of any tool, whole or damaged."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import tracemalloc
import urllib.request
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, TextResponse
from scrapy.utils.project import get_project_settings
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.captures.decode import MAX_PAGE_BYTES
from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.captures.model import Capture
from crawler.cli.arguments import outlets_by_host
from crawler.store import open_store
from crawler.urls import host_of
from newsstand.server import serving
from tests.support.scrapy_process import scrapy
from tests.support.warc_files import (
    DATE,
    HTML,
    Read,
    body,
    bomb,
    packed,
    pages,
    plain,
    records,
    url,
)

# -- whole files ------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["members", "plain", "one member", "two together"])
def test_every_page_is_read_however_records_are_packed(tmp_path: Path, form: str) -> None:
    is_plain = form != "members"
    records = [packed(url(n), body(n), gzip=not is_plain) for n in range(6)]
    content = b"".join(records)
    if form == "one member":
        content = gzip.compress(content)
    if form == "two together":
        content = b"".join(gzip.compress(b"".join(records[n : n + 2])) for n in (0, 2, 4))
    found = Read(tmp_path / "a.warc.gz", content)
    assert (found.pages, found.problems) == (pages(range(6)), [])
    assert [entry.url for entry in found.entries] == list(pages(range(6)))
    assert {entry.fetched_at for entry in found.entries} == {DATE}


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("2026-11-25T00:14:32.123456Z", DATE),
        ("2026-11-25T09:14:32+09:00", DATE),
        ("2026-11-25T00:14:32", DATE),
        ("2026-11-25", "2026-11-25T00:00:00Z"),
        ("0999-01-01T00:00:00Z", "0999-01-01T00:00:00Z"),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_a_time_of_fetch_is_read_to_the_second(tmp_path: Path, date: str, read: str | None) -> None:
    record = packed(url(1), body(1), warc={"WARC-Date": date})
    found = Read(tmp_path / "a.warc.gz", record + packed(url(2), body(2)))
    assert [entry.fetched_at for entry in found.entries] == ([read, DATE] if read else [DATE])
    assert len(found.problems) == (not read)


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "x"}))
    other = packed(
        "dns:온새신문.example", b"1.2.3.4", [("Content-Type", "text/dns")], kind="resource"
    )
    text = packed(url(1), b"words", [("Content-Type", "text/plain")], kind="conversion")
    found = Read(tmp_path / "a.warc.gz", out.getvalue() + other + text + packed(url(2), body(2)))
    assert (found.pages, found.problems) == (pages(range(2, 3)), [])


CRAWLED = {
    "http/2": {"protocol": "HTTP/2", "status": "200"},
    "no reason": {"status": "200 "},
    "said packed, lies open": {"headers": [HTML, ("Content-Encoding", "gzip")]},
    "said in Common Crawl's way": {"headers": [HTML, ("X-Crawler-Content-Encoding", "gzip")]},
    "said in chunks, lies whole": {"headers": [HTML, ("Transfer-Encoding", "chunked")]},
    "no type": {"headers": []},
    "another charset said": {"headers": [("Content-Type", "text/html; charset=euc-kr")]},
    "address in brackets": {"address": f"<{url(1)}>"},
}


@pytest.mark.parametrize("how", CRAWLED)
def test_pages_are_read_as_others_wrote_them(tmp_path: Path, how: str) -> None:
    record = packed(**{"address": url(1), "content": body(1)} | CRAWLED[how])  # type: ignore[arg-type]
    found = Read(tmp_path / "a.warc.gz", record)
    (one,) = found.captures
    assert isinstance(one.response, HtmlResponse)
    assert (one.entry.url, one.response.status, one.response.body) == (url(1), 200, body(1))
    assert one.response.text == body(1).decode()
    assert not found.problems


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_was_packed_or_in_chunks_is_undone(
    tmp_path: Path, encoding: str, pack: object, chunked: bool
) -> None:
    content = pack(body(2))  # type: ignore[operator]
    headers = [HTML, ("Content-Encoding", encoding)]
    if chunked:
        parts = [content[:10], content[10:]]
        content = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        headers.append(("Transfer-Encoding", "chunked"))
    (one,) = Read(tmp_path / "a.warc.gz", packed(url(2), content, headers)).captures
    assert one.response.body == body(2)
    assert "Content-Encoding" not in one.response.headers


def test_cp949_is_read_whatever_is_said(tmp_path: Path) -> None:
    text = "<html><body>뷁 온새시 도서관</body></html>"
    (one,) = Read(tmp_path / "a.warc.gz", packed(url(1), text.encode("cp949"))).captures
    assert isinstance(one.response, TextResponse)
    assert one.response.text == text


@pytest.mark.parametrize(
    "headers", [{"WARC-Truncated": "length"}, {"WARC-Truncated": "disconnect"}, {"WARC-Segment-Number": "1"}],
    ids=["length", "disconnect", "segment"],
)  # fmt: skip
def test_a_page_that_was_cut_says_so(tmp_path: Path, headers: dict[str, str]) -> None:
    (one,) = Read(tmp_path / "a.warc.gz", packed(url(1), body(1), warc=headers)).captures
    assert not one.is_whole


def test_a_page_of_common_crawl_is_read_with_all_that_stands_around_it(tmp_path: Path) -> None:
    uri, fields = f"WARC-Target-URI: {url(1)}", "Content-Type: application/warc-fields"
    http = [
        "HTTP/2 200", "content-type: text/html", "X-Crawler-content-encoding: br", "vary: Cookie",
        "X-Crawler-transfer-encoding: chunked", f"Content-Length: {len(body(1))}", "", "",
    ]  # fmt: skip
    ids = "WARC-Record-ID: <urn:uuid:1>", "WARC-Warcinfo-ID: <urn:uuid:0>", "WARC-IP-Address: ::1"
    request = plain(
        uri, "Content-Type: application/http; msgtype=request", kind="request",
        payload=b"GET /1 HTTP/1.1\r\nUser-Agent: CCBot/2.0\r\n\r\n",
    )  # fmt: skip
    came = plain(uri, *ids, "WARC-Identified-Payload-Type: text/html", kind="response",
                 payload="\r\n".join(http).encode() + body(1))  # fmt: skip
    about = plain(
        uri, fields, "WARC-Concurrent-To: <urn:uuid:1>", kind="metadata",
        payload=b"fetchTimeMs: 421\r\ncharset-detected: UTF-8\r\n",
    )  # fmt: skip
    info = plain(fields, kind="warcinfo", payload=b"isPartOf: CC-MAIN-2026-46\r\n")
    members = [zlib.compress(one, 6, 31) for one in (info, request, came, about)]
    found = Read(tmp_path / "a.warc.gz", b"".join(members) + packed("http://other.example/", b"x"))
    assert not found.problems
    one, other = found.captures
    assert (one.response.body, one.listing, one.is_whole) == (body(1), None, True)
    assert isinstance(one.response, HtmlResponse)
    assert other.entry.url == "http://other.example/"


def digest(content: bytes) -> str:
    return (
        "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    )


def revisit(
    number: int,
    *,
    of: str,
    date: str = DATE,
    profile: str = "identical-payload-digest",
    payload: bytes = body(1),
    warc: dict[str, str] | None = None,
) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    record = writer.create_revisit_record(
        url(number), digest(payload), of, date, warc_headers_dict=warc or {},
        http_headers=StatusAndHeaders("200 OK", [HTML, ("X-Second", "yes")], "HTTP/1.1"),
    )  # fmt: skip
    name = "http://netpreserve.org/warc/1.1/revisit/" + profile
    record.rec_headers.replace_header("WARC-Profile", name)
    writer.write_record(record)
    return out.getvalue()


def test_a_revisit_is_the_page_that_it_refers_to(tmp_path: Path) -> None:
    found = Read(tmp_path / "a.warc.gz", packed(url(1), body(1)) + revisit(2, of=url(1)))
    assert found.pages == {url(1): body(1), url(2): body(1)}
    assert found.captures[1].response.headers["X-Second"] == b"yes"


def test_a_revisit_may_name_its_record_alone(tmp_path: Path) -> None:
    """As wget does; one that names itself, or another revisit, is of nothing."""
    first = packed(url(1), body(1), warc={"WARC-Record-ID": "<urn:uuid:1>"})
    of_first = revisit(
        2, of="", warc={"WARC-Record-ID": "<urn:uuid:2>", "WARC-Refers-To": "<urn:uuid:1>"}
    )
    of_itself = revisit(
        3, of="", warc={"WARC-Record-ID": "<urn:uuid:3>", "WARC-Refers-To": "<urn:uuid:3>"}
    )
    of_other = revisit(4, of="", warc={"WARC-Refers-To": "<urn:uuid:2>"})
    found = Read(tmp_path / "a.warc.gz", of_first + of_itself + of_other + first)
    assert found.pages == {url(1): body(1), url(2): body(1)}
    assert len(found.problems) == 1
    assert "2 refer to records that are not there" in found.problems[0]


def test_a_revisit_of_another_page_is_none(tmp_path: Path) -> None:
    found = Read(
        tmp_path / "a.warc.gz", packed(url(1), body(1)) + revisit(2, of=url(1), payload=b"other")
    )
    assert found.pages == {url(1): body(1)}
    assert len(found.problems) == 1
    assert found.problems[0].endswith("it refers to a record that holds another page")


@pytest.mark.parametrize("place", ["beside", "away", "outside"])
def test_a_revisit_of_our_archive_is_found_wherever_the_archive_is(
    tmp_path: Path, place: str
) -> None:
    """Its record is in the file that it names, or, where that is not there, in its own."""
    first, named = (
        packed(url(1), body(1)),
        "../paper/b.warc.gz" if place == "outside" else "paper/b.warc.gz",
    )
    refers = {"WARC-Refers-To-Filename": named, "WARC-Refers-To-File-Offset": "0"}
    (tmp_path / "paper").mkdir()
    if place == "beside":
        (tmp_path / "paper" / "b.warc.gz").write_bytes(first)
    later = revisit(2, of=url(1), warc=refers)
    found = Read(tmp_path / "paper" / "a.warc.gz", later if place == "beside" else first + later)
    assert found.pages[url(2)] == body(1)
    assert not found.problems


def test_what_names_no_record_belongs_to_none(tmp_path: Path) -> None:
    """A row and a page out of a browser that do not say whose they are, and a page without a name."""
    nameless = plain(f"WARC-Target-URI: {url(1)}", kind="response", payload=answer(body(1)))
    row = plain("Content-Type: application/json", kind="metadata", payload=b'{"date": "1.1"}')
    made = plain(
        f"WARC-Target-URI: {url(2)}", "Content-Type: text/html", kind="conversion", payload=body(2)
    )
    found = Read(tmp_path / "a.warc", nameless + row + made)
    assert found.pages == pages(range(1, 3))
    assert [one.listing for one in found.captures] == [None, None]
    assert not found.problems


def answer(content: bytes, *lines: str, end: str = "\r\n") -> bytes:
    head = end.join(["HTTP/1.1 200 OK", "Content-Type: text/html", *lines, "", ""])
    return head.encode("latin-1") + content


HTTP = {
    "lines end in a line feed": answer(body(1), "X-Name: one", end="\n"),
    "a header goes on in the next line": answer(body(1), "X-Name:", "  one"),
    "bytes of no charset": answer(body(1), "X-Name: one", "X-Other: \xbf\xc2"),
    "a header without a colon": answer(body(1), "nonsense", "X-Name: one"),
    "fields behind the last chunk": answer(
        b"%x\r\n%s\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(body(1)), body(1)),
        "X-Name: one", "Transfer-Encoding: chunked",
    ),
    "chunks that do not end": answer(
        b"%x\r\n%s\r\n0\r\n" % (len(body(1)), body(1)), "X-Name: one", "Transfer-Encoding: chunked"
    ),
    "said deflated, lies open": answer(body(1), "X-Name: one", "Content-Encoding: deflate"),
    "said br, lies open": answer(body(1), "X-Name: one", "Content-Encoding: br"),
    "empty lines behind it": answer(body(1), "X-Name: one") ,
}  # fmt: skip


@pytest.mark.parametrize("how", HTTP)
@pytest.mark.parametrize("gzip", [True, False])
def test_answers_are_read_as_servers_sent_them(tmp_path: Path, how: str, gzip: bool) -> None:
    record = plain(f"WARC-Target-URI: {url(1)}", kind="response", payload=HTTP[how])
    record += b"\r\n" * 300 * how.startswith("empty lines")
    found = Read(
        tmp_path / "a.warc",
        (zlib.compress(record, 6, 31) if gzip else record) + packed(url(2), body(2)),
    )
    assert (found.pages, found.problems) == (pages(range(1, 3)), [])
    assert found.captures[0].response.headers["X-Name"] == b"one"


def test_headers_keep_their_bytes(tmp_path: Path) -> None:
    headers = "X-Korean: 온새".encode().decode("latin-1"), "X-Latin: \xe9", "X-Two: a", "x-two: b"
    record = plain(f"WARC-Target-URI: {url(1)}", kind="response", payload=answer(body(1), *headers))
    (one,) = Read(tmp_path / "a.warc", record).captures
    assert one.response.headers["X-Korean"] == "온새".encode()
    assert one.response.headers["X-Latin"] == b"\xe9"
    assert one.response.headers.getlist("X-Two") == [b"a", b"b"]


def test_a_digest_that_nobody_here_can_reckon_is_no_wrong_one(tmp_path: Path) -> None:
    headers = "WARC-Block-Digest: blake9:abc", "WARC-Payload-Digest: blake9:abc"
    record = plain(f"WARC-Target-URI: {url(1)}", *headers, kind="response", payload=answer(body(1)))
    found = Read(tmp_path / "a.warc", record)
    assert (found.pages, found.problems) == (pages(range(1, 2)), [])


def test_revisits_of_what_is_not_there_are_told_together(tmp_path: Path) -> None:
    revisits = revisit(2, of=url(1)) + revisit(3, of=url(4), profile="server-not-modified")
    found = Read(tmp_path / "a.warc.gz", revisits + packed(url(4), body(4)) + revisit(5, of=url(1)))
    assert found.pages == {url(4): body(4)}
    assert found.problems == [
        f"{tmp_path}/a.warc.gz: of pages that were unchanged, 2 refer to records that are not"
        f" there (for example {url(2)} at byte 0)"
    ]


def test_what_stood_in_a_browser_stands_for_the_page(tmp_path: Path) -> None:
    came, made, row = "<urn:uuid:1>", "<urn:uuid:2>", {"url": url(1), "date": "11.25"}
    parts = [
        packed(url(1), b"<html><script/></html>", warc={"WARC-Record-ID": came}),
        packed(url(1), json.dumps(row).encode(), [("Content-Type", "application/json")],
               kind="metadata", warc={"WARC-Concurrent-To": came}),
        packed(url(2), body(2)),
        packed(url(1), body(1), kind="conversion", warc={"WARC-Record-ID": made, "WARC-Refers-To": came}),
    ]  # fmt: skip
    found = Read(tmp_path / "a.warc.gz", b"".join(parts))
    assert [(one.entry.url, one.listing) for one in found.captures] == [
        (url(2), None),
        (url(1), row),
    ]
    assert found.pages[url(1)] == body(1)


# -- damage -----------------------------------------------------------------------------


@pytest.mark.parametrize("gzip", [True, False])
def test_a_file_that_breaks_off_has_all_that_came_before(tmp_path: Path, gzip: bool) -> None:
    whole = records(gzip=gzip)
    ends = [sum(map(len, whole[: n + 1])) for n in range(5)]
    content = b"".join(whole)
    for cut in range(1, len(content), 41):
        found = Read(tmp_path / "a.warc", content[:cut])
        left = sum(end <= cut + (0 if gzip else 4) for end in ends)
        assert found.pages == pages(range(left)), cut
        at_an_end = any(end - (0 if gzip else 4) <= cut <= end for end in ends)
        assert (len(found.problems) == 0) == at_an_end, (cut, found.problems)


@pytest.mark.parametrize("gzip", [True, False])
def test_a_bit_that_flips_costs_one_page_at_the_most(tmp_path: Path, gzip: bool) -> None:
    whole = records(gzip=gzip)
    content = b"".join(whole)
    starts = [sum(map(len, whole[:n])) for n in range(6)]
    for place in range(0, len(content), 23):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        found = Read(tmp_path / "a.warc", bytes(damaged))
        hit = next(n for n in range(5) if starts[n] <= place < starts[n + 1])
        others = {address: page for address, page in found.pages.items() if address != url(hit)}
        left = pages(n for n in range(5) if n != hit)
        extra = {address: page for address, page in others.items() if address not in left}
        assert {a: p for a, p in others.items() if a in left} == left, place
        # a header of the record may read otherwise now; what came may not
        assert all(page == body(hit) for page in extra.values()), place
        assert found.pages.get(url(hit), body(hit)) == body(hit), place
        assert found.problems or len(found.pages) == 5, place


@pytest.mark.parametrize("gzip", [True, False])
@pytest.mark.parametrize(
    "what", [b"\0" * 700, b"WARC/1.1\r\n", b"\x1f\x8b\x08garbage", b"x" * 70_000]
)
def test_what_lies_between_records_costs_none(tmp_path: Path, gzip: bool, what: bytes) -> None:
    whole = records(gzip=gzip)
    found = Read(tmp_path / "a.warc", b"".join([*whole[:2], what, *whole[2:]]))
    assert found.pages == pages(range(5))
    if what.startswith(b"WARC/") and not gzip:  # a line too much in the next one's headers
        return
    assert len(found.problems) == 1
    assert found.problems[0].startswith(
        f"{tmp_path}/a.warc@{len(whole[0]) + len(whole[1])}: {len(what)} bytes"
    )


@pytest.mark.parametrize("gzip", [True, False])
@pytest.mark.parametrize("length", ["7", "0", "9999", "99999999999", "-1", "many", ""])
def test_a_wrong_length_costs_its_record_alone(tmp_path: Path, gzip: bool, length: str) -> None:
    whole = records(gzip=False)
    head, _, rest = whole[2].partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    whole[2] = b"\r\n".join([*lines, b"Content-Length: " + length.encode()]) + b"\r\n\r\n" + rest
    if gzip:
        whole = [zlib.compress(record, 6, 31) for record in whole]
    found = Read(tmp_path / "a.warc", b"".join(whole))
    assert found.pages == pages(n for n in range(5) if n != 2)
    assert len(found.problems) == 1


def test_a_record_that_unpacks_for_ever_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    content = packed(url(1), body(1)) + bomb(50 << 20) + packed(url(2), body(2))
    tracemalloc.start()
    found = Read(path, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.pages == pages(range(1, 3))
    assert len(found.problems) == 1
    assert "it unpacks to more than 100 times its size" in found.problems[0]
    assert peak < 20 << 20


def test_a_page_that_unpacks_for_ever_is_one_sentence(tmp_path: Path) -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    inner = (
        b"".join(pack.compress(bytes(1 << 20)) for _ in range((MAX_PAGE_BYTES >> 20) + 8))
        + pack.flush()
    )
    record = packed(url(1), inner, [HTML, ("Content-Encoding", "gzip")])
    found = Read(tmp_path / "a.warc.gz", record + packed(url(2), body(2)))
    assert found.pages == pages(range(2, 3))
    assert len(found.problems) == 1
    assert "DOWNLOAD_MAXSIZE" in found.problems[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n", "this is not a WARC file"),
        (b"filedesc://a.arc 0.0.0.0 20260101000000 text/plain 9\r\n", "this is not a WARC file"),
        (gzip.compress(b"words"), "this is not a WARC file"),
    ],
    ids=["empty", "picture", "ARC", "packed words"],
)
def test_a_file_that_is_no_archive_is_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    found = Read(tmp_path / "a.warc", content)
    assert not found.entries
    assert found.problems == [f"{tmp_path}/a.warc: {sentence}"]


# -- another tool's files -----------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_what_wget_wrote_is_read_in_full(tmp_path: Path) -> None:
    """Each page as the newsstand sends it; each article's stored by a replay."""
    with serving(articles=6, gold=tmp_path / "gold.jsonl") as proxy:
        starts = [
            f"http://{host}/" for host in ("www.papns.kr", "www.gosiweek.com", "kb.breaknews.com")
        ]
        command = ["wget", "-q", "-r", "-l", "2", "--warc-file=w", "-e", f"http_proxy={proxy}",
                   "--compression=auto", "--tries=1", *starts]  # fmt: skip
        subprocess.run(command, cwd=tmp_path, timeout=60, check=False)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
        problems: list[str] = []
        entries = index(tmp_path / "w.warc.gz", problems.append, tmp_path / "spool")
        captures = [load(entry) for entry in entries]
        pages = {one.entry.url: one.response.body for one in captures if one.response.status == 200}
        assert not problems
        assert len(pages) > 20
        for address, content in pages.items():
            with opener.open(address) as answer:
                assert answer.read() == content, address
    into = tmp_path / "a.db"
    run = scrapy("replay", str(tmp_path / "w.warc.gz"), "-s", f"DATABASE_URL=sqlite:///{into}")
    assert "Traceback" not in run.stderr
    assert run.returncode == 0, run.stderr[-3000:]
    gold = map(json.loads, (tmp_path / "gold.jsonl").read_text("utf-8").splitlines())
    wanted = {page["canonical_url"] for page in gold} & {known_by(one) for one in captures}
    assert len(wanted) > 10
    with open_store(f"sqlite:///{into}") as store:
        assert store.known(wanted) == wanted


def known_by(capture: Capture) -> str | None:
    """The address by which the article of a known outlet is known."""
    url = capture.entry.url
    outlet = outlets_by_host(get_project_settings()).get(host_of(url))
    known = outlet.cms.identify(url, outlet.home, outlet.aliases) if outlet else None
    return known[0] if known and capture.response.status == 200 else None
