"""``scrapy replay`` of archives: the result equals what the crawl stored."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crawler.runtime.process_pool import MIN_JOBS_FOR_POOL
from newsstand.content import KST
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.changing_outlet import Paper, edited
from tests.support.paths import PAGES, ROOT
from tests.support.scrapy_process import Run, scrapy
from tests.support.waiting import wait_for
from tests.support.warc_files import packed

OUTLETS = ("papns", "gosiweek")
TABLES = ("article", "revision", "address", "absence")
NUMBERS = {"id", "article"}
"""Given in the order of storing: of two articles that came in one second, any may be first."""


class Kept:
    """What crawls stored and kept."""

    def __init__(self, folder: Path) -> None:
        self.database, self.archive = folder / "live.db", folder / "live.archive"

    def replay(self, into: Path, *options: str) -> Run:
        return replay(into, str(self.archive), *options)


def replay(into: Path, *options: str) -> Run:
    run = scrapy("replay", *options, "-s", f"DATABASE_URL=sqlite:///{into}")
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    return run


def problems(run: Run) -> list[str]:
    """What a run said that is no routine."""
    return re.findall(r"(?:ERROR|WARNING|CRITICAL): (.*)", run.stderr)


def rows(database: Path, table: str, without: set[str] = NUMBERS) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as opened:
        opened.row_factory = sqlite3.Row
        found = [dict(row) for row in opened.execute(f"SELECT * FROM {table}")]  # noqa: S608
    left = [{name: row[name] for name in row if name not in without} for row in found]
    return sorted(left, key=str)


def addresses(database: Path) -> set[str]:
    return {row["canonical_url"] for row in rows(database, "article")}


def assert_same(one: Path, other: Path, without: set[str] = NUMBERS) -> None:
    for table in TABLES:
        assert rows(one, table, without) == rows(other, table, without), table


def page(outlet: str, name: str) -> bytes:
    return (PAGES / outlet / f"{name}.html").read_bytes()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Two papers, crawled three times while articles are edited, go away, and come back."""
    folder = tmp_path_factory.mktemp("kept")
    now = datetime.now(KST)
    sold = Newsstand(seed=3, now=now, articles=14)
    with beside(sold, now) as proxy:
        papers = [Paper(outlet, proxy, sold, folder) for outlet in OUTLETS]
        for paper in papers:
            paper.crawler.database = folder / "live.db"
        for visit in range(3):
            for paper in papers:
                if visit:
                    changed, away = paper.ordinary()[:2]
                    paper.change(away, status=404 if visit == 1 else 200)
                if visit == 1:
                    paper.change(changed, story=edited(changed).story)
                run = paper.crawl("-a", "revisit=60d", "-s", "AUTOTHROTTLE_ENABLED=False")
                assert run.returncode == 0, run.stderr[-3000:]
            time.sleep(1.1)  # visits are told apart by the second
    return Kept(folder)


def test_a_replay_stores_what_the_crawl_stored(kept: Kept, tmp_path: Path) -> None:
    run = kept.replay(tmp_path / "a.db", "-s", f"ARCHIVE={kept.archive}")
    assert (run.returncode, problems(run)) == (0, [])
    assert len(rows(kept.database, "revision")) == len(rows(kept.database, "absence")) == 2
    assert_same(kept.database, tmp_path / "a.db")
    again = kept.replay(tmp_path / "a.db")
    assert "2 files were replayed before" in again.stderr
    assert "Read 0 pages" in again.stderr
    whole = kept.replay(tmp_path / "a.db", "--again", "-s", f"ARCHIVE={kept.archive}")
    assert whole.returncode == 0
    assert_same(kept.database, tmp_path / "a.db")


def test_an_archive_elsewhere_leaves_no_places_in_the_store(kept: Kept, tmp_path: Path) -> None:
    assert kept.replay(tmp_path / "a.db").returncode == 0
    assert {row["warc_location"] for row in rows(tmp_path / "a.db", "article")} == {None}
    assert_same(kept.database, tmp_path / "a.db", NUMBERS | {"warc_location"})
    assert not (tmp_path / "a.archive").exists()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of more pages than one process reads alone."""
    whole = page("seonamtoday", "newer")
    words = [f"{one}{two}" for one in "가나다라마바사아자차카타파하" for two in "강릉산천들판길숲"]
    rng = Random(1)  # noqa: S311 - no secret
    path = tmp_path_factory.mktemp("many") / "many.warc.gz"
    with path.open("wb") as file:
        for number in range(3 * MIN_JOBS_FOR_POOL):
            text = " ".join(rng.choices(words, k=60))
            content = whole.replace(b"<p>", f"<p>{text} ".encode())
            file.write(packed(f"http://www.seonamtoday.com/news/view.php?idx={number}", content))
    return path


def test_several_processes_store_what_one_does_whatever_ends_them(
    many: Path, tmp_path: Path
) -> None:
    into = tmp_path / "several.db"
    assert replay(tmp_path / "one.db", str(many), "--jobs", "1").returncode == 0
    assert len(rows(tmp_path / "one.db", "article")) == 3 * MIN_JOBS_FOR_POOL
    ended(into, many, 10, lambda process: process.kill(), -signal.SIGKILL)
    log = ended(into, many, MIN_JOBS_FOR_POOL // 2, kill_a_worker, 1)
    assert "CRITICAL: a worker process was killed from outside" in log
    ended(into, many, MIN_JOBS_FOR_POOL, lambda process: process.terminate(), 3)
    assert len(rows(into, "article")) < 3 * MIN_JOBS_FOR_POOL
    assert replay(into, str(many), "--jobs", "2").returncode == 0
    assert_same(tmp_path / "one.db", into)


def ended(
    into: Path, many: Path, least: int, end: Callable[[subprocess.Popen[bytes]], None], code: int
) -> str:
    """A replay that was ended once so much was stored and others read for it; gives its log."""
    command = [sys.executable, "-m", "scrapy", "replay", str(many), "--jobs", "2"]
    log = into.with_suffix(f".{least}.log")
    command += ["-s", f"DATABASE_URL=sqlite:///{into}", "--logfile", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: len(stored(into)) >= least and bool(workers(process.pid)))
            others = workers(process.pid)
            end(process)
            process.wait(timeout=60)
        finally:
            process.kill()
    text = log.read_text("utf-8")
    assert process.returncode == code, text[-3000:]
    assert "Traceback" not in text
    wait_for(lambda: not any(Path(f"/proc/{other}").exists() for other in others))
    return text


def kill_a_worker(process: subprocess.Popen[bytes]) -> None:
    os.kill(workers(process.pid)[0], signal.SIGKILL)


def stored(database: Path) -> set[str]:
    try:
        return addresses(database)
    except sqlite3.OperationalError:
        return set()


def workers(pid: int) -> list[int]:
    """Processes that read pages for another."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    read = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in found}
    return [one for one, command in read.items() if b"spawn_main" in command]


def test_one_outlet_alone_or_a_time_alone(kept: Kept, tmp_path: Path) -> None:
    live = rows(kept.database, "article")
    published = sorted(row["date_published"] for row in live if row["date_published"])
    day = published[len(published) // 2][:10]
    first = kept.replay(tmp_path / "a.db", "--outlet", "papns", "--since", day)
    assert first.returncode == 0
    assert addresses(tmp_path / "a.db") == {
        row["canonical_url"]
        for row in live
        if row["outlet"] == "papns" and not (row["date_published"] or day) < day
    }
    assert kept.replay(tmp_path / "a.db", "--until", day).returncode == 0
    assert kept.replay(tmp_path / "a.db", "--outlet", "gosiweek").returncode == 0
    assert addresses(tmp_path / "a.db") == addresses(kept.database)


def test_a_damaged_file_costs_what_is_damaged(kept: Kept, tmp_path: Path) -> None:
    shutil.copytree(kept.archive, tmp_path / "bad.archive")
    place = next(row for row in rows(kept.database, "article") if row["outlet"] == "papns")
    file, _, offset = place["warc_location"].rpartition("@")
    with (tmp_path / "bad.archive" / file).open("r+b") as opened:
        opened.seek(int(offset) + 20)
        opened.write(b"\0" * 40)
    run = replay(tmp_path / "a.db", str(tmp_path / "bad.archive"))
    assert run.returncode == 3
    assert re.search(rf"/{file}@{offset}: \d+ bytes are not a readable record", run.stderr)
    missing = addresses(kept.database) - addresses(tmp_path / "a.db")
    assert missing <= {place["canonical_url"]}


# -- whose page it is ---------------------------------------------------------------------


def of_file(tmp_path: Path, *records: bytes) -> tuple[Run, list[dict[str, Any]]]:
    (tmp_path / "a.warc.gz").write_bytes(b"".join(records))
    run = replay(tmp_path / "a.db", str(tmp_path / "a.warc.gz"), "--jobs", "1")
    return run, rows(tmp_path / "a.db", "article")


def test_an_unknown_host_is_read_by_the_family_that_its_page_shows(tmp_path: Path) -> None:
    name = next(path.stem for path in sorted((PAGES / "papns").glob("*.html")))
    address = "https://news.온새신문.example/bbs/board.php?bo_table=news&wr_id=77"
    run, (article,) = of_file(tmp_path, packed(address, page("papns", name)))
    assert (run.returncode, problems(run)) == (0, [])
    assert article["outlet"] == "news.온새신문.example"
    assert article["article_id"] == "news/77"
    assert article["body"]


def test_a_page_of_no_family_is_no_article(tmp_path: Path) -> None:
    plain = b"<html><head><title>x</title></head><body><p>words of a shop</p></body></html>"
    address = "https://shop.example/bbs/board.php?bo_table=free&wr_id=1"
    records = [packed(address, plain), packed("https://shop.example/", plain)]
    run, articles = of_file(tmp_path, *records)
    assert (run.returncode, articles) == (0, [])
    assert "'malgeum/no_page/no_cms': 1" in run.stderr


def test_a_known_outlet_that_looks_like_another_family_is_said_and_read_so(tmp_path: Path) -> None:
    name = next(path.stem for path in sorted((PAGES / "seonamtoday").glob("*.html")))
    address = "https://www.papns.kr/news/view.php?idx=555"
    run, (article,) = of_file(tmp_path, packed(address, page("seonamtoday", name)))
    assert problems(run) == [
        "1 pages of papns do not look like gnuboard, but like dadamedia, and were read as such"
    ]
    assert (article["outlet"], article["article_id"]) == ("papns", "555")
    assert article["body"]


def test_a_known_outlet_that_looks_like_no_family_is_said(tmp_path: Path) -> None:
    new = "<html><body><main><h1>제목</h1><p>온새시가 밝혔다.</p></main></body></html>".encode()
    run, articles = of_file(
        tmp_path, packed("https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=5", new)
    )
    assert (run.returncode, articles) == (3, [])
    assert "1 pages of papns do not look like gnuboard, or any other CMS" in problems(run)


def test_a_page_that_was_cut_is_kept_only_where_nothing_better_is(tmp_path: Path) -> None:
    name = next(path.stem for path in sorted((PAGES / "seonamtoday").glob("*.html")))
    whole = page("seonamtoday", name)
    cut = whole[: whole.rindex(b"</p>")]
    one, two = (f"http://www.seonamtoday.com/news/view.php?idx={n}" for n in (1, 2))
    later = {"WARC-Date": "2026-11-26T00:00:00Z"}
    records = [
        packed(one, whole),
        packed(one, cut, warc=later),
        packed(two, cut.replace(b"<p>", "<p>다른 소식이다. ".encode())),
    ]
    run, articles = of_file(tmp_path, *records)
    assert run.returncode == 0
    assert sorted(row["article_id"] for row in articles) == ["1", "2"]
    assert rows(tmp_path / "a.db", "revision") == []
    assert "'malgeum/no_page/cut_short': 1" in run.stderr


def test_a_page_of_which_its_archive_kept_a_part_takes_no_whole_ones_place(tmp_path: Path) -> None:
    whole = page("seonamtoday", "newer")
    one = "http://www.seonamtoday.com/news/view.php?idx=1"
    headers = {"WARC-Date": "2026-11-26T00:00:00Z", "WARC-Truncated": "length"}
    part = whole.replace(b"<p>", "<p>다른 글이다. ".encode())  # its end is that of a whole page
    run, articles = of_file(tmp_path, packed(one, whole), packed(one, part, warc=headers))
    assert (run.returncode, len(articles)) == (0, 1)
    assert rows(tmp_path / "a.db", "revision") == []
    assert "'malgeum/no_page/cut_short': 1" in run.stderr


def test_a_pipe_is_no_file_and_nothing_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.warc.gz")
    run = replay(tmp_path / "a.db", str(tmp_path / "a.warc.gz"))
    assert run.returncode == 2
    assert problems(run) == [f"{tmp_path}/a.warc.gz must be a file, not a pipe or a device"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--outlet", "papnz"], "unknown outlet 'papnz'; did you mean papns?"),
        (["--since", "gestern"], "--since='gestern' is not a date"),
        (["--jobs", "0"], "--jobs must be a whole number of at least 1, not '0'"),
        (["--jobs", "two"], "--jobs must be a whole number of at least 1, not 'two'"),
    ],
)
def test_bad_usage_is_one_sentence(options: list[str], sentence: str) -> None:
    run = scrapy("replay", "a.warc.gz", *options)
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1
