"""``scrapy explain``: a page from a file, from the store, or from the outlet."""

import subprocess
import sys
from pathlib import Path

import pytest

from newsstand.server import serving
from tests.support.newsstand_crawl import Stand
from tests.support.paths import PAGES, ROOT
from tests.support.scrapy_process import scrapy


def test_every_line_of_a_page_is_explained() -> None:
    run = scrapy("explain", str(PAGES / "gosiweek" / "older.html"))
    assert run.returncode == 0
    pairs = {tuple(line.split(maxsplit=2)[:2]) for line in run.stdout.splitlines() if line.strip()}
    assert {
        ("body", "body"),
        ("images", "caption"),
        ("alternative_headline", "subtitle"),
        ("rights", "copyright"),
    } <= pairs
    assert "date_published       2024-09-05T10:52:35+09:00" in run.stdout


def test_an_address_is_looked_up_in_any_form_and_fetched_if_told(tmp_path: Path) -> None:
    with serving(seed=5, articles=5) as proxy:
        stand = Stand(proxy, tmp_path / "store.db", [])
        stand.crawl("seonamtoday", "-a", "limit=1", "-a", "since=60d")
        ((url, row),) = stand.stored().items()
        store = ("-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db", "-s", "DOWNLOAD_DELAY=0")
        mobile = url.replace("/news/", "/m/") + "&mcode=m1"
        stored = scrapy("explain", mobile, *store)
        fetched = scrapy("explain", url, "--fetch", *store, proxy=proxy)
    for run in (stored, fetched):
        assert run.returncode == 0, run.stderr
        assert f"headline             {row['headline']}" in run.stdout
        assert row["body"].splitlines()[0] in run.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "explain takes one file or one URL"),
        (("/nope.html",), "/nope.html: No such file or directory"),
        (("https://www.papns.kr/x",), "https://www.papns.kr/x is not in the store"),
        (("https://x.example/1", "--fetch"), "https://x.example/1 belongs to no known outlet"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    run = scrapy("explain", *arguments, "-s", "DATABASE_URL=sqlite://")
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {sentence}")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>시가 문을 열었다고 밝혔다.</p>" * 5000, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "explain", str(page)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 0
