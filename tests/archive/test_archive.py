"""Archive: every response is kept as received and survives kills; verify, prune, erasure."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import ssl
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.project import get_project_settings
from warcio.archiveiterator import ArchiveIterator

from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.config import MB, ArchiveConfig
from crawler.archive.location import ArchiveFile, RecordLocation, files_of
from crawler.archive.prune import prune
from crawler.archive.reader import page_at, record_at
from crawler.archive.redact import padding_record
from crawler.archive.scan import DamagedRange, Member, scan_members
from crawler.archive.verify import VerifyResult, verify
from crawler.archive.writer import ArchiveWriter
from crawler.cli.checks import check_archive
from crawler.commands.archive import Command
from crawler.store import open_store
from crawler.store.articles.archive_index import remove_file
from newsstand.server import serving
from tests.support.articles import article
from tests.support.newsstand_crawl import Stand, stat
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy
from tests.support.small_disk import small_disk

OUTLET = "gosiweek"
DAY = date(2026, 11, 26)


def records_in(folder: Path) -> list[dict[str, Any]]:
    """By warcio alone."""
    found = []
    for path in sorted(folder.glob("*/*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                headers = dict(record.rec_headers.headers)
                http = record.http_headers
                headers |= {"file": path.name, "payload": record.raw_stream.read()}
                headers |= {"status": http.statusline if http else None, "http": http}
                found.append(headers)
    return found


class Crawled(Stand):
    """A store, its archive, and what the newsstand was asked for."""

    @property
    def folder(self) -> Path:
        return self.database.with_suffix(".archive")

    def again(self, *arguments: str) -> Run:
        return self.crawl(OUTLET, "-a", "since=60d", "-s", "AUTOTHROTTLE_ENABLED=False", *arguments)

    def command(self, *arguments: str) -> Run:
        return scrapy("archive", *arguments, "-s", f"DATABASE_URL=sqlite:///{self.database}")

    def verified(self) -> VerifyResult:
        with open_store(f"sqlite:///{self.database}") as store:
            return verify(store, self.folder, OUTLET)

    def records(self) -> list[dict[str, Any]]:
        return records_in(self.folder)

    def places(self) -> dict[str, str | None]:
        return {row["url"]: row["warc_location"] for row in self.stored().values()}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One outlet, crawled once."""
    folder = tmp_path_factory.mktemp("archive")
    with serving(seed=7, articles=8, journal=folder / "journal.jsonl") as proxy:
        crawled = Crawled(proxy, folder / "store.db", [])
        run = crawled.again()
        assert run.returncode == 0, run.stderr[-3000:]
        yield crawled


@pytest.fixture
def copy(paper: Crawled, tmp_path: Path) -> Crawled:
    """The same, for tests that spoil it."""
    mine = Crawled(paper.proxy, tmp_path / "store.db", [])
    shutil.copy(paper.database, mine.database)
    shutil.copytree(paper.folder, mine.folder)
    return mine


# -- what a crawl keeps ---------------------------------------------------------------


def test_every_answer_is_kept_with_its_question_as_it_was_sent(paper: Crawled) -> None:
    records = paper.records()
    lines = (paper.database.parent / "journal.jsonl").read_text("utf-8").splitlines()
    journaled = Counter(json.loads(line)["address"] for line in lines)
    answers = [one for one in records if one["WARC-Type"] in ("response", "revisit")]
    assert Counter(one["WARC-Target-URI"] for one in answers) == journaled
    ids = Counter(one["WARC-Record-ID"] for one in answers)
    questions = [one for one in records if one["WARC-Type"] == "request"]
    assert Counter(one["WARC-Concurrent-To"] for one in questions) == ids


def test_every_page_reads_back_as_the_paper_sends_it(paper: Crawled) -> None:
    """Without Scrapy: what is packed on its way is in ``test_captures_live.py``."""
    proxies = urllib.request.ProxyHandler({"http": paper.proxy, "https": paper.proxy})
    own = ssl.create_default_context()
    own.check_hostname, own.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(proxies, urllib.request.HTTPSHandler(context=own))
    problems: list[str] = []
    (file,) = files_of(paper.folder, OUTLET)
    entries = index(
        paper.folder / file.relative_path, problems.append, paper.folder.with_name("spool")
    )
    pages = [page for page in map(load, entries) if page.response.status == 200]
    assert not problems
    assert len(pages) > len(paper.stored())
    for page in pages:
        with opener.open(page.entry.url) as sent:
            assert sent.read() == page.response.body, page.entry.url
            assert sent.headers["Content-Type"].encode() == page.response.headers["Content-Type"]


def test_every_version_leads_to_its_page_and_the_row_that_led_to_it(paper: Crawled) -> None:
    places = paper.places()
    assert places
    rows = {
        one["WARC-Concurrent-To"]: json.loads(one["payload"])
        for one in paper.records()
        if one["WARC-Type"] == "metadata"
    }
    for address, row in paper.stored().items():
        record = record_at(paper.folder, RecordLocation.read(row["warc_location"]))
        assert record.kind == "response"
        assert record.url == row["url"]
        assert record.date == row["fetched_at"]
        assert record.problem is None
        assert row["headline_raw"].encode() in record.payload or record.http is not None
        led = rows[record.headers.get_header("WARC-Record-ID")]
        assert led["canonical_url"] == address


def test_a_file_says_what_it_is(paper: Crawled) -> None:
    first, *_ = paper.records()
    assert first["WARC-Type"] == "warcinfo"
    assert first["WARC-Filename"] == first["file"]
    assert b"robots: obey\r\n" in first["payload"]
    assert f"isPartOf: {OUTLET}\r\n".encode() in first["payload"]


def test_an_unchanged_page_is_a_revisit_and_its_version_keeps_its_record(copy: Crawled) -> None:
    (file,) = files_of(copy.folder, OUTLET)  # as if it had been kept on another day
    earlier = file._replace(day=date(2026, 1, 2))
    (copy.folder / file.relative_path).rename(copy.folder / earlier.relative_path)
    with closing(sqlite3.connect(copy.database)) as database, database:
        database.execute(
            "UPDATE article SET warc_location = replace(warc_location, ?, ?)",
            (file.name, earlier.name),
        )
    before = copy.places()
    run = copy.again("-a", "revisit=60d")
    assert run.returncode == 0, run.stderr[-3000:]
    assert stat(run, "malgeum/archived/revisit") >= len(before) / 2
    assert copy.places() == before
    again = [
        one
        for one in copy.records()
        if one["WARC-Type"] == "revisit" and one["file"] != earlier.name
    ]
    assert len(again) >= stat(run, "malgeum/archived/revisit")
    for one in again:
        assert one["WARC-Profile"].endswith("1.1/revisit/identical-payload-digest")
        assert not one["payload"]
        place = RecordLocation(
            one["WARC-Refers-To-Filename"], int(one["WARC-Refers-To-File-Offset"])
        )
        first = record_at(copy.folder, place)
        assert first.digest == one["WARC-Payload-Digest"]
        assert (first.url, first.date) == (
            one["WARC-Refers-To-Target-URI"],
            one["WARC-Refers-To-Date"],
        )
    assert copy.verified().problems == []


def test_off_by_setting(paper: Crawled, tmp_path: Path) -> None:
    stand = Crawled(paper.proxy, tmp_path / "store.db", [])
    assert stand.again("-s", "ARCHIVE=", "-a", "limit=2").returncode == 0
    assert set(stand.places().values()) == {None}
    assert not stand.folder.exists()


def test_articles_alone_by_setting(paper: Crawled, tmp_path: Path) -> None:
    stand = Crawled(paper.proxy, tmp_path / "store.db", [])
    elsewhere = tmp_path / "pages"
    options = ("-s", "ARCHIVE_KEEP=articles", "-s", f"ARCHIVE={elsewhere}", "-a", "limit=2")
    assert stand.again(*options).returncode == 0
    assert not stand.folder.exists()
    for record in stand.places().values():
        assert record is not None
        assert page_at(elsewhere, RecordLocation.read(record)).payload
    urls = [one.get("WARC-Target-URI", "") for one in records_in(elsewhere)]
    assert urls
    assert not any(url.endswith("robots.txt") for url in urls)


# -- settings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("ARCHIVE_KEEP=some", "ARCHIVE_KEEP must be all or articles, not 'some'"),
        ("ARCHIVE_DAYS=-1", "ARCHIVE_DAYS='-1' is not a whole number of days, or 0 for ever"),
        ("ARCHIVE_MAX_MB=0", "ARCHIVE_MAX_MB must be at least 1, not 0"),
        ("ARCHIVE=/proc/nope", "the archive /proc/nope cannot be written: "),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, sentence: str
) -> None:
    settings = get_project_settings()
    settings.set("DATABASE_URL", f"sqlite:///{tmp_path}/store.db")
    settings.set(*setting.split("="))
    with pytest.raises(SystemExit, match=r"^2$"):
        check_archive(settings)
    error = capsys.readouterr().err
    assert error.startswith(f"scrapy: {sentence}")
    assert len(error.splitlines()) == 1


def test_a_crawl_looks_at_them_first(tmp_path: Path) -> None:
    store = f"DATABASE_URL=sqlite:///{tmp_path}/store.db"
    run = scrapy("crawl", OUTLET, "-s", "ARCHIVE=/proc/nope", "-s", store)
    assert run.returncode == 2
    assert run.stderr.startswith("scrapy: the archive /proc/nope cannot be written: ")
    assert not (tmp_path / "store.db").exists()


# -- files ----------------------------------------------------------------------------


def asked_of(folder: Path, **more: Any) -> ArchiveConfig:
    return replace(ArchiveConfig(folder, "all", 256 * MB, 0, 0), **more)


def written(folder: Path, number: int, day: date = DAY, **more: Any) -> list[RecordLocation]:
    """As many records, each flushed by itself, by a writer of its own."""
    writer = ArchiveWriter(asked_of(folder, **more), OUTLET, {"software": "test"})
    places = []
    for each in range(number):
        writer.open(day)
        places += writer.write([packed(writer, each)])
    writer.close()
    return places


def packed(writer: ArchiveWriter, number: int) -> bytes:
    url = f"http://paper.test/{number}"
    body = f"<html>글 {number}</html>".encode() * 20
    response = HtmlResponse(url, body=body, headers={"Content-Type": "text/html"})
    answer = writer.builder.response(Request(url), response, "2026-11-25T20:00:00Z")
    return writer.builder.compress(answer)


def lies_in(path: Path) -> list[Member | DamagedRange]:
    with path.open("rb") as file:
        return list(scan_members(file))


def test_a_record_torn_by_a_kill_is_cut_off_and_no_whole_one_lost(tmp_path: Path) -> None:
    *_, last = written(tmp_path / "whole", 3)
    whole = (tmp_path / "whole" / last.file).read_bytes()
    for cut in range(last.offset, len(whole), 7):
        folder = tmp_path / str(cut)
        file = folder / last.file
        file.parent.mkdir(parents=True)
        file.write_bytes(whole[:cut])
        if cut > last.offset:
            assert lies_in(file)[-1] == DamagedRange(last.offset, cut - last.offset, True)
        (place,) = written(folder, 1)
        assert place == last
        assert [type(one) for one in lies_in(file)] == [Member] * 4
        assert file.read_bytes()[: last.offset] == whole[: last.offset]


def test_a_file_torn_at_its_very_beginning_is_begun_anew(tmp_path: Path) -> None:
    (first,) = written(tmp_path, 1)
    file = tmp_path / first.file
    file.write_bytes(file.read_bytes()[:50])
    (again,) = written(tmp_path, 1)
    assert again.file == first.file
    assert [type(one) for one in lies_in(file)] == [Member] * 2


@pytest.mark.parametrize("size", [0, 1 << 16, 200_000, 1 << 20])
def test_a_long_record_ends_where_the_next_begins(size: int) -> None:
    packed = [zlib.compress(b"WARC/1.1\r\n" + b"x" * size, 6, 31), zlib.compress(b"WARC/", 6, 31)]
    found = list(scan_members(BytesIO(b"".join(packed)), 5))
    assert found == [
        Member(0, len(packed[0]), b"WARC/"),
        Member(len(packed[0]), len(packed[1]), b"WARC/"),
    ]


def test_yesterdays_torn_file_is_mended_too(tmp_path: Path) -> None:
    first, last = written(tmp_path, 2)
    file = tmp_path / first.file
    file.write_bytes(file.read_bytes()[:-9])
    (place,) = written(tmp_path, 1, date(2026, 11, 27))
    assert place.file.endswith("-20261127-001.warc.gz")
    assert file.stat().st_size == last.offset


def test_nothing_is_written_behind_damage(tmp_path: Path) -> None:
    _, second, third = written(tmp_path, 3)
    file = tmp_path / second.file
    content = bytearray(file.read_bytes())
    content[second.offset + 40] ^= 0xFF
    file.write_bytes(content)
    (place,) = written(tmp_path, 1)
    assert place.file.endswith("-002.warc.gz")
    assert file.read_bytes() == content
    assert record_at(tmp_path, third).url == "http://paper.test/2"
    gaps = [one for one in lies_in(file) if isinstance(one, DamagedRange)]
    assert gaps == [DamagedRange(second.offset, third.offset - second.offset, False)]


def test_a_page_that_holds_records_of_its_own_is_cut_off_as_a_whole(tmp_path: Path) -> None:
    writer = ArchiveWriter(asked_of(tmp_path), OUTLET, {})
    writer.open(DAY)
    inner = packed(writer, 1)
    response = HtmlResponse("http://paper.test/", body=os.urandom(200) + inner + os.urandom(200))
    answer = writer.builder.response(
        Request("http://paper.test/"), response, "2026-11-25T20:00:00Z"
    )
    (place,) = writer.write([writer.builder.compress(answer)])
    writer.close()
    assert [type(one) for one in lies_in(tmp_path / place.file)] == [Member] * 2


def test_files_follow_each_other_by_size_and_by_day(tmp_path: Path) -> None:
    written(tmp_path, 3, largest=900)
    written(tmp_path, 1, date(2026, 11, 27))
    names = [file.name for file in files_of(tmp_path, OUTLET)]
    assert names[0] == "gosiweek-20261126-001.warc.gz"
    assert names[1] == "gosiweek-20261126-002.warc.gz"
    assert names[-1] == "gosiweek-20261127-001.warc.gz"
    for name in names:
        assert b"WARC-Type: warcinfo" in first(lies_in(tmp_path / OUTLET / name)).content


def first(lies: list[Member | DamagedRange]) -> Member:
    assert isinstance(lies[0], Member)
    return lies[0]


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    one, other = (ArchiveWriter(asked_of(tmp_path), OUTLET, {}) for _ in range(2))
    one.open(DAY)
    other.open(DAY)
    assert one.file != other.file
    one.close()
    other.close()


def test_no_secret_of_a_request_is_kept(tmp_path: Path) -> None:
    writer = ArchiveWriter(asked_of(tmp_path), OUTLET, {})
    headers = {"Proxy-Authorization": "Basic geheim", "Authorization": "geheim", "Cookie": "geheim"}
    request = Request("http://paper.test/a?b=c", headers=headers | {"Accept": "text/html"})
    answer = writer.builder.response(request, HtmlResponse(request.url), "2026-11-25T20:00:00Z")
    record = writer.builder.request(request, answer)
    writer.builder.writer.write_record(record)
    text = writer.builder.out.getvalue().decode()
    assert "GET /a?b=c HTTP/1.1\r\nHost: paper.test\r\nAccept: text/html\r\n\r\n" in text
    assert "geheim" not in text


# -- trouble --------------------------------------------------------------------------


def test_a_full_disk_costs_records_and_no_article(paper: Crawled, tmp_path: Path) -> None:
    stand = Crawled(paper.proxy, tmp_path / "store.db", [])
    with small_disk(tmp_path / "small", "32k"):
        run = stand.again("-s", f"ARCHIVE={tmp_path}/small", "-s", "ARCHIVE_FREE_MB=0")
        assert run.returncode == 3
        lines = [line for line in run.stderr.splitlines() if "] ERROR: " in line]
        (error,) = [line for line in lines if "archive" in line]
        assert f"The archive {tmp_path}/small cannot be written: No space left on device." in error
        assert stat(run, "malgeum/archive_errors") > 1
        assert stand.stored().keys() == paper.stored().keys()
        places = set(stand.places().values())
        assert None in places
        assert len(places) > 1
        with open_store(f"sqlite:///{stand.database}") as store:
            verified = verify(store, tmp_path / "small", OUTLET)
        assert (verified.problems, verified.notes) == ([], [])


def test_the_archive_leaves_room_on_its_disk(tmp_path: Path) -> None:
    writer = ArchiveWriter(asked_of(tmp_path, free=10**18), OUTLET, {})
    with pytest.raises(OSError, match="less space is free on its disk than ARCHIVE_FREE_MB"):
        writer.open(DAY)
    writer.close()


def test_what_a_day_holds_is_known_to_its_next_writer(tmp_path: Path) -> None:
    places = written(tmp_path, 3, largest=900)
    writer = ArchiveWriter(asked_of(tmp_path, largest=900), OUTLET, {})
    writer.open(DAY)
    assert sorted(one.location for one in writer.known.values()) == places
    writer.open(date(2026, 11, 27))
    assert writer.known == {}
    writer.close()


# -- verify, prune, stats ---------------------------------------------------------------


def test_verify_reads_all_and_says_what_is_wrong(copy: Crawled) -> None:
    number = len(copy.stored())
    assert copy.verified() == VerifyResult(1, len(copy.records()), number)
    (file,) = files_of(copy.folder, OUTLET)
    (url, record), (other, _), *_ = copy.places().items()
    assert record
    content = bytearray((copy.folder / file.relative_path).read_bytes())
    content[RecordLocation.read(record).offset + 200] ^= 0xFF
    (copy.folder / file.relative_path).write_bytes(content)
    with closing(sqlite3.connect(copy.database)) as database, database:
        database.execute(
            "UPDATE article SET warc_location = ? WHERE url = ?", (f"{file.relative_path}@0", other)
        )
        database.execute(
            "UPDATE article SET warc_location = ? WHERE url NOT IN (?, ?)",
            (f"{OUTLET}/{OUTLET}-20260101-001.warc.gz@5", url, other),
        )
    run = copy.command("verify", OUTLET)
    assert run.returncode == 3
    for sentence in (
        f"{OUTLET}/{OUTLET}-20260101-001.warc.gz is not there; {number - 2} versions lie in it",
        f"{record}: ",
        f"{url} has no whole record at {record}",
        f"{other} has no whole record at {file.relative_path}@0",
    ):
        assert f"{OUTLET}: {sentence}" in run.stdout
    assert "problems 4" in run.stdout


def test_prune_takes_old_days_away_and_a_later_look_brings_them_back(copy: Crawled) -> None:
    (file,) = files_of(copy.folder, OUTLET)
    with open_store(f"sqlite:///{copy.database}") as store:
        assert list(prune(store, copy.folder, OUTLET, file.day)) == []
        later = file.day + timedelta(days=1)
        (would,) = prune(store, copy.folder, OUTLET, later, dry_run=True)
        assert would.file == file
        assert None not in copy.places().values()
        (taken,) = prune(store, copy.folder, OUTLET, later)
        assert taken.versions == len(copy.places())
    assert set(copy.places().values()) == {None}
    assert files_of(copy.folder, OUTLET) == []
    old = copy.folder / ArchiveFile(OUTLET, date(2020, 1, 1), 1).relative_path
    old.touch()
    run = copy.again("-a", "revisit=60d", "-s", "ARCHIVE_DAYS=3")
    assert run.returncode == 0, run.stderr[-3000:]
    assert None not in copy.places().values()
    assert copy.verified().problems == []
    assert not old.exists()


def test_a_file_in_use_is_not_taken_away(copy: Crawled) -> None:
    (file,) = files_of(copy.folder, OUTLET)
    writer = ArchiveWriter(asked_of(copy.folder), OUTLET, {})
    writer.open(file.day)
    run = copy.command("prune", "--before", "2100-01-01")
    writer.close()
    assert run.returncode == 3
    assert run.stdout == f"{file.relative_path} is in use and was kept\n"
    assert None not in copy.places().values()


def test_stats_counts(paper: Crawled) -> None:
    run = paper.command("stats", "--json")
    assert run.returncode == 0
    found = json.loads(run.stdout)
    size = sum(path.stat().st_size for path in paper.folder.glob("*/*"))
    articles = len(paper.stored())
    assert found["outlet"] == OUTLET
    assert (found["files"], found["records"], found["bytes"]) == (1, len(paper.records()), size)
    assert (found["articles"], found["bytes_per_article"]) == (articles, round(size / articles))
    assert found["oldest"] == found["newest"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "archive takes verify, prune or stats"),
        (["burn"], "archive takes verify, prune or stats"),
        (["prune"], "archive prune needs --before DAY or AGE"),
        (["prune", "--before", "soon"], "--before='soon' is not a date"),
        (["verify", "--before", "7d"], "archive verify takes no --before"),
        (["verify", "gosiwek"], "the archive has nothing of 'gosiwek'; did you mean gosiweek?"),
        (["stats", "-s", "ARCHIVE="], "ARCHIVE is empty: this store keeps no archive"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_is_one_sentence(
    paper: Crawled, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    command, parser = Command(), argparse.ArgumentParser(conflict_handler="resolve")
    command.settings = get_project_settings()
    command.settings.set("DATABASE_URL", f"sqlite:///{paper.database}")
    command.add_options(parser)
    options, rest = parser.parse_known_args(arguments)

    def run() -> None:
        command.process_options(rest, options)
        command.run(rest, options)

    with pytest.raises(SystemExit, match=r"^2$"):
        run()
    error = capsys.readouterr().err
    assert error.startswith(f"scrapy: {sentence}")
    assert len(error.splitlines()) == 1


# -- forgetting -----------------------------------------------------------------------


def test_what_is_forgotten_is_in_no_byte_of_the_archive(copy: Crawled) -> None:
    before, places = copy.stored(), copy.places()
    address, row = next(iter(before.items()))
    size = [file.stat().st_size for file in copy.folder.glob("*/*")]
    run = scrapy("forget", row["url"], "-s", f"DATABASE_URL=sqlite:///{copy.database}")
    assert run.returncode == 0, run.stderr
    assert f"archive of {OUTLET}: " in run.stdout
    assert [file.stat().st_size for file in copy.folder.glob("*/*")] == size
    left = copy.records()
    assert address not in {one.get("WARC-Target-URI") for one in left}
    articles = {one.get("WARC-Concurrent-To") for one in left if one["WARC-Type"] == "metadata"}
    for one in left:
        assert row["body"].splitlines()[0].encode() not in one["payload"]
        if one["WARC-Record-ID"] not in articles:  # boxes of other articles may name it
            assert row["headline"].encode() not in one["payload"]
    assert len(articles) >= len(before) - 1
    assert {url: place for url, place in places.items() if url != row["url"]} == copy.places()
    assert copy.verified().problems == []
    again = scrapy("forget", row["url"], "-s", f"DATABASE_URL=sqlite:///{copy.database}")
    assert again.returncode == 0
    assert "The archive" not in again.stdout


def test_a_file_in_use_is_forgotten_in_later(copy: Crawled) -> None:
    (file,) = files_of(copy.folder, OUTLET)
    writer = ArchiveWriter(asked_of(copy.folder), OUTLET, {})
    writer.open(file.day)
    forget = ("forget", next(iter(copy.stored())), "-s", f"DATABASE_URL=sqlite:///{copy.database}")
    run = scrapy(*forget)
    writer.close()
    assert run.returncode == 3
    assert f"{file.relative_path} is in use; run it again when no crawl writes to it" in run.stderr
    assert "records erased" in scrapy(*forget).stdout


@pytest.mark.parametrize("length", [200, 300, 5000, 300_000])
def test_a_filler_is_a_record_as_long_as_asked_for(length: int) -> None:
    packed = padding_record(length)
    assert len(packed) == length
    (only,) = scan_members(BytesIO(packed))
    assert isinstance(only, Member)
    assert only.length == length
    (record,) = ArchiveIterator(BytesIO(packed))
    assert record.rec_type == "metadata"


# -- the index ------------------------------------------------------------------------


def test_a_store_of_before_keeps_its_rows_and_gets_the_index(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        store.upsert(article(1))
        store.upsert(article(1, body="다른 글입니다.", fetched_at="2024-09-12T00:00:00Z"))
        config = Config()
        config.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
        with store.engine.execution_options(writing=True).begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0006")
            columns = connection.exec_driver_sql("SELECT * FROM trail").keys()
            assert "record" not in columns
    with open_store(url) as store, store.engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT body, warc_location FROM article_version ORDER BY revision"
        )
        assert [(body[:2], record) for body, record in rows] == [
            (article(1).body[:2], None),
            ("다른", None),
        ]


def test_a_file_that_is_no_more_takes_its_places_with_it(tmp_path: Path) -> None:
    name = f"{OUTLET}/{OUTLET}-20261126-001.warc.gz"
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        texts = ["하나입니다.", "둘입니다.", "셋입니다."]
        for number, (text, place) in enumerate(
            zip(texts, (f"{name}@1", f"{name}@22", name.replace("001", "002") + "@1"), strict=True)
        ):
            store.upsert(article(number, body=text, headline=text, warc_location=place))
        assert remove_file(store, name) == 2
        with store.engine.begin() as connection:
            left = connection.exec_driver_sql(
                "SELECT warc_location FROM article WHERE warc_location IS NOT NULL"
            )
            assert [record for (record,) in left] == [name.replace("001", "002") + "@1"]


@pytest.mark.parametrize("text", ["", "x", "a@b", "@", "/etc/passwd@1", "../x@1", "a/../../x@0"])
def test_a_place_outside_of_the_archive_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a WARC location|outside"):
        RecordLocation.read(text)
