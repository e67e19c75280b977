"""Captures from hostile or damaged WARC files: intact pages are read, fast and in little memory."""

from __future__ import annotations

import gzip
import os
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from brotli import compress  # type: ignore[import-untyped]

from crawler.archive.captures.decode import MAX_PAGE_BYTES
from crawler.archive.captures.index import index
from tests.support.small_disk import small_disk
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

MB = 1 << 20
AROUND = packed(url(1), body(1)), packed(url(2), body(2))


def one_member(contents: list[bytes]) -> bytes:
    return gzip.compress(b"".join(contents))


# -- records that are packed together -----------------------------------------------------


def test_what_is_packed_as_one_and_breaks_off_has_all_that_came_before(tmp_path: Path) -> None:
    whole = records(gzip=False)
    store = zlib.compressobj(0, zlib.DEFLATED, 31)  # so that it is known what a cut leaves
    content, ends = b"", []
    for record in whole:
        content += store.compress(record) + store.flush(zlib.Z_SYNC_FLUSH)
        ends.append(len(content))
    content += store.flush()
    for cut in range(ends[1], len(content), 37):
        found = Read(tmp_path / "a.warc.gz", content[:cut])
        left = sum(end <= cut for end in ends)
        assert len(found.pages) in (left, left + 1), cut  # of the next the last lines may be gone
        assert found.pages.items() <= pages(range(5)).items()
        assert found.problems == [
            f"{tmp_path}/a.warc.gz@0: its compressed content cannot be read to its end: it breaks off"
        ]


def test_damage_in_what_is_packed_as_one_costs_its_record_alone(tmp_path: Path) -> None:
    whole = records(gzip=False)
    whole[2] = whole[2].replace(b"Content-Length: ", b"Content-Length: 9")
    found = Read(tmp_path / "a.warc.gz", one_member(whole))
    assert found.pages == pages(n for n in range(5) if n != 2)
    (problem,) = found.problems
    assert problem.startswith(f"{tmp_path}/a.warc.gz, unpacked, @{len(whole[0]) + len(whole[1])}: ")


@pytest.mark.parametrize("wrong", ["7", "99999"])
def test_a_wrong_length_in_front_costs_not_what_is_packed_with_it(
    tmp_path: Path, wrong: str
) -> None:
    whole = records(gzip=False)
    head, _, rest = whole[0].partition(b"Content-Length: ")
    whole[0] = head + b"Content-Length: " + wrong.encode() + rest[rest.index(b"\r\n") :]
    found = Read(tmp_path / "a.warc.gz", one_member(whole))
    assert found.pages == pages(range(1, 5))
    assert len(found.problems) == 1


def test_places_follow_each_other_in_whatever_file(tmp_path: Path) -> None:
    """A replay goes on by them where it was ended."""
    single, together = records(gzip=True), records(gzip=False)
    content = single[0] + one_member(together[1:3]) + single[3] + one_member(together[4:])
    found = Read(tmp_path / "a.warc.gz", content)
    assert (found.pages, found.problems) == (pages(range(5)), [])
    assert len({entry.file for entry in found.entries}) == 1
    offsets = [entry.offset for entry in found.entries]
    assert offsets == sorted(set(offsets))
    assert len(list((tmp_path / "spool").iterdir())) == 1


def test_no_room_to_unpack_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    whole = [packed(url(1), os.urandom(100_000), gzip=False) for _ in range(3)]
    (tmp_path / "a.warc.gz").write_bytes(one_member(whole))
    problems: list[str] = []
    with small_disk(tmp_path / "small", "128k"):
        assert index(tmp_path / "a.warc.gz", problems.append, tmp_path / "small" / "spool") == []
        assert list((tmp_path / "small" / "spool").iterdir()) == []
    assert problems == [
        f"{tmp_path}/a.warc.gz cannot be read: No space left on device while it was unpacked"
    ]


# -- what cannot be read, and what means harm --------------------------------------------


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    problems: list[str] = []
    for name in ("none.warc.gz", "."):
        assert index(tmp_path / name, problems.append, tmp_path / "spool") == []
    assert problems == [
        f"{tmp_path}/none.warc.gz cannot be read: No such file or directory",
        f"{tmp_path} cannot be read: Is a directory",
    ]


ESCAPE = "\x1b]0;mine\x07"


@pytest.mark.parametrize(
    "record",
    [
        plain(f"WARC-Target-URI: http://a.example/{ESCAPE}", kind="response", payload=b"x"),
        plain(f"WARC-Target-URI: http://a.example/{ESCAPE}", "WARC-Profile: same", kind="revisit", payload=b""),
        plain(f"WARC-Target-URI: {url(1)}", kind=ESCAPE, payload=b"x"),
        plain(f"WARC-Target-URI: {ESCAPE}" + "x" * 9000, kind="response", payload=b"x"),
        plain(f"WARC-Target-URI: {url(1)}", kind="response", payload=b"HTTP/1.1 \x1b[2J\r\n\r\nx"),
        b"WARC/9.9\r\nX: \x1b[2J\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
    ],
    ids=["response", "revisit", "kind", "long", "status", "version"],
)  # fmt: skip
def test_no_sentence_steers_a_terminal(tmp_path: Path, record: bytes) -> None:
    found = Read(tmp_path / "a.warc", record + packed(url(2), body(2)))
    assert found.pages == pages(range(2, 3))
    assert len(found.problems) == 1
    assert found.problems[0].isprintable()
    assert len(found.problems[0]) < 700


def of(payload: bytes, length: int | None = None, *lines: str) -> bytes:
    record = plain(f"WARC-Target-URI: {url(9)}", *lines, kind="response", payload=payload)
    if length is not None:
        length_line = f"Content-Length: {len(payload)}\r\n".encode()
        record = record.replace(length_line, f"Content-Length: {length}\r\n".encode())
    return zlib.compress(record, 6, 31)


def http(*lines: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(lines) + b"\r\n"


def zeros(size: int, times: int = 1) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = b"".join([*(pack.compress(bytes(MB)) for _ in range(size // MB)), pack.flush()])
    for _ in range(times - 1):
        content = gzip.compress(content)
    return content


BOMBS: dict[str, Callable[[], bytes]] = {
    "gigabytes": lambda: bomb(120 * MB),
    "eight": lambda: bomb(30 * MB) * 8,
    "length": lambda: of(b"x", 10 << 30),
    "no page": lambda: of(http() + os.urandom(MAX_PAGE_BYTES + 2 * MB)),
    "headers": lambda: of(http(b"a: b\r\n" * 500_000)),
    "same header": lambda: of(http(b"a:\n" * 15_000)),
    "folded": lambda: of(http(b"a: b\r\n", b" x\n" * 15_000)),
    "headers of the record": lambda: of(http(), None, *["a: b"] * 500_000),
    "chunks": lambda: of(
        http(b"Transfer-Encoding: chunked\r\n") + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n"
    ),
    "gzip": lambda: packed(url(9), zeros(60 * MB), [HTML, ("Content-Encoding", "gzip")]),
    "gzip in gzip": lambda: packed(
        url(9), zeros(60 * MB, 2), [HTML, ("Content-Encoding", "gzip, gzip")]
    ),
    "br": lambda: packed(
        url(9), compress(bytes(40 * MB), quality=1), [HTML, ("Content-Encoding", "br")]
    ),
    "gzip that is none": lambda: b"\x1f\x8b\x08\0" * 9_000,
    "records that are none": lambda: b"WARC/1.0\nA:" * 5_000,
    "members in each other": lambda: (
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\0\x19\0\xe6\xffWARC/" * 2_000
    ),
    "zeros in one member": lambda: gzip.compress(b"".join(records(gzip=False))[:1]) + zeros(60 * MB),
}  # fmt: skip
HARMLESS = {"same header", "folded", "chunks"}
"""Those that are pages, of a kind."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_no_other_page(tmp_path: Path, name: str) -> None:
    content = AROUND[0] + BOMBS[name]() + AROUND[1]
    tracemalloc.start()
    began = time.process_time()
    found = Read(tmp_path / "a.warc.gz", content)
    spent = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1] - 2 * len(content)
    tracemalloc.stop()
    assert {url(1), url(2)} <= found.pages.keys()
    assert len(found.problems) == (name not in HARMLESS), found.problems
    assert peak < 100 * MB
    assert spent < 10  # tracing makes it three times slower


# -- anything ----------------------------------------------------------------------------


SPLICED = (b"\r\n", b"\n", b":", b"\0", b"<", b"WARC/1.0\r\n", b"\r\n\r\n", b"\xff", b"\x1b[31m")
FIELDS = (
    b"Content-Length: ",
    b"WARC-Type: ",
    b"WARC-Date: ",
    b"Target-URI: ",
    b"HTTP/1.1",
    b"sha1:",
)
VALUES = (b"", b"x", b"99999", b"http://[", b"sha9:", b" ", b"-1")  # fmt: skip


def mutated(record: bytes, random: Random) -> bytes:
    content = bytearray(record)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(content))
        match random.randrange(5):
            case 0:
                content[at] ^= 1 << random.randrange(8)
            case 1:
                del content[at : at + random.randrange(1, 30)]
            case 2:
                content[at:at] = random.randbytes(random.randrange(1, 20))
            case 3:
                content[at : at + 1] = random.choice(SPLICED)
            case _:
                at = content.find(random.choice(FIELDS))
                at = content.find(b":", at) + 2
                content[at : at + random.randrange(4)] = random.choice(VALUES)
    return bytes(content)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_becomes_of_a_record_its_neighbours_are_read(tmp_path: Path, seed: int) -> None:
    for case in range(seed * 100, seed * 100 + 100):
        random = Random(case)  # noqa: S311
        whole = [packed(url(n), body(n), gzip=False) for n in range(3)]
        whole[1] = mutated(whole[1], random)
        if random.random() < 0.5:
            whole = [zlib.compress(record, 1, 31) for record in whole]
        found = Read(tmp_path / "a.warc", b"".join(whole))
        assert pages(n for n in (0, 2)).items() <= found.pages.items(), (case, found.problems)
        assert all(sentence.isprintable() for sentence in found.problems), case
        assert found.problems or len(found.pages) == 3, case


def test_an_index_holds_no_bodies(tmp_path: Path) -> None:
    """What a page takes of the memory while a file is read, its content left out."""
    path, number = tmp_path / "a.warc.gz", 1000
    content = os.urandom(4000)
    with path.open("wb") as file:
        for n in range(number):
            lines = f"WARC-Target-URI: {url(n)}", f"WARC-Record-ID: <urn:uuid:{n:032d}>"
            file.write(
                zlib.compress(plain(*lines, kind="response", payload=http() + content), 1, 31)
            )
    tracemalloc.start()
    entries = index(path, print, tmp_path / "spool")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(entries) == number
    assert {entry.fetched_at for entry in entries} == {DATE}
    assert peak < 1200 * number + MB
