"""Each member of the outcome table made to happen at the newsstand, for every article of an outlet.

A run ends with the exit code, the sentence, the finding and the status that it deserves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.operate.status.queries import survey
from crawler.outcomes.exit_codes import NAMES
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.store import open_store
from crawler.store.runs.findings import findings_of
from newsstand.content import KST
from newsstand.faults import Faults
from newsstand.server import beside
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, Site, SiteRequest
from tests.support.newsstand_crawl import Stand, stat
from tests.support.scrapy_process import Run
from tests.support.small_disk import small_disk

NOW = datetime.now(KST)
ARTICLE, LIST = frozenset({"article"}), frozenset({"list"})


class Hitting(Faults):
    """Faults that hit all pages of some kinds, at every visit, and robots.txt as given."""

    def __init__(self, kind: str, hit: frozenset[str], robots: Reply | None) -> None:
        super().__init__(9, (kind,) if kind else (), rate=1.0, stall=3.0)
        self.hit, self.robots = hit, robots

    def answer(self, request: SiteRequest, site: Site) -> Reply | None:
        """Answer with the fault however often it was met."""
        if request.path == "/robots.txt" and self.robots:
            return self.robots
        self.met.clear()
        return super().answer(request, site)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What goes wrong, and how the run has to end."""

    fault: str = ""
    hit: frozenset[str] = ARTICLE
    robots: Reply | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    code: int
    says: str
    """What the sentence of the run has in it."""
    finding: str = ""
    """The kind of finding that is opened; empty if there is none."""
    calm: bool = False
    """Whether ``scrapy status`` has nothing to say of it."""


TEXT = "text/plain"
STAGES = {
    "pipelines.gone.Gone": 50, "pipelines.clean.Clean": 100, "pipelines.dates.Dates": 200,
    "tests.support.broken_stage.BrokenStage": 250,
}  # fmt: skip

PAGES = {
    PageOutcome.GONE: Case(
        fault="deleted", code=4, says="× a page that is gone; open one", finding="absent_pages"
    ),
    PageOutcome.LED_AWAY: Case(
        fault="front", code=4, says="that led to another page; open one", finding="absent_pages"
    ),
    PageOutcome.FORBIDDEN: Case(
        fault="login-form", code=5, says="asked to log in or to pay; open one", finding="members"
    ),
    PageOutcome.MEMBERS: Case(
        fault="no-right", code=5, says="× a page for members only; open one", finding="members"
    ),
    PageOutcome.BLOCKED: Case(
        fault="firewall-403", code=5, says="× turned away; leave it alone", finding="blocked"
    ),
    PageOutcome.ROBOTS: Case(
        robots=Reply(b"User-agent: *\nDisallow: /*wr_id=\n", 200, TEXT),
        code=5, says="× forbidden by robots.txt; leave it alone", finding="blocked",
    ),
    PageOutcome.OTHER_HOST: Case(
        fault="stranger", code=5, says="outside the outlet; open one", finding="absent_pages"
    ),
    PageOutcome.TEMPORARY: Case(
        fault="500", settings={"RETRY_TIMES": "0"}, code=3,
        says="× a page that could not be fetched; open one", finding="unread_pages",
    ),
    PageOutcome.BROKEN: Case(
        fault="loop", code=3, says="× an answer that is not a page; open one",
        finding="unread_pages",
    ),
    PageOutcome.NOT_ARTICLE: Case(
        fault="relaunch", code=4, says="without an article that this version can read; look at",
        finding="new_template",
    ),
    PageOutcome.NO_BODY: Case(
        fault="bare", code=4, says="without a body that this version can read; look at",
        finding="new_template",
    ),
    PageOutcome.UNEXPECTED: Case(
        settings={"ITEM_PIPELINES": json.dumps(STAGES)}, code=1,
        says="an article at which this program failed; see the log", finding="crash",
    ),
    PageOutcome.NO_ROBOTS: Case(
        robots=Reply(b"", 503), settings={"RETRY_TIMES": "0"}, code=1,
        says="robots.txt could not be fetched", finding="down",
    ),
    PageOutcome.BUSY: Case(
        fault="503", settings={"RETRY_AFTER_MAX": "1", "RETRY_TIMES": "0"}, code=3,
        says="its host is busy and asks for rest; the next run continues", calm=True,
    ),
    PageOutcome.BUDGET: Case(
        settings={"REQUEST_BUDGET": "4"}, code=3,
        says="its requests are used up (REQUEST_BUDGET); the next run continues", calm=True,
    ),
    PageOutcome.STORED: Case(code=0, says="", calm=True),
}  # fmt: skip
"""Outcomes of pages that one crawl of an empty store can come to."""

ELSEWHERE = {
    PageOutcome.OUTSIDE: "tests/crawl/test_sitemaps.py",
    PageOutcome.REVISED: "tests/store/articles/test_revisions.py",
    PageOutcome.UNCHANGED: "tests/pipelines/test_dedupe.py",
    PageOutcome.ALIAS: "tests/pipelines/test_dedupe.py",
    PageOutcome.OLDER: "tests/store/articles/test_revisions.py",
    PageOutcome.ERASED: "tests/store/articles/test_forget.py",
    PageOutcome.NOT_STORED: "tests/store/test_disk_and_locks.py",
    PageOutcome.RUN_ENDED: "tests/operate/test_crawlall.py",
}
"""Outcomes that need a history, listings without dates, a second process or a full disk, and the tests that have it."""

LISTS = {
    PageOutcome.BLOCKED: Case(
        fault="firewall-403", hit=LIST, code=5, says="× turned away", finding="blocked"
    ),
    PageOutcome.MEMBERS: Case(
        fault="no-list-right", hit=LIST, code=5, says="for members only", finding="members"
    ),
    PageOutcome.TEMPORARY: Case(
        fault="500", hit=LIST, settings={"RETRY_TIMES": "0"}, code=1,
        says="could not be fetched", finding="down",
    ),
    PageOutcome.GONE: Case(
        fault="no-board", hit=LIST, code=4, says="should be a list and is not", finding="new_list"
    ),
}  # fmt: skip
"""Outcomes of list pages."""


@contextmanager
def crawled(folder: Path, case: Case) -> Iterator[tuple[Stand, Run]]:
    """Crawl papns once, in an empty store."""
    faults = Hitting(case.fault, case.hit, case.robots)
    with beside(NewsstandState(9, NOW, 12, faults=faults), NOW) as proxy:
        stand = Stand(proxy, folder / "store.db", [])
        options = [
            part for name, value in case.settings.items() for part in ("-s", f"{name}={value}")
        ]
        period = case.options or ("-a", "since=60d")
        yield stand, stand.crawl("papns", *period, *options)


def check(stand: Stand, run: Run, case: Case) -> None:
    """Compare a run's end with what the case expects."""
    assert run.returncode == case.code, run.stderr[-3000:]
    if case.code:
        (line,) = [
            line for line in run.stderr.splitlines() if f"papns: {NAMES[case.code]}: " in line
        ]
        assert case.says in line
    with open_store(f"sqlite:///{stand.database}") as store:
        kinds = {finding.kind for finding in findings_of(store)}
        assert case.finding in kinds if case.finding else not kinds
        now = datetime.now(UTC)
        (papns,) = survey(store, {"papns": "PAP뉴스"}, now, timedelta(days=2)).outlets
    assert (papns.state == "ok") == case.calm, papns.concerns


@pytest.mark.parametrize("outcome", PAGES)
def test_all_articles_come_to_one_outcome(tmp_path: Path, outcome: PageOutcome) -> None:
    case = PAGES[outcome]
    with crawled(tmp_path, case) as (stand, run):
        counted = outcome.row.stat or outcome.stat("page")
        assert stat(run, counted) > (0 if outcome.row.kept else 2), run.stderr[-3000:]
        check(stand, run, case)


@pytest.mark.parametrize("outcome", LISTS)
def test_all_lists_come_to_one_outcome(tmp_path: Path, outcome: PageOutcome) -> None:
    case = LISTS[outcome]
    with crawled(tmp_path, case) as (stand, run):
        assert stat(run, outcome.stat("list")) or stat(run, RunOutcome.UNREAD_LIST.stat)
        check(stand, run, case)


def test_every_outcome_of_a_page_happens_somewhere() -> None:
    assert PAGES.keys() | ELSEWHERE.keys() == set(PageOutcome)
    assert not PAGES.keys() & ELSEWHERE.keys()


def test_a_feed_that_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    case = Case(code=6, says="its feed could not be written; see the log", finding="feed",
                options=("-a", "since=60d", "-O", "/dev/full:jsonl"))  # fmt: skip
    with crawled(tmp_path, case) as (stand, run):
        check(stand, run, case)


def test_an_archive_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "32k"):
        case = Case(code=3, says="the archive could not be written; is its disk full?",
                    finding="archive",
                    settings={"ARCHIVE": f"{tmp_path}/small", "ARCHIVE_FREE_MB": "0"})  # fmt: skip
        with crawled(tmp_path, case) as (stand, run):
            check(stand, run, case)
            assert stand.stored()


def test_a_store_that_takes_no_article_is_a_finding(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db"):
        pass
    with closing(sqlite3.connect(tmp_path / "store.db")) as database, database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON article"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    case = Case(code=6, says="database or disk is full", finding="store")
    with crawled(tmp_path, case) as (stand, run):
        assert stat(run, PageOutcome.NOT_STORED.stat("page")) > 0
        check(stand, run, case)


def test_status_does_not_wait_for_a_second_failed_run(tmp_path: Path) -> None:
    """One failed run soon after a good one is no finding yet, but no tick either."""
    faults = Hitting("", ARTICLE, None)
    state = NewsstandState(9, NOW, 12, faults=faults)
    with beside(state, NOW) as proxy:
        stand = Stand(proxy, tmp_path / "store.db", [])
        assert stand.crawl("papns", "-a", "since=60d", "-a", "limit=3").returncode == 0
        faults.kinds = {"500": None}
        run = stand.crawl("papns", "-a", "since=60d", "-s", "RETRY_TIMES=0")
        check(stand, run, Case(code=3, says="could not be fetched; open one"))
