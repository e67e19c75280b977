"""``scrapy status``: the table, the JSON, and the HTML page in a real browser."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from scrapy.cmdline import execute

from crawler import __version__
from crawler.dates.parse import SEOUL
from crawler.operate.monitors.words import render_finding, short_message
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE
from crawler.operate.run_stats.stats import RunStats
from crawler.operate.status.axis import rounded, sparkline
from crawler.operate.status.html import can_be_linked, page, write_page
from crawler.operate.status.queries import StatusSurvey, survey
from crawler.operate.status.totals import by_week, total
from crawler.operate.status.words import ago, day, field_name, words
from crawler.store import Store, open_store
from crawler.store.frontier.outlet_lock import this_process
from crawler.store.runs.findings import findings_of, save_findings
from crawler.store.runs.runs import runs_of, start_run, update_run
from newsstand.server import serving
from tests.support.newsstand_crawl import Stand
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy

NOW = datetime.now(UTC).replace(microsecond=0)
EVIL = "<img src=x onerror=alert(1)><script>document.title='ran'</script>"
STEERS = "\x1b[2J\u202e"
STEERING = {"\x1b", "\u202e"}
USUAL = {"headline": 1.0, "date_published": 1.0, "authors": 0.9, "images": 0.75, "captions": 0.4}
PAPERS = {
    "papns": "PAPNS",
    "gosiweek": "피앤피뉴스",
    "breaknews_kb": "브레이크뉴스 경기북부",
    "gyeonggitv": "경기티비종합뉴스",
    "seonamtoday": "서남투데이",
}


CONTRASTS = """
() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
  const behind = one => one === null ? [255, 255, 255]
    : over(parts(getComputedStyle(one).backgroundColor), behind(one.parentElement));
  const light = color => color.map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const words = [...document.querySelectorAll("body *")].filter(one => one.checkVisibility()
    && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return words.map(one => {
    const style = getComputedStyle(one);
    const [a, b] = [light(parts(one.closest("svg") ? style.fill : style.color).slice(0, 3)),
                    light(behind(one))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.outerHTML.slice(0, 90)];
  }).filter(([ratio]) => ratio < 4.5);
}
"""


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def crawl(store: Store, outlet: str, at: datetime, new: int = 0, **values: Any) -> int:
    """A made-up run, with new articles of which the usual shares have what they should."""
    usual = USUAL | values.pop("usual", {})
    have = {name: round(new * usual.get(name, 0)) for name in FIELD_COVERAGE} if new else {}
    counts = {"new": new, "duplicates": new // 5, "changed": new // 9, "requests": new + 4}
    tally = RunStats(Counter(counts), Counter(have), examples={"captions": EVIL}).as_json()
    begun = {"outlet": outlet, "command": "crawl", "arguments": {"since": "7d"}, "version": "0.2.0"}
    number = start_run(store, begun, values.pop("owner", this_process()), text(at))
    ended = {
        "ended_at": text(at + timedelta(seconds=97)),
        "finish_reason": "finished",
        "exit_code": 0,
    } | values
    update_run(store, number, stats=tally, **ended)
    return number


def build(store: Store) -> None:
    """Store sixty days of runs, one per day.

    One outlet is well, one has lost its bylines and had a weak week, one is blocked, one stopped
    twenty days ago, one never ran.
    """
    for days in range(59, -1, -1):
        at = NOW - timedelta(days=days, hours=2)
        weekend = at.astimezone(SEOUL).weekday() >= 5
        new = 3 if weekend else 9 + days * 7 % 5
        crawl(store, "papns", at, 400 if days == 40 else new)
        authors = {"authors": 0.05} if days < 4 else {}
        crawl(store, "gosiweek", at, new * 2, exit_code=3 if days in (9, 30) else 0, usual=authors)
        if days < 3:
            crawl(store, "breaknews_kb", at, exit_code=5)
        elif days in (16, 17):
            crawl(store, "breaknews_kb", at, finish_reason="killed", exit_code=None, ended_at=None)
        else:
            crawl(store, "breaknews_kb", at, new // 2)
        if days > 19:
            crawl(store, "gyeonggitv", at, 1 if days % 3 else 0)
    day = str((NOW - timedelta(days=3)).astimezone(SEOUL).date())
    lost = {"share": 5, "of": 68, "usual": 90}
    blocked = {"refused": 4, "requests": 4, "runs": 3}
    line = {"articles": 20, "of": 20, "line": EVIL + STEERS}
    found = [
        {"kind": "coverage", "field": "authors", "started_on": day, "facts": lost,
         "example": "http://www.gosiweek.com/news/view.php?idx=1&mcode=<b>"},
        {"kind": "boilerplate", "field": "", "started_on": day, "facts": line, "example": f"javascript:{EVIL}"},
    ]  # fmt: skip
    save_findings(store, "gosiweek", text(NOW), found, [])
    save_findings(store, "breaknews_kb", text(NOW), [
        {"kind": "blocked", "field": "", "started_on": day, "facts": blocked, "example": "https://www.breaknews.com/"},
    ], [])  # fmt: skip
    save_findings(store, "papns", text(NOW - timedelta(days=20)), [
        {"kind": "no_news", "field": "", "started_on": str(NOW.date() - timedelta(days=24)), "facts": {"days": 3, "usual": 20}, "example": None},
    ], [])  # fmt: skip
    save_findings(
        store, "papns", text(NOW - timedelta(days=18)), [], [findings_of(store, "papns")[0].id]
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("status") / "store.db"
    with open_store(f"sqlite:///{path}") as store:
        build(store)
    return path


@pytest.fixture(scope="module")
def store(database: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{database}") as store:
        yield store


@pytest.fixture(scope="module")
def surveyed(store: Store) -> StatusSurvey:
    return survey(store, PAPERS, NOW, timedelta(days=2))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/empty.db") as store:
        yield store


def at(database: Path, *arguments: str) -> tuple[str, ...]:
    return ("status", *arguments, "-s", f"DATABASE_URL=sqlite:///{database}")


def ran(*arguments: str) -> Run:
    """``scrapy`` as the shell runs it, but in this process: a start of Python is a second."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(ROOT)
        patch.setenv("SCRAPY_SETTINGS_MODULE", "crawler.settings")
        with pytest.raises(SystemExit) as end:
            execute(["scrapy", *arguments])
    code = end.value.code
    return Run(arguments, code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())


# -- how an outlet stands -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outlet", "state", "concerns"),
    [
        ("papns", "ok", []),
        ("gosiweek", "attention", ["finding"]),
        ("breaknews_kb", "attention", ["finding", "last_run", "late"]),
        ("gyeonggitv", "attention", ["late"]),
        ("seonamtoday", "never", []),
    ],
)
def test_what_needs_attention_and_why(
    surveyed: StatusSurvey, outlet: str, state: str, concerns: list[str]
) -> None:
    (standing,) = [one for one in surveyed.outlets if one.outlet == outlet]
    assert standing.state == state
    assert [concern.kind for concern in standing.concerns] == concerns


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("runs", "concerns"),
    [
        ([(1, {})], []),
        ([(1, {"exit_code": 3})], []),
        ([(2, {}), (1, {"exit_code": 4})], ["last_run"]),
        (
            [(2, {}), (1, {"exit_code": None, "finish_reason": "killed", "ended_at": None})],
            ["last_run"],
        ),
        ([(2, {"exit_code": 4}), (1, {})], []),
        ([(2, {}), (1, {"exit_code": 7})], []),
        ([(1, {"exit_code": 6})], ["last_run", "late"]),
        ([(1, {"exit_code": None, "finish_reason": None, "ended_at": None})], []),
        (
            [
                (2, {"exit_code": 1}),
                (1, {"exit_code": None, "finish_reason": None, "ended_at": None}),
            ],
            ["last_run", "late"],
        ),
        ([(49, {}), (1, {"exit_code": None, "finish_reason": None, "ended_at": None})], ["late"]),
    ],
)
def test_how_the_last_runs_ended(
    empty: Store, runs: list[tuple[int, dict[str, Any]]], concerns: list[str]
) -> None:
    for hours, values in runs:
        crawl(empty, "papns", NOW - hours * HOUR, **values)
    (standing,) = survey(empty, {"papns": "PAPNS"}, NOW, timedelta(days=2)).outlets
    assert [concern.kind for concern in standing.concerns] == concerns


def test_a_run_whose_process_is_dead_counts_as_killed(empty: Store) -> None:
    dead = this_process()._replace(started=0.0)
    crawl(
        empty,
        "papns",
        NOW - HOUR,
        new=2,
        owner=dead,
        exit_code=None,
        finish_reason=None,
        ended_at=None,
    )
    (standing,) = survey(empty, {"papns": "PAPNS"}, NOW, timedelta(days=2)).outlets
    assert [concern.kind for concern in standing.concerns] == ["last_run", "late"]
    today = total(standing.days.values())
    assert (today.runs, today.failed, today.new) == (1, 1, 2)


def test_days_and_weeks_are_koreas_and_add_up(store: Store, surveyed: StatusSurvey) -> None:
    gosiweek = surveyed.outlets[1]
    expected = Counter[str]()
    for run in runs_of(store, "gosiweek"):
        day = datetime.fromisoformat(run.started_at).astimezone(SEOUL).date()
        expected[str(day)] += run.stats["counts"]["new"]
    days = {str(day): total.new for day, total in gosiweek.days.items()}
    assert len(days) == 56
    assert days == {day: expected[day] for day in days}
    weeks = by_week(gosiweek.days)
    assert len(weeks) == 8
    assert sum(week.new for week in weeks.values()) == sum(days.values())
    assert gosiweek.lately.runs == gosiweek.week_before.runs == 7
    assert gosiweek.month_before.runs == 28


def test_a_field_that_was_not_looked_at_has_no_share(empty: Store) -> None:
    crawl(empty, "papns", NOW - 2 * HOUR, new=4)
    number = crawl(empty, "papns", NOW - HOUR, new=6)
    tally = RunStats(Counter({"new": 6}), Counter({"headline": 3})).as_json()
    update_run(empty, number, stats=tally)
    (standing,) = survey(empty, {"papns": "PAPNS"}, NOW, timedelta(days=2)).outlets
    assert standing.lately.share("headline") == 0.7
    assert standing.lately.share("authors") == 1.0
    assert standing.lately.share("a measure to come") is None


def test_every_measure_and_every_ending_has_its_words() -> None:
    assert all(re.search("[가-힣]", field_name(name)) for name in FIELD_COVERAGE)
    for code in range(8):
        assert str(code) in words()["results"]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([0, 1, 2, 7], "▁▂▃█"),
        ([None, 0, 5], "·▁█"),
        ([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 900], "▄▄▄▄▄▄▄▄▄▄▄█"),
        ([], ""),
    ],
)
def test_a_sparkline_is_not_flattened_by_one_great_day(
    counts: list[int | None], shown: str
) -> None:
    assert sparkline(counts) == shown


@pytest.mark.parametrize(
    ("highest", "axis"), [(1, 2), (3, 4), (9, 10), (11, 20), (61, 80), (100, 100), (101, 200)]
)
def test_an_axis_ends_at_a_number_that_can_be_halved(highest: int, axis: int) -> None:
    assert rounded(highest) == axis


@pytest.mark.parametrize(
    ("back", "english", "korean"),
    [
        ({"seconds": 5}, "just now", "방금"),
        ({"minutes": 61}, "1h ago", "1시간 전"),
        ({"hours": 49}, "2d ago", "2일 전"),
    ],
)
def test_how_long_ago(back: dict[str, int], english: str, korean: str) -> None:
    moment = text(NOW - timedelta(**back))
    assert (ago(moment, NOW, "en"), ago(moment, NOW, "ko")) == (english, korean)


# -- at the terminal, and for machines -----------------------------------------------------------


def test_a_table_and_every_finding_in_words(database: Path, store: Store) -> None:
    run = scrapy(*at(database))
    assert run.returncode == 3, run.stderr
    assert not run.stderr
    rows = {line.split()[1]: line for line in run.stdout.splitlines()[1:6]}
    assert rows.keys() == PAPERS.keys()
    assert "2h ago: ok (0)" in rows["papns"]
    assert "2h ago: blocked (5)" in rows["breaknews_kb"]
    assert rows["gosiweek"].split()[-1] == "2"
    assert rows["seonamtoday"].split()[2:] == ["-", "-", "-", "·" * 14, "-"]
    concerns = "breaknews_kb needs attention: open findings: 1; last run: blocked (5); no"
    assert concerns in run.stdout
    assert len({line.index(line.split()[2]) for line in rows.values()}) == 1  # aligned
    for finding in findings_of(store):
        assert f"since {finding.started_on}: {short_message(finding)}" in run.stdout.replace(
            "\\u001b", "\x1b"
        ).replace("\\u202e", "\u202e")
        assert render_finding(finding).action in run.stdout
        assert (finding.example or "") in run.stdout
    assert not STEERING & {*run.stdout}
    assert "ok: 1, needs attention: 3, never crawled: 1 (as of " in run.stdout.splitlines()[-1]


def test_at_a_terminal_it_has_lines_and_colours(database: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "status", "-s", f"DATABASE_URL=sqlite:///{database}"]
    reader, writer = os.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=writer, stderr=writer) as run:
        os.close(writer)
        shown = b""
        with suppress(OSError):  # the end of a terminal
            while block := os.read(reader, 65536):
                shown += block
        os.close(reader)
    assert run.returncode == 3
    assert "─" in shown.decode()
    assert b"\x1b[1;31m!" in shown  # the red mark
    assert b"\x1b[2J" not in shown


@pytest.mark.parametrize(
    ("outlet", "code"), [("papns", 0), ("gosiweek", 3), ("gyeonggitv", 3), ("seonamtoday", 3)]
)
def test_the_exit_code_says_whether_an_outlet_is_well(
    database: Path, outlet: str, code: int
) -> None:
    run = ran(*at(database, outlet))
    assert run.returncode == code
    assert not run.stderr
    others = PAPERS.keys() - {outlet}
    assert not any(f" {other} " in run.stdout for other in others)


def test_how_old_a_good_run_may_be_is_an_option(database: Path) -> None:
    assert ran(*at(database, "papns", "--within", "1h")).returncode == 3
    assert ran(*at(database, "gyeonggitv", "--within", "4w")).returncode == 0


@pytest.mark.parametrize("arguments", [(), ("--json",), ("papns",)])
def test_a_store_without_runs_is_not_well(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run = ran(*at(tmp_path / "new.db", *arguments))
    assert run.returncode == 3
    assert not run.stderr
    if "--json" in arguments:
        assert [one["last_run"] for one in json.loads(run.stdout)["outlets"]] == [None] * 5
    else:
        of_it = " of papns" if arguments else ""
        assert run.stdout.startswith(f"no crawl{of_it} is recorded in the store sqlite:///")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("papnss",), 2, "unknown outlet 'papnss'; did you mean papns?"),
        (("https://papns.kr/",), 2, "unknown outlet 'https://papns.kr/'; known: breaknews_kb,"),
        (("--bogus",), 2, "unknown option --bogus"),
        (("--within", "soon"), 2, "--within: 'soon' is not an age; use 12h, 7d or 2w."),
        (("--within", "99999999w"), 2, "--within 99999999w is too long"),
        (("--html", "/proc/nope/x.html"), 2, "the page /proc/nope/x.html cannot be written: "),
        (("--html", "/"), 2, "the page / cannot be written: Is a directory"),
        (("--html", ""), 2, "--html must name a file, not ''"),
        (("--html", "/dev/full"), 2, "the page /dev/full cannot be written: No space left"),
        (("-s", "DATABASE_URL=oops"), 6, "DATABASE_URL is not an SQLAlchemy URL"),
        (("-s", "DATABASE_URL=mssql+pymssql://u:geheim@h/x"), 6, "DATABASE_URL names mssql"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], code: int, sentence: str) -> None:
    run = ran("status", *arguments)
    assert run.returncode == code
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1
    assert "geheim" not in run.stdout + run.stderr


def test_the_document_has_all_of_it(database: Path, store: Store) -> None:
    run = ran(*at(database, "--json"))
    assert run.returncode == 3
    assert len(run.stdout.splitlines()) == 1
    assert not STEERING & {*run.stdout}
    found = json.loads(run.stdout)
    assert (found["version"], found["is_ok"]) == (__version__, False)
    outlets = {one["outlet"]: one for one in found["outlets"]}
    assert outlets.keys() == PAPERS.keys()
    gosiweek = outlets["gosiweek"]
    assert gosiweek["outlet_name"] == "피앤피뉴스"
    last = runs_of(store, "gosiweek")[-1]
    assert gosiweek["last_run"]["started_at"] == last.started_at
    assert gosiweek["last_run"]["stats"] == last.stats
    assert len(gosiweek["days"]) == 56
    assert gosiweek["28_days_before"]["runs"] == 28
    authors = gosiweek["coverage"]["authors"]
    assert authors["last_7_days"] < 0.6 < 0.85 < authors["28_days_before"]
    coverage, boilerplate = gosiweek["findings"]
    assert (coverage["kind"], coverage["field"]) == ("coverage", "authors")
    assert boilerplate["facts"]["line"] == EVIL + STEERS
    assert "기자" in coverage["message"]["ko"]
    assert coverage["action"]["en"]
    assert outlets["papns"]["findings"][0]["resolved_at"]


# -- the page, in a real browser -------------------------------------------------------------------


@dataclass
class Shown:
    """A page in a browser, and what came of it."""

    page: Page
    requests: list[str]
    messages: list[str]


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Path:
    """The page of a store in which everything that can be a text is mark-up."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(database, folder / "store.db")
    with open_store(f"sqlite:///{folder}/store.db") as store:
        crawl(store, EVIL, NOW - HOUR, new=3, finish_reason=EVIL, exit_code=1)
        finding = {"kind": EVIL, "field": EVIL, "started_on": EVIL, "facts": {"x": EVIL}}
        save_findings(
            store, EVIL, text(NOW), [{**finding, "example": f'https://x.example/"{EVIL}'}], []
        )
    run = scrapy(*at(folder / "store.db", "--html", f"{folder}/status.html"))
    assert run.returncode == 3, run.stderr
    assert run.stdout.startswith("ok: 1, needs attention: 4, never crawled: 1 ")
    return folder / "status.html"


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, chromium: Browser, evil: Path) -> Iterator[Shown]:
    options: Any = {"viewport": {"width": 360, "height": 740}, "color_scheme": request.param}
    page = chromium.new_page(**options)
    shown = Shown(page, [], [])
    page.on("request", lambda request: shown.requests.append(request.url))
    page.on("console", lambda message: shown.messages.append(message.text))
    page.on("dialog", lambda dialog: shown.messages.append(dialog.message))
    page.goto(evil.as_uri())
    yield shown
    page.close()


def test_the_page_loads_nothing_and_runs_nothing(phone: Shown, evil: Path) -> None:
    assert phone.requests == [evil.as_uri()]
    assert phone.messages == []
    assert phone.page.title() == "맑음 수집 현황"
    assert phone.page.evaluate("document.querySelectorAll('script, img, iframe, b b').length") == 0
    assert phone.page.inner_text("body").count(EVIL) >= 6
    for link in phone.page.locator("a").all():
        address = link.get_attribute("href") or ""
        assert address.startswith(("#", "http://", "https://")), address
        assert address.startswith("#") or link.get_attribute("rel") == "noreferrer noopener"


def test_the_page_would_run_no_script_even_where_one_got_in(chromium: Browser, evil: Path) -> None:
    source = evil.read_text("utf-8").replace("</main>", f"{EVIL}<p onclick=alert(1)></main>")
    broken = evil.with_name("broken.html")
    broken.write_text(source, "utf-8")
    page = chromium.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(broken.as_uri())
    assert page.locator("script, img").count() == 2
    assert page.title() == "맑음 수집 현황"
    assert not said
    page.close()


def test_the_page_fits_a_phone(phone: Shown) -> None:
    phone.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    too_wide = "[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > 360).map(one => one.outerHTML.slice(0, 80))"
    assert phone.page.evaluate(too_wide) == []
    for target in phone.page.locator("a:visible, summary:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target.inner_text()


def test_the_page_is_readable_in_the_light_and_in_the_dark(phone: Shown) -> None:
    """Contrasts as WCAG reckons them, over whatever lies behind."""
    low = phone.page.evaluate(CONTRASTS)
    assert low == []


def test_what_the_page_shows(phone: Shown, surveyed: StatusSurvey) -> None:
    page = phone.page
    assert page.locator("html").get_attribute("lang") == "ko"
    assert "확인 필요 4" in page.inner_text(".totals").replace("\n", " ")
    assert page.locator(".card").count() == 6
    sections = page.locator(".outlet")
    assert sections.count() == 6
    gosiweek = page.locator(".outlet", has=page.get_by_text("gosiweek", exact=True))
    charts = gosiweek.locator("svg[role=img]:visible")
    assert charts.count() == 2
    label = charts.first.get_attribute("aria-label") or ""
    made = page.inner_text("#top .quiet")
    days = surveyed.outlets[1].days  # made before the page, perhaps on the day before
    (last,) = [one for one in (max(days), max(days) + DAY) if made.startswith(day(one))]
    new = sum(total.new for one, total in days.items() if last - 28 * DAY < one <= last)
    assert label.startswith(f"최근 28일 새 기사 {new}건, 하루 평균 ")
    assert charts.first.locator(".bar").count() == 28
    assert charts.first.locator("title").count() == 28
    breaknews = page.locator(".outlet", has=page.get_by_text("breaknews_kb", exact=True))
    assert breaknews.locator("svg:visible path.failed").count() == 5
    row = gosiweek.locator("tr.found")
    assert row.locator("th").inner_text() == "! 기자"
    cells = [int(cell) for cell in row.locator("td").all_inner_texts()[-8:]]
    assert cells[0] > 85 > 60 > cells[-1]
    for finding in surveyed.outlets[1].findings:
        action = render_finding(finding, "ko").action
        assert short_message(finding, "ko") in gosiweek.inner_text()
        assert action in gosiweek.inner_text()
    page.locator("summary", has_text="최근 수집 14회").first.click()
    assert page.locator(".runs:visible tbody tr").count() == 14


def test_the_page_shows_more_days_where_there_is_room(chromium: Browser, evil: Path) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(evil.as_uri())
    assert page.locator("svg[role=img]:visible").first.locator(".bar").count() == 56
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    page.close()


def test_a_page_takes_the_place_of_another_whole(surveyed: StatusSurvey, tmp_path: Path) -> None:
    file = tmp_path / "status.html"
    file.write_text("before")
    write_page(surveyed, file)
    assert file.read_text("utf-8") == page(surveyed)
    with pytest.raises(IsADirectoryError):
        write_page(surveyed, tmp_path)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("http://www.papns.kr/1", True),
        ("https://papns.kr/", True),
        ("javascript:alert(1)", False),
        ("JavaScript://x/%0Aalert(1)", False),
        ("data:text/html,x", False),
        ("http:papns", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str, can: bool) -> None:
    assert can_be_linked(address) is can


# -- after a real crawl ----------------------------------------------------------------------------


def test_a_crawl_is_seen_at_once(tmp_path: Path) -> None:
    with serving(seed=7, articles=12) as proxy:
        stand = Stand(proxy, tmp_path / "store.db", [])
        assert stand.crawl("gosiweek", "-a", "since=60d").returncode == 0
    run = ran(*at(stand.database, "--json", "--html", f"{tmp_path}/status.html", "gosiweek"))
    assert run.returncode == 0, run.stdout
    (outlet,) = json.loads(run.stdout)["outlets"]
    stored = stand.stored("gosiweek")
    assert outlet["last_7_days"]["new"] == len(stored)
    assert outlet["coverage"]["headline"]["last_7_days"] == 1.0
    assert outlet["last_good_run"] == outlet["last_run"]
    assert f"새 기사 {len(stored)}건" in (tmp_path / "status.html").read_text("utf-8")
