"""Captures compared with live responses: a page from an archive equals what the spider received."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from crawler.archive.captures.decode import MAX_PAGE_BYTES
from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.settings import DOWNLOAD_MAXSIZE
from tests.support.paths import ROOT
from tests.support.raw_responses import as_json, sending
from tests.support.scrapy_process import environment

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "<html><head><title>온새</title></head><body>뷁 온새시 도서관이 문을 열었다</body></html>"
HTML = TEXT.encode()
DEFLATE = zlib.compressobj(wbits=-15)
ON_THE_WAY = {"Connection", "Content-Length", "Transfer-Encoding"}
"""Headers of a way, not of a page: Scrapy leaves them out."""


def answer(body: bytes, *lines: str, status: str = "200 OK", html: bool = True) -> bytes:
    """As it is sent; without a length, its end is the connection's."""
    types = ["Content-Type: text/html"] if html else []
    head = "\r\n".join([f"HTTP/1.1 {status}", *types, *lines, "Connection: close", "", ""])
    return head.encode("latin-1") + body


def chunks(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = [body[n : n + 50] for n in range(0, len(body), 50)]
    return b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + end


def packed(encoding: str, body: bytes, *lines: str) -> bytes:
    return answer(body, f"Content-Encoding: {encoding}", *lines)


ANSWERS = {
    "/plain": answer(HTML, f"Content-Length: {len(HTML)}"),
    "/no-length": answer(HTML),
    "/no-type": answer(HTML, html=False),
    "/no-reason": answer(HTML, status="200"),
    "/gone": answer(HTML, status="410 Gone"),
    "/moved": answer(b"", "Location: /plain", status="302 Found"),
    "/nothing": answer(b"", "Content-Length: 0"),
    "/gzip": packed("gzip", gzip.compress(HTML)),
    "/x-gzip": packed("x-gzip", gzip.compress(HTML)),
    "/gzip-upper": packed("GZIP", gzip.compress(HTML)),
    "/deflate": packed("deflate", zlib.compress(HTML)),
    "/deflate-bare": packed("deflate", DEFLATE.compress(HTML) + DEFLATE.flush()),
    "/br": packed("br", brotli.compress(HTML)),
    "/zstd": packed("zstd", zstd.compress(HTML)),
    "/twice": packed("gzip, br", brotli.compress(gzip.compress(HTML))),
    "/identity": packed("identity", HTML),
    "/cut-gzip": packed("gzip", gzip.compress(os.urandom(3000).hex().encode())[:2000]),
    "/chunks": answer(chunks(HTML), "Transfer-Encoding: chunked"),
    "/chunks-gzip": packed("gzip", chunks(gzip.compress(HTML)), "Transfer-Encoding: chunked"),
    "/chunks-fields": answer(chunks(HTML, b"0\r\nX-Sum: 1\r\n\r\n"), "Transfer-Encoding: chunked"),
    "/cp949": answer(TEXT.encode("cp949"), "X-Charset: none"),
    "/cp949-said-utf-8": packed("gzip", gzip.compress(TEXT.encode("cp949"))),
    "/xml": answer(b"<?xml version='1.0'?><rss/>", "Content-Type: application/xml", html=False),
    "/json": answer(b'{"a": "b"}', "Content-Type: application/json", html=False),
    "/sitemap.xml.gz": answer(gzip.compress(HTML), "Content-Type: application/x-gzip", html=False),
    "/picture": answer(b"\x89PNG\r\n\x1a\n\0\0", "Content-Type: image/png", html=False),
    "/headers": answer(HTML, "X-Two: a", "x-two: b", "X-Korean: \xec\x98\xa8", "X-Latin: \xe9"),
    "/type-twice": answer(HTML, "Content-Type: text/plain; charset=euc-kr"),
}


@dataclass(frozen=True)
class Crawled:
    origin: str
    got: dict[str, Any]
    """What the spider got, by address."""
    archive: Path


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("sent")
    with sending(ANSWERS) as origin:
        command = [
            sys.executable,
            "-m",
            "tests.support.raw_responses",
            str(folder),
            *(origin + path for path in ANSWERS),
        ]
        run = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-3000:]
        got = json.loads(run.stdout)
        assert got.keys() == {origin + path for path in ANSWERS}, run.stderr[-3000:]
        yield Crawled(origin, got, folder)


def read(file: Path, spool: Path) -> dict[str, Any]:
    sentences: list[str] = []
    found = {
        entry.url: as_json(load(entry).response) for entry in index(file, sentences.append, spool)
    }
    assert not sentences
    return found


def test_our_archive_gives_what_the_spider_got(crawled: Crawled, tmp_path: Path) -> None:
    (file,) = crawled.archive.glob("*/*.warc.gz")
    found = read(file, tmp_path)
    for path in ANSWERS:
        url = crawled.origin + path
        assert found.get(url) == crawled.got[url], path


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
@pytest.mark.parametrize("options", [[], ["--no-warc-compression"]], ids=["packed", "plain"])
def test_a_file_of_wget_gives_what_the_spider_got(
    crawled: Crawled, tmp_path: Path, options: list[str]
) -> None:
    urls = [crawled.origin + path for path in ANSWERS if path != "/moved"]
    command = ["wget", "-q", "--no-proxy", "--tries=1", "--warc-file=w", *options, *urls]
    subprocess.run(command, cwd=tmp_path, timeout=60, check=False)
    found = read(next(tmp_path.glob("w.warc*")), tmp_path)
    for url in urls:
        page, got = found[url], crawled.got[url]
        for one in (page, got):
            one["headers"] = {k: v for k, v in one["headers"].items() if k not in ON_THE_WAY}
        assert page == got, url


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_what_wget_did_not_write_twice_is_the_page_that_it_wrote_first(
    crawled: Crawled, tmp_path: Path
) -> None:
    paths = ["/plain", "/gzip", "/chunks-gzip", "/br", "/cp949"]
    for options in (["--warc-file=a", "--warc-cdx"], ["--warc-file=b", "--warc-dedup=a.cdx"]):
        command = ["wget", "-q", "--no-proxy", *options, *(crawled.origin + path for path in paths)]
        subprocess.run(command, cwd=tmp_path, timeout=60, check=True)
    first, later = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    together, sentences = tmp_path / "c.warc.gz", list[str]()
    together.write_bytes(first.read_bytes() + later.read_bytes())
    entries = index(together, sentences.append, tmp_path)
    assert [entry.payload is not None for entry in entries] == [False] * 5 + [True] * 5
    for entry in entries:
        got = crawled.got[entry.url]
        page = as_json(load(entry).response)
        assert (page["text"], page["class"]) == (got["text"], got["class"])
    assert not sentences
    assert index(later, sentences.append, tmp_path) == []
    assert len(sentences) == 1
    assert "5 refer to records that are not there" in sentences[0]


def test_a_page_is_as_large_as_in_a_crawl() -> None:
    assert MAX_PAGE_BYTES == DOWNLOAD_MAXSIZE
