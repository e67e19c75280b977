"""``scrapy reextract``: archived pages read by today's code, and the changes it stores."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from rich.console import Console
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.project import get_project_settings

from crawler import __version__
from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.captures.lookup import captures_at as at_place
from crawler.archive.location import RecordLocation
from crawler.archive.reader import Unreadable
from crawler.archive.records import RecordBuilder, id_of
from crawler.archive.scan import Member, scan_members
from crawler.article import Article
from crawler.commands.history import as_json
from crawler.commands.history import show as show_history
from crawler.commands.reextract import Command
from crawler.crawl.spider import OutletSpider
from crawler.extract.pages import ListingEntry
from crawler.reprocess.reextract.diff import changed_fields
from crawler.reprocess.reextract.run import ChangedArticle, Reextraction, ReextractOptions
from crawler.reprocess.reextract.task import ReextractTask
from crawler.runtime.process_pool import ProcessPool
from crawler.store import Store, open_store
from crawler.store.articles.forget import Takedown, forget
from crawler.store.articles.history import read_history
from crawler.store.articles.reextracted import current_versions, reextract, version_of
from crawler.store.db.engine import engine_of
from newsstand.server import serving
from pipelines.extractor_version import MADE_BY, digest_of, extractor_version
from spiders.gosiweek import Gosiweek
from spiders.papns import Papns
from tests.support.articles import AGAIN, CORRECTED, LONG, URL, at, day, rows
from tests.support.newsstand_crawl import Stand
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, environment, scrapy

OUTLETS: dict[str, type[OutletSpider]] = {"gosiweek": Gosiweek, "papns": Papns}
NOW = "2026-11-26T00:00:00Z"


class Kept(Stand):
    """A store and its archive."""

    @property
    def folder(self) -> Path:
        return self.database.with_suffix(".archive")

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.iterdump())

    def set(self, values: str, where: str, *given: Any) -> None:
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.execute(f"UPDATE article SET {values} WHERE {where}", given)  # noqa: S608

    def trail(self, url: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            query = "SELECT * FROM article_version WHERE canonical_url = ? ORDER BY revision"
            return [dict(row) for row in connection.execute(query, (url,))]

    def scrapy(self, *arguments: str, code: Path = ROOT, proxy: str = "") -> Run:
        """By the code of a checkout."""
        if code == ROOT:
            return scrapy(*self.arguments(*arguments), proxy=proxy)
        return subprocess.run(
            self.command(*arguments), cwd=code, capture_output=True, text=True, timeout=120,
            check=False, env=with_code(code, proxy),
        )  # fmt: skip

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "scrapy", *self.arguments(*arguments)]

    def arguments(self, *given: str) -> list[str]:
        settings = (f"DATABASE_URL={self.url}", "DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0")
        return [*given, *(part for setting in settings for part in ("-s", setting))]

    def reextract(self, *arguments: str, code: Path = ROOT) -> Run:
        return self.scrapy("reextract", "--jobs", "1", *arguments, code=code)


def with_code(code: Path, proxy: str = "") -> dict[str, str]:
    return environment(proxy) | {"PYTHONPATH": str(code)}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Two outlets, crawled once; the newsstand stays open."""
    folder = tmp_path_factory.mktemp("reextract")
    with serving(seed=7, articles=6) as proxy:
        kept = Kept(proxy, folder / "store.db", [])
        run = kept.scrapy("crawlall", *OUTLETS, "--since", "60d", proxy=proxy)
        assert run.returncode == 0, run.stderr[-3000:]
        yield kept


@pytest.fixture
def kept(crawled: Kept, tmp_path: Path) -> Kept:
    """The same, for a test of its own."""
    mine = Kept(crawled.proxy, tmp_path / "store.db", [])
    with (
        closing(sqlite3.connect(crawled.database)) as of,
        closing(sqlite3.connect(mine.database)) as to,
    ):
        of.backup(to)
    shutil.copytree(crawled.folder, mine.folder)
    return mine


@pytest.fixture(scope="module")
def victim(crawled: Kept) -> dict[str, Any]:
    """The article of which a new rule cuts off the last words, which stand nowhere else."""
    stored = list(crawled.stored().values())
    return next(
        row
        for row in stored
        if "\n" in row["body"]
        and [words(row) in one["blocks"] + one["images"] for one in stored].count(True) == 1
        and all(one["end"] < len(row["body"]) - 20 for one in json.loads(row["mentioned_dates"]))
    )


def words(row: dict[str, Any]) -> str:
    body: str = row["body"]
    return body[-20:]


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory, victim: dict[str, Any]) -> Path:
    """A checkout in which a selector finds nothing any more, and in which there is one rule more."""
    code = tmp_path_factory.mktemp("later")
    for room in ("crawler", "pipelines", "spiders"):
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scrapy.cfg", code)
    family = code / "crawler/extract/cms/ncode.py"
    before = family.read_text("utf-8")
    family.write_text(before.replace('section=(".naviLink",)', 'section=(".noLink",)'), "utf-8")
    assert family.read_text("utf-8") != before
    rule = {"name": "last_words", "kind": "share", "why": "for a test"}
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in rule.items())
    match = re.escape(words(victim))
    with (code / "pipelines/rules/tools.toml").open("a", encoding="utf-8") as rules:
        rules.write(f"\n[[trim]]\n{lines}match = '''{match}'''\ndrops = []\nkeeps = []\n")
    return code


def through(
    store: Store, folder: Path, *, is_applied: bool = False, **options: Any
) -> tuple[Reextraction, list[ChangedArticle]]:
    """In this process, by this code."""
    done = Reextraction(store, ReextractOptions(folder, OUTLETS, is_applied=is_applied, **options))
    with ProcessPool(1) as workers:
        return done, list(done.run(workers))


# -- the command --------------------------------------------------------------------------


def test_what_a_changed_selector_and_a_new_rule_change_is_shown_stored_and_then_known(
    kept: Kept, later: Path, victim: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before, dump = kept.stored(), kept.dump()
    expected = {
        url: {"article_section"}
        for url, row in before.items()
        if row["outlet"] == "gosiweek" and row["article_section"]
    }
    assert expected
    expected.setdefault(victim["canonical_url"], set())
    expected[victim["canonical_url"]] |= {"body", "content_hash"}

    run = kept.reextract("--json", code=later)
    shown = {one["canonical_url"]: one for one in map(json.loads, run.stdout.splitlines())}
    assert {url: set(one["changes"]) for url, one in shown.items()} == expected
    cut = shown[victim["canonical_url"]]["changes"]["body"]
    assert cut == {"old": victim["body"], "new": victim["body"][:-20].rstrip()}
    summary = (
        f"Would be changed: {len(expected)} of {len(before)} articles read; --apply stores them.\n"
    )
    assert (run.returncode, run.stderr) == (0, summary)
    assert kept.dump() == dump

    run = kept.scrapy("reextract", "--apply", code=later)  # in as many processes as can be
    assert run.returncode == 0, run.stderr
    assert re.search(rf"article_section +│ +{len(expected)} ", run.stdout)
    assert re.search(r"body +│ +1 ", run.stdout)
    assert f"{victim['canonical_url']}  version 1\n" in run.stdout
    assert f"{words(victim).split()[-1]}" in run.stdout
    assert (
        f"Changed, as new versions: {len(expected)} of {len(before)} articles read." in run.stdout
    )
    for url, row in before.items():
        old, *new = kept.trail(url)
        same = {name: value for name, value in row.items() if name not in ("id", "gone_at")}
        assert same == {name: old[name] for name in same}
        assert len(new) == (url in expected)
        for version in new:
            ours = (version["revision"], version["revised_by"], version["is_current"])
            assert ours == (2, "extractor", 1)
            for name in (
                "url",
                "fetched_at",
                "last_seen_at",
                "warc_location",
                "date_published",
                "headline",
            ):
                assert version[name] == row[name]
            assert version["extractor_version"] != row["extractor_version"]

    again = kept.reextract("--apply", code=later)
    summary = f"Nothing was changed; articles read: {len(before)}.\n"
    assert (again.returncode, again.stdout) == (0, summary)
    after = {url: kept.trail(url) for url in before}
    number = sum(map(len, after.values()))

    options = ("-a", "since=60d", "-a", "revisit=60d")
    crawl = kept.scrapy("crawl", "gosiweek", *options, code=later, proxy=kept.proxy)
    assert crawl.returncode == 0, crawl.stderr[-3000:]
    assert "malgeum/known" in crawl.stderr
    replay = kept.scrapy("replay", str(kept.folder), "--jobs", "1", code=later)
    assert replay.returncode == 0, replay.stderr[-3000:]
    assert sum(len(kept.trail(url)) for url in before) == number
    assert kept.stored().keys() == before.keys()
    for url, versions in after.items():
        seen = [one | {"last_seen_at": None} for one in kept.trail(url)]
        assert seen == [one | {"last_seen_at": None} for one in versions]

    with open_store(kept.url) as store:
        history = read_history(store, [victim["canonical_url"]])
    assert history
    show_history(history, Console(highlight=False, soft_wrap=True))
    shown_history = capsys.readouterr().out
    assert "Version 1 · seen" in shown_history
    assert "Version 2 (current) · extracted again by this program from the page" in shown_history
    assert [one["revised_by"] for one in as_json(history)["versions"]] == ["outlet", "extractor"]


def test_a_kill_leaves_each_article_old_or_new_and_the_next_run_does_the_rest(kept: Kept) -> None:
    kept.set("keywords = ?", "true", '["x"]')
    command = kept.command("reextract", "--jobs", "1", "--apply", "--json")
    unbuffered = with_code(ROOT) | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=unbuffered, stdout=-1, stderr=-3) as run:
        assert run.stdout
        printed = {json.loads(run.stdout.readline())["canonical_url"] for _ in range(2)}
        run.send_signal(signal.SIGKILL)
    versions = {url: kept.trail(url) for url in kept.stored()}
    done = {url for url, trail in versions.items() if len(trail) == 2}
    assert done >= printed
    for url, trail in versions.items():
        assert [one["is_current"] for one in trail] == ([0, 1] if url in done else [1])
    with open_store(kept.url) as store:
        with store.engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        _, rest = through(store, kept.folder, is_applied=True)
        assert {one.stored.canonical_url for one in rest} == versions.keys() - done
        assert rest
        assert through(store, kept.folder)[1] == []
    assert all(len(kept.trail(url)) == 2 for url in versions)


def test_a_reader_that_has_seen_enough_is_no_error(kept: Kept) -> None:
    kept.set("headline = ?", "true", "가" * 50_000)
    command = kept.command("reextract", "--jobs", "1")
    with subprocess.Popen(
        command, cwd=ROOT, env=with_code(ROOT), stdout=-1, stderr=-1, text=True
    ) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 0


# -- bad input --------------------------------------------------------------------------------


@pytest.fixture
def asking(kept: Kept, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command in this process: its exit code, and what it prints."""

    def ask(*arguments: str, **settings: str) -> tuple[int, str, str]:
        command, parser = Command(), argparse.ArgumentParser(conflict_handler="resolve")
        command.settings = get_project_settings()
        command.settings.setdict({"DATABASE_URL": kept.url, **settings}, priority="cmdline")
        command.add_options(parser)
        options, rest = parser.parse_known_args(["--jobs", "1", *arguments])
        try:
            command.process_options(rest, options)
            command.run(rest, options)
        except SystemExit as ended:
            command.exitcode = int(str(ended.code))
        out, err = capsys.readouterr()
        return command.exitcode, out, err

    return ask


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "sentence"),
    [
        (["gosiwek"], {}, 2, "unknown outlet 'gosiwek'; did you mean gosiweek?"),
        (["--bogus"], {}, 2, "unknown option --bogus"),
        (["--since", "soon"], {}, 2, "--since='soon' is not a date"),
        (["--since", "2024-09-02", "--until", "2024-09-01"], {}, 2, "--since=2024-09-02 lies"),
        (["--limit", "0"], {}, 2, "--limit must be a whole number of at least 1, not '0'"),
        (["--jobs", "many"], {}, 2, "--jobs must be a whole number of at least 1, not 'many'"),
        ([], {"ARCHIVE": ""}, 2, "ARCHIVE is empty: this store keeps no archive"),
        (
            [],
            {"ARCHIVE": "/nowhere/at/all"},
            2,
            "the archive folder /nowhere/at/all does not exist",
        ),
        ([], {"ARCHIVE_KEEP": "some"}, 2, "ARCHIVE_KEEP must be all or articles, not 'some'"),
        ([], {"DATABASE_URL": "oops"}, 6, "DATABASE_URL is not an SQLAlchemy URL"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list | dict) else "",
)
def test_bad_usage_is_one_sentence(
    asking: Callable[..., tuple[int, str, str]],
    arguments: list[str], settings: dict[str, str], code: int, sentence: str,
) -> None:  # fmt: skip
    ended, out, err = asking(*arguments, **settings)
    assert (ended, out) == (code, "")
    assert err.startswith(f"scrapy: {sentence}")
    assert len(err.splitlines()) == 1


def test_a_page_that_is_read_as_before_changes_nothing(
    kept: Kept, asking: Callable[..., tuple[int, str, str]]
) -> None:
    summary = f"Nothing would be changed; articles read: {len(kept.stored())}.\n"
    assert asking() == (0, summary, "")


def test_a_locked_store_is_one_sentence(
    kept: Kept, asking: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.db.waiting.MAX_WAIT_SECONDS", 0.1)
    with closing(sqlite3.connect(kept.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ended, out, err = asking("--apply")
    assert (ended, out) == (6, "")
    assert err.startswith(f"scrapy: The store {kept.url} is locked by another process")


def test_what_cannot_be_read_is_counted_and_nothing_is_stored_for_it(
    kept: Kept, asking: Callable[..., tuple[int, str, str]]
) -> None:
    stored = list(kept.stored("papns").values())
    damaged, moved, unkept, strange, shut, gone, whole = stored[:7]
    place = RecordLocation.read(damaged["warc_location"])
    spoil(kept.folder / place.file, place.offset)
    kept.set("warc_location = ?", "id = ?", damaged["warc_location"], moved["id"])
    kept.set("warc_location = NULL", "id = ?", unkept["id"])
    kept.set("outlet = 'nobody'", "id = ?", strange["id"])
    record, address = first_list(kept)
    kept.set("warc_location = ?, url = ?", "id = ?", record, address, shut["id"])
    elsewhere = "papns/papns-20200101-001.warc.gz@0"
    kept.set("warc_location = ?", "id = ?", elsewhere, gone["id"])
    dump = kept.dump()
    ended, out, err = asking("--apply")
    assert (ended, err) == (3, "")
    assert out.splitlines() == [
        f"Nothing was changed; articles read: {len(kept.stored()) - 5}.",
        "Skipped: 1 with no page in the archive (stored before it was kept, or pruned):",
        f"  {unkept['url']}",
        "Skipped: 1 with an unknown outlet:",
        f"  {strange['url']} of nobody",
        "Skipped: 3 with a page that cannot be read:",
        f"  {damaged['url']} at {place}: {kept.folder}/{place}: there is no readable record",
        f"  {moved['url']} at {place}: {kept.folder}/{place}: there is no readable record",
        f"  {gone['url']} at {elsewhere}: No such file or directory",
        "Skipped: 1 with a page on which this code finds no article:",
        f"  {address}: led_away: the address led away from the article",
    ]
    assert kept.dump() == dump
    kept.set("warc_location = ?", "id = ?", whole["warc_location"], moved["id"])
    ended, out, err = asking("papns", "--json")
    assert (ended, out) == (3, "")
    assert (
        f"{moved['url']} at {whole['warc_location']}: the record is the page of {whole['url']}"
        in err
    )


def spoil(file: Path, offset: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset + 300)
        opened.write(b"\0" * 20)


def first_list(kept: Kept) -> tuple[str, str]:
    """Place and address of a page that is no article's."""
    places = {row["warc_location"] for row in kept.stored().values()}
    for path in (kept.folder / "papns").iterdir():
        with path.open("rb") as file:
            for one in scan_members(file):
                if not isinstance(one, Member) or b"WARC-Type: response" not in one.content:
                    continue
                place = f"papns/{path.name}@{one.offset}"
                address = re.search(rb"WARC-Target-URI: (\S+)", one.content)
                if place not in places and address and b"robots" not in address[1]:
                    return place, address[1].decode()
    raise AssertionError("no list is kept")


def test_a_pages_text_steers_no_terminal(
    kept: Kept, asking: Callable[..., tuple[int, str, str]]
) -> None:
    kept.set("article_section = ?, body = body || ?", "id = 1", "\x1b[31m정치", "\n\x1b]0;x\x07")
    _, out, _ = asking()
    assert "\x1b" not in out
    assert "article_section: \\u001b[31m정치 → " in out
    assert "- \\u001b]0;x\\u0007" in out
    _, out, _ = asking("--json")
    assert "\x1b" not in out
    (line,) = map(json.loads, out.splitlines())
    assert line["changes"]["article_section"]["old"] == "\x1b[31m정치"


# -- the page at a place ---------------------------------------------------------------------


def test_a_page_is_found_at_its_place_as_in_the_index(crawled: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "pages.archive"
    shutil.copytree(crawled.folder, folder)
    compared = 0
    for path in folder.glob("*/*.warc.gz"):
        problems: list[str] = []
        for entry in index(path, problems.append, tmp_path):
            place = RecordLocation(path.relative_to(folder).as_posix(), entry.offset)
            found = at_place(folder, place)
            assert (found.entry, found.listing) == (entry, load(entry).listing)
            compared += entry.listing_offset is not None
        assert problems == []
    assert compared >= len(crawled.stored())


def test_what_stood_in_a_browser_is_found_with_the_row_that_led_to_it(tmp_path: Path) -> None:
    row = ListingEntry(URL, URL, "2024.09.01", "한결 기자", "list", day(1))
    request, build = Request(URL), RecordBuilder()
    answer = build.response(request, HtmlResponse(URL, body=b"<p>wait</p>"), day(1))
    script = build.response(request, HtmlResponse(f"{URL}/x.js", body=b"1"), day(1))
    shown = build.conversion(HtmlResponse(URL, body="<p>본문</p>".encode()), day(2), id_of(answer))
    records = [answer, build.request(request, answer), build.listing(row, answer), script, shown]
    file = tmp_path / "hangang" / "hangang-20240901-001.warc.gz"
    file.parent.mkdir()
    places = []
    with file.open("wb") as out:
        for record in records:
            places.append(RecordLocation("hangang/hangang-20240901-001.warc.gz", out.tell()))
            out.write(build.compress(record))
    found = at_place(tmp_path, places[-1])
    assert found.response.text == "<p>본문</p>"
    assert found.listing == asdict(row)
    assert at_place(tmp_path, places[0]).listing == asdict(row)
    assert at_place(tmp_path, places[3]).listing is None
    with pytest.raises(Unreadable, match="it holds no page: request"):
        at_place(tmp_path, places[1])


# -- which articles, and as what they came -------------------------------------------------------


def test_articles_are_chosen_by_outlet_time_and_number(kept: Kept) -> None:
    papns = kept.stored("papns")
    days = sorted(row["date_published"][:10] for row in papns.values())
    middle = days[len(days) // 2]
    kept.set("date_published = NULL", "outlet = 'papns' AND date_published LIKE ?", f"{days[-1]}%")
    kept.set("keywords = ?", "true", '["x"]')

    def urls(*arguments: str) -> list[str]:
        command = Command()
        command.settings = get_project_settings()
        command.settings.set("DATABASE_URL", kept.url, priority="cmdline")
        parser = argparse.ArgumentParser(conflict_handler="resolve")
        command.add_options(parser)
        options, rest = parser.parse_known_args([*arguments, "papns"])
        command.process_options(rest, options)
        with open_store(kept.url) as store, ProcessPool(1) as workers:
            return [
                one.stored.canonical_url
                for one in Reextraction(store, command.options).run(workers)
            ]

    assert urls() == list(papns)
    assert urls("--limit", "2") == list(papns)[:2]
    assert urls("--since", "0001-01-01") == list(papns)
    assert urls("--since", "9999-12-31") == urls("--until", "0001-01-01") == []
    since = {url for url, row in papns.items() if row["date_published"][:10] >= middle}
    assert set(urls("--since", middle)) == since  # one whose day is not known was fetched later
    before = {url for url, row in papns.items() if row["date_published"][:10] <= middle}
    assert set(urls("--until", middle)) == before - (since if middle == days[-1] else set())


def test_a_record_of_an_earlier_visit_stands_for_a_later_one(kept: Kept) -> None:
    """The same page twice a day is kept once, with the first visit's row beside it."""
    for row in kept.stored("gosiweek").values():
        shown = [one for one in json.loads(row["date_candidates"]) if one["source"] != "list"]
        kept.set("date_candidates = ?", "id = ?", json.dumps(shown), row["id"])
    with open_store(kept.url) as store:
        _, found = through(store, kept.folder, names=("gosiweek",))
        assert [name for one in found for name in one.fields if name == "date_candidates"] == []
    for row in kept.stored("gosiweek").values():
        shown = json.loads(row["date_candidates"])
        shown.append({"text": "2026-11-20", "source": "list", "shown_at": row["fetched_at"]})
        kept.set("date_candidates = ?", "id = ?", json.dumps(shown), row["id"])
    with open_store(kept.url) as store:
        _, found = through(store, kept.folder, names=("gosiweek",))
        assert [name for one in found for name in one.fields if name == "date_candidates"] == []


def test_another_version_that_comes_meanwhile_is_left_alone(kept: Kept) -> None:
    first, second = list(kept.stored())[:2]
    kept.set("keywords = ?", "true", '["x"]')
    with open_store(kept.url) as store, ProcessPool(1) as workers:
        done = Reextraction(store, ReextractOptions(kept.folder, OUTLETS, limit=3, is_applied=True))
        seen = []
        for changed in done.run(workers):
            seen.append(changed.stored.canonical_url)
            if seen == [first]:
                other = store.find(second)
                assert other
                newer = replace(other, headline="새 제목", warc_location=None, blocks=[])
                newer.fetched_at = "2027-01-01T00:00:00Z"
                assert store.upsert(newer).kind == "revised"
        assert second not in seen
        assert len(seen) == 2
        assert (done.changed, done.skipped["superseded"].count) == (2, 1)
    assert [one["revised_by"] for one in kept.trail(second)] == ["outlet", "outlet"]
    assert [one["revised_by"] for one in kept.trail(first)] == ["outlet", "extractor"]


# -- the store ----------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        yield opened


def read_anew(store: Store, body: str, revision: int = 1, **more: Any) -> str:
    stored = version_of(store, 1, revision) or at(1)
    made = at(1, body, **more)
    changed_fields(stored, made)
    return reextract(store, 1, revision, made, NOW)


def versions(store: Store) -> list[tuple[Any, ...]]:
    names = "revision, substr(body, 1, 12), fetched_at, last_seen_at, warc_location, revised_by, is_current"
    with store.engine.begin() as connection:
        query = f"SELECT {names} FROM article_version WHERE article = 1 ORDER BY revision"  # noqa: S608
        return [tuple(row) for row in connection.exec_driver_sql(query)]


PLACE = "hangang/hangang-20240901-001.warc.gz@7"


def test_a_version_of_ours_takes_the_place_of_the_one_it_was_read_from(store: Store) -> None:
    store.upsert(at(1, warc_location=PLACE))
    store.upsert(at(3))
    store.mark_gone(URL, day(5))
    assert read_anew(store, CORRECTED) == "stored"
    expected = [
        (1, LONG[:12], day(1), day(3), PLACE, "outlet", 0),
        (2, CORRECTED[:12], day(1), day(3), PLACE, "extractor", 1),
    ]
    assert versions(store) == expected
    (row,) = rows(store)
    assert row["gone_at"] == day(5)
    assert read_anew(store, AGAIN) == "superseded"
    assert read_anew(store, AGAIN, revision=7) == "superseded"
    assert versions(store) == expected


@pytest.mark.parametrize("is_same_page", [True, False])
def test_a_page_seen_again_brings_no_old_reading_back(store: Store, is_same_page: bool) -> None:
    store.upsert(at(1, warc_location=PLACE, headline_raw="가"))
    read_anew(store, CORRECTED)
    assert store.upsert(at(4, CORRECTED)).kind == "known"
    later = at(6, AGAIN, warc_location=PLACE if is_same_page else None)  # by code of tomorrow
    assert store.upsert(later).kind == ("known" if is_same_page else "revised")
    assert store.upsert(at(1, LONG)).kind == "known"
    assert len(versions(store)) == (2 if is_same_page else 3)
    assert versions(store)[-1][5] == ("extractor" if is_same_page else "outlet")


def test_a_superseded_page_that_is_replayed_is_no_version_more(store: Store) -> None:
    store.upsert(at(1, warc_location=PLACE))
    store.upsert(at(2, CORRECTED, warc_location=PLACE.replace("@7", "@99")))
    assert read_anew(store, AGAIN, revision=2) == "stored"
    before = versions(store)
    assert store.upsert(at(1, "이제는 다르게 읽히는 글이다.", warc_location=PLACE)).kind == "known"
    assert versions(store) == before


def test_copies_and_press_releases_are_found_as_for_a_revision(store: Store) -> None:
    store.upsert(at(1))
    store.upsert(at(1, CORRECTED, outlet="namdo"))
    namdo = at(1, outlet="namdo").canonical_url
    assert read_anew(store, CORRECTED) == "stored"
    mine, theirs = rows(store)
    assert (mine["duplicate_of"], theirs["duplicate_of"]) == (namdo, None)
    assert mine["cluster_id"] == theirs["cluster_id"]
    assert read_anew(store, "축제가 열렸다.", revision=2, headline="축제 열려") == "stored"
    mine, theirs = rows(store)
    assert mine["duplicate_of"] is None
    assert mine["cluster_id"] != theirs["cluster_id"]


def test_what_is_forgotten_takes_our_versions_with_it(store: Store) -> None:
    store.upsert(at(1))
    read_anew(store, CORRECTED)
    (taken,) = forget(store, [Takedown([URL], "hangang")], at=NOW)
    assert taken.versions == 2
    assert versions(store) == []
    assert store.upsert(at(9, CORRECTED)).kind == "forgotten"
    assert read_anew(store, AGAIN, revision=2) == "superseded"


def test_versions_come_a_few_at_a_time_each_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.articles.reextracted._BATCH_SIZE", 2)
    for number in range(5):
        store.upsert(at(1, f"{number}번째 글이다.", number=number, headline=f"{number}"))
    found = current_versions(store)
    assert [next(found).id for _ in range(3)] == [1, 2, 3]
    store.upsert(at(1, "늦게 온 글이다.", number=9, headline="9"))
    assert [one.id for one in found] == [4, 5, 6]


def test_a_store_of_before_keeps_its_rows_as_the_outlets(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    engine = engine_of(url)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crawler/store/migrations"))
    columns = (
        "url, canonical_url, outlet, fetched_at, keywords, images, in_language, headline, body,"
        " authors, author_details, mentioned_dates, content_hash, revision, blocks, shown_dates,"
        " seen_at, record"
    )
    made = at(1)
    values = ["?"] * 18
    with engine.execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")

        def put(table: str, key: str, body: str, number: int) -> None:
            row = (
                made.url, URL, "hangang", day(number), "[]", "[]", "ko", made.headline, body, "[]",
                "[]", "[]", str(number), number, "[]", "[]", day(number), f"{PLACE}{number}",
            )  # fmt: skip
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({key}, {columns}) VALUES (1, {', '.join(values)})",  # noqa: S608
                row,
            )

        put("article", "id", CORRECTED, 2)
        put("revision", "article", LONG, 1)
        connection.exec_driver_sql("INSERT INTO address VALUES (?, 1, 'article', ?)", (URL, day(1)))
    engine.dispose()
    with open_store(url) as store:
        assert versions(store) == [
            (1, LONG[:12], day(1), day(1), f"{PLACE}1", "outlet", 0),
            (2, CORRECTED[:12], day(2), day(2), f"{PLACE}2", "outlet", 1),
        ]
        assert read_anew(store, AGAIN, revision=2) == "stored"
        assert versions(store)[-1][5] == "extractor"


# -- the version of the code ----------------------------------------------------------------------


def version_in(code: Path) -> list[str]:
    script = (
        "from pipelines.extractor_version import extractor_version as v\n"
        "print(v('gosiweek'), v('papns'), v('a.b/../../x'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=code, env=with_code(code), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    return run.stdout.split()


def test_the_version_tells_two_states_of_the_code_and_of_an_outlet_apart(
    later: Path, tmp_path: Path
) -> None:
    now = [extractor_version(name) for name in ("gosiweek", "papns", "a.b/../../x")]
    assert len(set(now)) == 3
    assert all(re.fullmatch(rf"{re.escape(__version__)}\+[0-9a-f]{{8}}", one) for one in now)
    assert not set(now) & set(version_in(later))
    for room in ("crawler", "pipelines", "spiders"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert version_in(tmp_path) == now
    with (
        (tmp_path / "crawler/crawl/spider.py").open("a") as walk,
        (tmp_path / "spiders/gosiweek.py").open("a") as spider,
    ):
        walk.write("# how it is fetched is no part of what it says\n")
        spider.write("# this is\n")
    gosiweek, *others = version_in(tmp_path)
    assert gosiweek != now[0]
    assert others == now[1:]


def test_moving_a_file_keeps_the_version_and_changing_a_byte_does_not(tmp_path: Path) -> None:
    first, second = tmp_path / "clean.py", tmp_path / "rules.toml"
    first.write_bytes(b"def clean(): ...\n")
    second.write_bytes(b"[[rule]]\n")
    before = digest_of([first, second])
    moved = tmp_path / "elsewhere" / "tidy.py"
    moved.parent.mkdir()
    first.rename(moved)
    assert digest_of([second, moved]) == before
    moved.write_bytes(b"def clean(): ...\n\n")
    assert digest_of([second, moved]) != before
    assert digest_of([moved]) != digest_of([moved, moved])


def test_all_that_makes_an_article_of_a_page_is_in_the_version() -> None:
    script = (
        "import sys; import crawler.extract.cms, crawler.encoding, crawler.extract.pages, pipelines.stages\n"
        "import crawler.similarity.fingerprint\n"
        "print(*(sys.modules[name].__file__ for name in sys.modules\n"
        "        if name.split('.')[0] in ('crawler', 'pipelines')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=with_code(ROOT), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    files = {Path(file).relative_to(ROOT).as_posix() for file in run.stdout.split()}
    without = {
        file for file in files if not any(f"{file}/".startswith(f"{part}/") for part in MADE_BY)
    }
    assert without == {
        "crawler/__init__.py",
        "pipelines/stages.py",
        "crawler/outcomes/__init__.py",
        "crawler/outcomes/exit_codes.py",
        "crawler/outcomes/model.py",
        "crawler/outcomes/pages.py",
        "crawler/outcomes/stats.py",
        "crawler/dates/__init__.py",
        "crawler/extract/__init__.py",
        "crawler/similarity/__init__.py",
        "pipelines/__init__.py",
    }
    assert [part for part in MADE_BY if not (ROOT / part).exists()] == []


def test_a_job_and_its_article_can_go_to_another_process() -> None:
    import pickle

    job = ReextractTask(1, 1, Path(), PLACE, URL, day(1), None, Gosiweek)
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301
    made: Article = at(1)
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
