"""``scrapy crawlall``: many outlets in one process, each with its own result."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.cmdline import execute
from scrapy.utils.project import get_project_settings

from crawler.cli.outlets import chosen_outlets
from crawler.dates.period import read_duration
from crawler.operate.crawlall.run import LOCK_NAME
from crawler.operate.crawlall.summary import duration
from crawler.outcomes import exit_codes as verdict
from crawler.store import open_store
from crawler.store.db.waiting import MAX_WAIT_SECONDS
from crawler.store.frontier.outlet_lock import Lease
from crawler.store.runs.runs import runs_of
from newsstand import gold
from newsstand.faults import Faults
from newsstand.faults.fault import Fault
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Site, SiteRequest
from tests.support.newsstand_crawl import OUTLETS
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, environment, scrapy
from tests.support.waiting import wait_for

NOW = datetime.now(UTC)
PAPNS = "www.papns.kr"


class OneHost(Faults):
    """Faults at papns alone."""

    def planned(self, ask: SiteRequest, site: Site) -> tuple[Fault, int] | None:
        return super().planned(ask, site) if ask.host == PAPNS else None


class Here:
    """A newsstand, a store of its own, and ``crawlall`` between them."""

    def __init__(self, folder: Path, proxy: str) -> None:
        self.database, self.file, self.proxy = folder / "store.db", folder / "report.json", proxy

    def options(self, *more: str, delay: float = 0) -> list[str]:
        url = f"sqlite:///{self.database}"
        settings = [f"DATABASE_URL={url}", f"DOWNLOAD_DELAY={delay}", "DOWNLOAD_DELAY_JITTER=0"]
        given = [part for setting in settings for part in ("-s", setting)]
        return ["crawlall", "--since", "60d", "--report", str(self.file), *given, *more]

    def run(self, *more: str, delay: float = 0) -> Run:
        return scrapy(*self.options(*more, delay=delay), proxy=self.proxy)

    @contextmanager
    def running(self, *more: str, delay: float, **pipes: Any) -> Iterator[subprocess.Popen[str]]:
        """A run that has stored something, and has more to do."""
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *self.options(*more, delay=delay)],
            cwd=ROOT,
            env=environment(self.proxy),
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def rows(self, query: str) -> list[Any]:
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reader:
                return reader.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        return report

    @property
    def codes(self) -> dict[str, int]:
        return {one["outlet"]: one["exit_code"] for one in self.report["outlets"]}

    def is_free(self) -> bool:
        return self.rows("SELECT outlet FROM outlet_lock") == []


@contextmanager
def newsstand(*faults: str, stall: float = 0) -> Iterator[tuple[Newsstand, str]]:
    stand = Newsstand(5, NOW, 4, faults=OneHost(1, faults, rate=1.0, stall=stall))
    with beside(stand, NOW) as proxy:
        yield stand, proxy


@pytest.fixture(scope="module")
def well() -> Iterator[tuple[Newsstand, str]]:
    with newsstand() as opened:
        yield opened


@pytest.fixture
def here(well: tuple[Newsstand, str], tmp_path: Path) -> Here:
    return Here(tmp_path, well[1])


def wanted(stand: Newsstand, folder: Path) -> set[str]:
    """The address of every article that a perfect crawl has."""
    gold.write(stand.posts, folder / "gold.jsonl")
    lines = (folder / "gold.jsonl").read_text("utf-8").splitlines()
    return {json.loads(line)["canonical_url"] for line in lines}


# -- what is asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "regions", "families", "outlets"),
    [
        ([], [], [], sorted(OUTLETS)),
        (["papns", "gosiweek", "papns"], [], [], ["papns", "gosiweek"]),
        ([], ["경기"], [], ["breaknews_kb", "gyeonggitv"]),
        ([], ["서울", "인천"], [], ["papns", "seonamtoday"]),
        ([], [], ["gnuboard"], ["gyeonggitv", "papns"]),
        (["papns", "gosiweek"], [], ["gnuboard"], ["papns"]),
        ([], ["인천"], ["gnuboard"], ["papns"]),
        ([], ["\u110b\u1175\u11ab\u110e\u1165\u11ab"], [], ["papns"]),  # as macOS types it
    ],
)
def test_outlets_are_chosen_by_name_region_and_family(
    names: list[str], regions: list[str], families: list[str], outlets: list[str]
) -> None:
    found = chosen_outlets(get_project_settings(), names, regions, families)
    assert [outlet.name for outlet in found] == outlets


@pytest.mark.parametrize(
    ("names", "regions", "families", "sentence"),
    [
        (["papnss"], [], [], "unknown outlet 'papnss'; did you mean papns?"),
        ([], ["부산"], [], "--region '부산' matches no outlet; known: 경기, 경기북부,"),
        ([], [""], [], "--region '' matches no outlet; known: "),
        ([], [], ["gnubord"], "--family 'gnubord' matches no outlet; did you mean gnuboard?"),
        (["papns"], ["경기"], [], "--region '경기' matches no outlet; known: 인천"),
    ],
)
def test_a_name_that_is_none_is_told_with_the_nearest(
    names: list[str],
    regions: list[str],
    families: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        chosen_outlets(get_project_settings(), names, regions, families)
    assert ended.value.code == verdict.BAD_USAGE
    assert capsys.readouterr().err.startswith(f"scrapy: {sentence}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--max-time", "1d"],
            "--max-time '1d' is not a duration above 0; use 90 (seconds), 30m or 2h",
        ),
        (["--limit", "0"], "limit must be a whole number of at least 1, not '0'"),
        (["--sicne", "7d"], "unknown option --sicne; see -h"),
        (["-O", "all.jsonl"], "a feed of crawlall must have %(name)s in its file name"),
        (["--report", "/proc/x.json"], "the report /proc/x.json cannot be written: "),
        (["-s", "BROWSER=nix"], "BROWSER='nix' is not a program that can be run"),
    ],
    ids=["max-time", "limit", "option", "feed", "report", "browser"],
)
def test_bad_usage_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "crawlall", *arguments], get_project_settings())
    printed = capsys.readouterr()
    assert ended.value.code == verdict.BAD_USAGE
    assert printed.out == ""
    assert printed.err.startswith(f"scrapy: {sentence}")
    assert len(printed.err.splitlines()) == 1


def test_a_store_that_cannot_be_opened_is_told_and_reported(here: Here) -> None:
    run = here.run("-s", "DATABASE_URL=sqlite:////proc/x/store.db")
    assert (run.returncode, run.stdout) == (verdict.STORE_ERROR, "")
    assert re.fullmatch(r"crawlall: The store sqlite:////proc/x/store.db .*\n", run.stderr)
    report = here.report
    assert (report["exit_code"], report["outlets"]) == (verdict.STORE_ERROR, [])
    assert run.stderr == f"crawlall: {report['message']}\n"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("45s", 45), ("30m", 1800), (" 2H ", 7200)]
)
def test_a_time_is_read(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0m", "-5", "1d", "half", "1.5h", "٣", "9" * 10])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        read_duration(text)


# -- the exit code of the whole -----------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([0, 0, 0], 0),
        ([0, 3, 0], 3),
        ([0, 5, 0], 3),  # one is blocked, the whole is not
        ([3, 4, 5], 3),
        ([0, 7], 3),
        ([5, 5], 5),
        ([1, 4, 5], 5),  # nothing came of any
        ([1, 2], 2),
        ([7, 7], 7),
        ([7, 4], 4),
        ([0, 0, 6], 6),  # the store is everybody's
    ],
)
def test_a_grave_code_is_one_that_is_true_for_the_whole(codes: list[int], code: int) -> None:
    assert verdict.of_all(codes) == code


# -- under cron -----------------------------------------------------------------------------


def test_all_that_is_printed_is_a_line_and_the_report_says_the_rest(
    well: tuple[Newsstand, str], here: Here, tmp_path: Path
) -> None:
    run = here.run("-O", f"{tmp_path}/feed-%(name)s.jsonl")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    stored = {address for (address,) in here.rows("SELECT canonical_url FROM article")}
    assert stored == wanted(well[0], tmp_path)
    assert re.fullmatch(
        rf"crawlall: 5 outlets, {len(stored)} new, 0 changed, \d+ gone in \d+ s\n", run.stdout
    )
    report = here.report
    assert (report["exit_code"], report["result"], report["message"]) == (0, "ok", None)
    assert report["started_at"] <= report["ended_at"]
    by_outlet = dict(here.rows("SELECT outlet, count(*) FROM article GROUP BY outlet"))
    assert {one["outlet"]: one["counts"]["new"] for one in report["outlets"]} == by_outlet
    for one in report["outlets"]:
        assert (one["exit_code"], one["finish_reason"], one["message"]) == (0, "finished", None)
        counts = one["counts"]
        assert counts["requests"] == sum(counts["status"].values()) > counts["new"]
        feed = (tmp_path / f"feed-{one['outlet']}.jsonl").read_text("utf-8")
        assert len(feed.splitlines()) >= counts["new"]
    runs = here.rows("SELECT outlet, command, finish_reason, exit_code FROM run ORDER BY outlet")
    assert runs == [(name, "crawlall", "finished", 0) for name in sorted(OUTLETS)]
    assert here.is_free()


def test_one_outlets_trouble_stops_no_other(tmp_path: Path) -> None:
    with newsstand("firewall-403") as (_, proxy):
        here = Here(tmp_path, proxy)
        with open_store(f"sqlite:///{here.database}") as store:
            assert Lease(store, "gosiweek").acquire() is None  # this process lives
            modules = ("-s", "SPIDER_MODULES=spiders,tests.support.failing_spiders")
            run = here.run(*modules, "-s", "BROWSER=nix", "-a", "limit=3")
        codes = here.codes
        alone = here.run("papns")
    assert run.returncode == verdict.PARTIAL
    new = here.rows("SELECT count(*) FROM article")[0][0]
    assert re.fullmatch(rf"crawlall: 7 outlets, {new} new, .*: partial\n", run.stdout)
    said = dict(line.split(": ", 1) for line in run.stderr.splitlines())
    assert said.keys() == {"failing", "rendered", "gosiweek", "papns"}
    assert said["failing"] == (
        r"unexpected: could not be started: ValueError: no \u001b[31mway\u001b[0m [red]in"
    )
    assert said["rendered"].startswith("bad usage: it needs a browser, and BROWSER='nix' is no")
    assert said["gosiweek"].startswith(f"locked: it is being crawled by process {os.getpid()} on")
    assert said["papns"].startswith("blocked: access is blocked: ")
    assert codes == {
        "breaknews_kb": 0,
        "failing": verdict.UNEXPECTED,
        "gosiweek": verdict.LOCKED,
        "gyeonggitv": 0,
        "papns": verdict.BLOCKED,
        "rendered": verdict.BAD_USAGE,
        "seonamtoday": 0,
    }
    assert new == 9  # -a limit=3
    assert alone.returncode == verdict.BLOCKED  # it is the whole
    assert here.codes == {"papns": verdict.BLOCKED}


# -- one at a time on a store -------------------------------------------------------------


def test_a_second_one_leaves_at_once_and_a_dead_ones_lock_is_taken_over(here: Here) -> None:
    holders = {LOCK_NAME, *OUTLETS}
    with here.running(delay=30) as first:  # it ends by our signal alone
        wait_for(
            lambda: {name for (name,) in here.rows("SELECT outlet FROM outlet_lock")} == holders
        )
        began = time.monotonic()
        second = here.run()
        assert time.monotonic() - began < MAX_WAIT_SECONDS / 2
        assert (second.returncode, second.stdout) == (verdict.LOCKED, "")
        holder = f"process {first.pid} on"
        assert re.fullmatch(rf"crawlall: .* being crawled by {holder} \S+\n", second.stderr)
        assert here.report["exit_code"] == verdict.LOCKED
        assert holder in here.report["message"]
        assert here.report["outlets"] == []
        assert first.poll() is None
        first.send_signal(signal.SIGKILL)
    assert {name for (name,) in here.rows("SELECT outlet FROM outlet_lock")} == holders
    assert here.run("papns").returncode == 0
    assert {name for (name,) in here.rows("SELECT outlet FROM outlet_lock")} == {*OUTLETS} - {
        "papns"
    }


# -- signals and time -----------------------------------------------------------------------


def test_a_signal_ends_all_in_seconds_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with newsstand("stall", stall=600) as (stand, proxy):  # papns answers no more
        here = Here(tmp_path, proxy)
        with here.running(delay=2) as process:
            wait_for(lambda: len(here.rows("SELECT 1 FROM article")) >= 2)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        assert process.returncode == verdict.PARTIAL
        assert re.fullmatch(r"crawlall: 5 outlets, \d+ new, .*: partial\n", out)
        assert len(err.splitlines()) == 5
        assert err.count("partial: ended by a signal; the next run continues") == 5
        assert set(here.codes.values()) == {verdict.PARTIAL}
        assert here.rows("SELECT DISTINCT finish_reason FROM run") == [("shutdown",)]
        assert here.is_free()
        before = len(here.rows("SELECT 1 FROM article"))
        stand.faults = None
        assert here.run().returncode == 0
        stored = [address for (address,) in here.rows("SELECT canonical_url FROM article")]
        assert len(stored) > before
        assert set(stored) == wanted(stand, tmp_path)
        assert len(stored) == len(set(stored))


def test_a_signal_is_heard_while_a_crawl_is_opened(here: Here) -> None:
    run = here.run("-s", "SPIDER_MODULES=tests.support.slow_opening_spider")
    assert run.returncode == verdict.PARTIAL
    assert run.stderr.startswith("untimely: partial: ended by a signal; ")
    assert here.rows("SELECT finish_reason, exit_code FROM run") == [("shutdown", verdict.PARTIAL)]
    assert here.is_free()


def test_a_second_signal_ends_it_at_once(here: Here, tmp_path: Path) -> None:
    log = tmp_path / "crawlall.log"
    with here.running("--logfile", str(log), delay=30) as process:
        wait_for(lambda: len(here.rows("SELECT 1 FROM run")) == len(OUTLETS))
        process.send_signal(signal.SIGINT)
        wait_for(lambda: "Received SIGINT, shutting down gracefully" in log.read_text("utf-8"))
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=60)[1]
    assert process.returncode == verdict.PARTIAL
    assert "partial: ended by a second signal" in err
    assert "Traceback" not in err
    assert here.report["exit_code"] == verdict.PARTIAL
    assert here.is_free()
    with open_store(f"sqlite:///{here.database}") as store:
        assert {run.finish_reason for run in runs_of(store)} == {"killed"}


def test_when_its_time_is_over_the_next_run_goes_on(here: Here) -> None:
    run = here.run("papns", "gosiweek", "--max-time", "2", delay=1)
    assert run.returncode == verdict.PARTIAL
    assert {one["finish_reason"] for one in here.report["outlets"]} == {"max_time"}
    assert (
        run.stderr.count("partial: the time limit was reached (--max-time); the next run continues")
        == 2
    )
    assert here.rows("SELECT DISTINCT finish_reason, exit_code FROM run") == [
        ("max_time", verdict.PARTIAL)
    ]
    assert here.is_free()


# -- at a terminal ------------------------------------------------------------------------------


def test_at_a_terminal_there_is_a_table_with_the_numbers(here: Here) -> None:
    ours, theirs = pty.openpty()
    with here.running(delay=0.1, stdout=theirs) as process:
        os.close(theirs)
        shown = read_all(ours)
        assert process.wait(timeout=60) == 0
    os.close(ours)
    assert shown.count("crawling") > len(OUTLETS)  # it was shown while it ran
    lines = [line.split() for line in plain(shown).splitlines()]
    rows = {cells[0]: cells[1:] for cells in lines if len(cells) == 8}  # as they stood last
    assert rows.pop("outlet")[0] == "state"
    assert rows.keys() == set(OUTLETS)
    for one in here.report["outlets"]:
        state, fetched, new, changed, duplicates, errors, rate = rows[one["outlet"]]
        counts = one["counts"]
        assert state == "ok"
        assert int(fetched) == sum(counts["status"].values())
        assert [int(new), int(changed)] == [counts["new"], counts["changed"]]
        assert [int(duplicates), int(errors)] == [counts["duplicates"], 0]
        assert int(rate) > 0
    assert lines[-1][:3] == ["crawlall:", "5", "outlets,"]


def read_all(terminal: int) -> str:
    """What is printed until whoever prints it has ended."""
    shown = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        shown += some
    return shown.decode("utf-8")


def plain(text: str) -> str:
    """Without colours and movements."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (72, "1 min 12 s"), (3600, "1 h"), (3725.4, "1 h 2 min 5 s")],
)
def test_how_long_it_took_is_told(seconds: float, text: str) -> None:
    assert duration(seconds) == text
