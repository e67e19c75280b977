"""``scrapy replay`` of files: saved pages through extraction and stages, and invalid input."""

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from tests.support.paths import PAGES
from tests.support.replays import PAGE, TEXT, replay, write
from tests.support.scrapy_process import scrapy


def test_a_text_page_becomes_an_article(tmp_path: Path) -> None:
    run, (article,) = replay(tmp_path, write(tmp_path / "p.jsonl", PAGE), "--no-store")
    assert run.returncode == 0
    assert article["headline"] == "온새시, 도서관 밤에도 연다"
    assert article["body"] == TEXT.splitlines()[-1]
    assert article["date_published"] == "2025-09-11T09:14+09:00"
    assert article["outlet"] == "온새신문.example"
    assert article["fetched_at"] == "2026-01-23T03:00:00Z"
    assert "blocks" not in article
    assert "온새시" in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_a_page_of_a_known_outlet_is_read_as_a_crawl_reads_it(tmp_path: Path) -> None:
    expected = json.loads((PAGES / "seonamtoday" / "newer.json").read_text(encoding="utf-8"))
    html = (PAGES / "seonamtoday" / "newer.html").read_text(encoding="utf-8")
    page = {"url": expected["url"] + "&page=3", "html": html}
    _, (article,) = replay(tmp_path, write(tmp_path / "p.jsonl", page), "--no-store")
    assert article["outlet"] == "seonamtoday"
    for name in ("canonical_url", "article_id", "headline", "body", "date_published", "authors"):
        assert article[name] == expected[name]


def test_html_files_of_a_family_and_of_none_are_read(tmp_path: Path) -> None:
    tables = PAGES / "breaknews_kb" / "tables.html"  # CP949, and no address in it
    other = tmp_path / "other.html"
    other.write_text(
        '<html><head><link rel="canonical" href="https://a.example/7"><title>온새신문</title>'
        '<meta property="og:title" content="온새시, 도서관 밤에도 연다"></head><body>'
        "<ul><li>맑음속초1.0℃</li><li>흐림서울2.0℃</li><li>눈대전-1.0℃</li></ul>"
        f"<p>{TEXT.splitlines()[-1]}</p></body></html>",
        encoding="utf-8",
    )
    run, (first, second) = replay(tmp_path, tables, other, "--no-store")
    assert run.returncode == 0
    expected = json.loads(tables.with_suffix(".json").read_text(encoding="utf-8"))
    assert (first["headline"], first["body"]) == (expected["headline"], expected["body"])
    assert (second["canonical_url"], second["body"]) == (
        "https://a.example/7",
        TEXT.splitlines()[-1],
    )


def test_a_csv_cell_is_never_a_formula(tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://x.example","온새시가 도서관 문을 밤에도 연다고 밝혔다.")'
    page = PAGE | {"text": f"온새시, 도서관 밤에도 연다\n입력 2025-09-11 09:14\n{formula}"}
    out = tmp_path / "out.csv"
    run = scrapy("replay", str(write(tmp_path / "p.jsonl", page)), "--no-store", "-O", str(out))
    assert run.returncode == 0
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["body"] == f"'{formula}"
    assert row["headline"] == "온새시, 도서관 밤에도 연다"


def test_what_is_no_page_is_told_by_file_and_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = write(
        tmp_path / "bad.jsonl", "{broken", "[]", {"text": "x"}, {"url": "https://a.example/1"},
        {"url": 5, "text": "x"}, {"url": "javascript:alert(1)", "text": "x"},
        {"url": "http://[::1", "text": "x"}, PAGE | {"fetched_at": "yesterday"}, PAGE,
    )  # fmt: skip
    run, articles = replay(tmp_path, tmp_path / "missing.html", bad, "--no-store")
    assert run.returncode == 3
    assert len(articles) == 1
    errors = [line.split("ERROR: ")[1] for line in run.stderr.splitlines() if "ERROR: " in line]
    assert errors == [
        f"{tmp_path}/missing.html: No such file or directory",
        f"{bad}, line 1: the line must be JSON",
        f"{bad}, line 2: the line must be a JSON object with url and html or text",
        f"{bad}, line 3: url is missing",
        f"{bad}, line 4: html or text is missing",
        f"{bad}, line 5: url must be a text",
        f"{bad}, line 6: url 'javascript:alert(1)' is not the URL of a web page: it must begin with http:// or https://",
        f"{bad}, line 7: url 'http://[::1' is not the URL of a web page: Invalid IPv6 URL",
        f"{bad}, line 8: fetched_at must be an ISO 8601 time, not 'yesterday'",
    ]


@pytest.mark.parametrize("name", ["missing.jsonl", "empty.jsonl", "picture.png", "bytes.jsonl"])
def test_a_file_that_holds_no_page_at_all_is_bad_usage(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "bytes.jsonl").write_bytes(b'\xff\xfe{"url"\n')
    run, articles = replay(tmp_path, tmp_path / name, "--no-store")
    assert (run.returncode, articles) == (2, [])
    assert f"ERROR: {tmp_path / name}" in run.stderr


def test_a_page_on_which_no_article_is_left_is_told(tmp_path: Path) -> None:
    strip = PAGE | {"text": "맑음속초1.0℃\n흐림서울2.0℃\n눈대전-1.0℃"}
    run, articles = replay(tmp_path, write(tmp_path / "p.jsonl", strip), "--no-store")
    assert (run.returncode, articles) == (3, [])
    assert "NoBody" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "replay takes one or more files, and no -a"),
        (("--bogus",), "unknown option --bogus; see -h"),
        (("p.jsonl", "-a", "since=7d"), "replay takes one or more files, and no -a"),
        (("p.jsonl", "-O", "/proc/nope/x.jsonl"), "the output file /proc/nope/x.jsonl cannot be"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    run = scrapy("replay", *arguments)
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1


def test_the_store_is_used_unless_told_otherwise(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    page = write(tmp_path / "p.jsonl", PAGE)
    store = ("-s", f"DATABASE_URL=sqlite:///{database}")
    replay(tmp_path, page, "--no-store", *store)
    assert not database.exists()
    first, stored = replay(tmp_path, page, *store)
    second, again = replay(tmp_path, page, *store)
    assert (first.returncode, len(stored)) == (0, 1)
    assert (second.returncode, len(again)) == (0, 0)
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT count(*) FROM article").fetchone() == (1,)
    connection.close()


def test_an_article_at_two_addresses_is_output_twice_without_a_store(tmp_path: Path) -> None:
    more = "\n시는 열람석 40석을 늘리고 퇴근길 대출함을 세 곳에 놓았다." * 3
    pages = [
        dict(PAGE, url=f"https://paper.example/{number}", text=TEXT + more) for number in (1, 2)
    ]
    file = tmp_path / "p.jsonl"
    file.write_text("".join(json.dumps(page) + "\n" for page in pages), encoding="utf-8")
    _, (first, second) = replay(tmp_path, file, "--no-store")
    assert (first["duplicate_of"], second["duplicate_of"]) == (None, "https://paper.example/1")
    _, stored = replay(tmp_path, file, "-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db")
    assert len(stored) == 1
