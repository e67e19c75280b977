"""Monitors: runs compared with their outlet's history; breaks are found, quiet days are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from scrapy.utils.project import get_project_settings

from crawler.operate.monitors.history import HORIZONS, History, is_ordinary
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.lifecycle import ACCEPTED, compare, unusual
from crawler.operate.monitors.registry import run_monitors
from crawler.operate.monitors.suite import Findings
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.monitors.words import render_finding, templates
from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, SIZES
from crawler.store.articles.newest import Text
from crawler.store.runs.findings import Finding
from crawler.store.runs.runs import Run
from tests.support.synthetic_runs import PAPERS

THRESHOLDS = Thresholds.of(get_project_settings())
DAYS, SEEDS = 30, 3
BREAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "date": ({"have": {"date_published": 0.0}}, "coverage", "date_published"),
    "half_template": ({"lost": 0.5}, "new_template", "body"),
    "all_lost": ({"lost": 1.0}, "new_template", "body"),
    "images": ({"have": {"images": 0.1}}, "coverage", "images"),
    "short": ({"size": 0.3}, "size", "characters"),
    "down": ({"down": True}, "down", ""),
    "silent": ({"week": 0.0}, "no_news", ""),
}


@dataclass
class Said:
    """A judgement as the words want it."""

    outlet: str
    kind: str
    field: str
    facts: dict[str, Any] = field(default_factory=dict)


def found(runs: Sequence[Run], texts: Sequence[Text] = (), **more: Any) -> dict[str, Judged]:
    history = History("paper", "http://paper.test/", runs, texts, **more)
    return {
        f"{one.kind}/{one.field}": one for one in run_monitors(history, THRESHOLDS) if one.is_found
    }


@pytest.mark.parametrize("name", [name for name in PAPERS if name != "hourly"])
def test_ordinary_days_are_no_finding(name: str) -> None:
    """Weekends, 추석, noise; a site that is down for one nightly run is told as it is."""
    for seed in range(SEEDS):
        runs = list(PAPERS[name].runs(seed, DAYS))
        for number in range(1, len(runs) + 1):
            wrong = found(runs[:number]).keys() - {"down/"}
            assert not wrong, (seed, number, wrong)


def test_ordinary_hours_are_no_finding() -> None:
    runs = list(PAPERS["hourly"].runs(1, 20))
    for number in range(1, len(runs) + 1, 7):
        assert not found(runs[:number]), number


def printed(run: Run) -> int:
    counts: dict[str, int] = run.stats["counts"]
    return counts.get("new", 0) + counts.get("failed/no_body", 0)


@pytest.mark.parametrize("name", ["large", "no_sunday", "daily"])
@pytest.mark.parametrize("what", [what for what in BREAKS if what != "silent"])
def test_a_break_is_found_on_its_first_day(name: str, what: str) -> None:
    """On a Wednesday that prints enough, with four weeks behind it."""
    how, kind, of = BREAKS[what]
    tried = (list(PAPERS[name].runs(seed, 31, how | {"day": 30})) for seed in range(20))
    enough = 12 if name == "daily" else 20
    runs = next(runs for runs in tried if what == "down" or printed(runs[-1]) >= enough)
    assert f"{kind}/{of}" not in found(runs[:30])
    one = found(runs)[f"{kind}/{of}"]
    assert one.started_on == ("2026-10-01" if what == "down" else "2026-09-30")
    assert not found(runs).keys() & {"fewer/", "no_news/"}


@pytest.mark.parametrize("name", ["small", "weekly"])
@pytest.mark.parametrize("what", ["date", "all_lost", "images", "short", "down"])
def test_a_small_paper_takes_the_articles_of_some_days(name: str, what: str) -> None:
    how, kind, of = BREAKS[what]
    runs = list(PAPERS[name].runs(2, 45, how | {"day": 30}))
    found_in = [number for number in range(31, 46) if f"{kind}/{of}" in found(runs[:number])]
    assert found_in
    assert found_in[0] <= 44


@pytest.mark.parametrize("name", ["large", "no_sunday", "daily", "weekly"])
def test_nothing_new_is_found_once_there_should_be(name: str) -> None:
    runs = list(PAPERS[name].runs(3, 42, {"week": 0.0, "day": 30}))
    assert any("no_news/" in found(runs[:number]) for number in range(31, 43))


def test_one_disturbance_of_an_hourly_crawl_is_none_but_two_are() -> None:
    runs = [run for run in PAPERS["hourly"].runs(1, 3) if run.exit_code == 0]
    failed = next(run for run in PAPERS["hourly"].runs(1, 1, {"down": True, "day": 0}))
    at = [replace(failed, started_at=f"2026-09-03T{20 + hour}:00:00Z") for hour in (0, 1)]
    runs = [run for run in runs if run.started_at < "2026-09-03T19:30"]
    assert not found([*runs, at[0]])
    assert found([*runs, *at])["down/"].facts["runs"] == 2


KILLS = {
    "killed": {"finish_reason": "killed", "exit_code": None},
    "store": {"exit_code": 6},
    "blocked": {"exit_code": 5},
    "empty_list": {"exit_code": 4, "stats": {"counts": {"failed/emptied_lists": 1}}},
    "new_list": {"exit_code": 4, "stats": {"counts": {"failed/broken_lists": 1}}},
    "crash": {"exit_code": 1, "stats": {"counts": {"failed/exception": 2, "lists": 3}}},
    "down": {"exit_code": 1, "stats": {"counts": {"failed/temporary": 3}}},
}


@pytest.mark.parametrize("kind", KILLS)
def test_runs_that_come_to_nothing_are_told_apart(kind: str) -> None:
    runs = list(PAPERS["daily"].runs(0, 10))
    bad = replace(runs[-1], **KILLS[kind])
    assert list(found([*runs[:-1], bad])) == [f"{kind}/"]
    assert not found([*runs[:-1], bad, runs[-1]])


def test_a_crawl_that_another_kept_out_says_nothing() -> None:
    runs = list(PAPERS["daily"].runs(0, 10))
    locked = replace(runs[-1], exit_code=7, stats={})
    assert not found([*runs[:-1], locked])


@pytest.mark.parametrize(
    ("arguments", "is_it"),
    [
        ({}, True),
        ({"since": "7d"}, True),
        ({"since": "12h"}, True),
        ({"since": "2w"}, True),
        ({"since": "2020-01-01"}, False),
        ({"limit": "3"}, False),
        ({"since": "7d", "pages": "1"}, False),
    ],
    ids=str,
)
def test_backfills_and_samples_are_nothing_to_compare_with(
    arguments: dict[str, str], is_it: bool
) -> None:
    run = next(PAPERS["daily"].runs(0, 1))
    assert is_ordinary(replace(run, arguments=arguments)) is is_it


LINE = "본지는 독자 여러분의 제보를 기다립니다"


def texts(numbers: range, line: str = "", at: str = "2026-09-12T01:00:00Z") -> list[Text]:
    said = [f"{number}번째 기사의 첫 문단입니다.\n둘째 문단 {number}." for number in numbers]
    return [
        Text(at, f"http://paper.test/{number}", "\n".join(filter(None, (one, line))))
        for number, one in zip(numbers, said, strict=True)
    ]  # fmt: skip


def test_a_line_that_stands_in_all_new_articles_is_found() -> None:
    runs = list(PAPERS["daily"].runs(0, 20))
    before = texts(range(48))
    assert not found(runs, [*texts(range(100, 112)), *before])
    one = found(runs, [*texts(range(100, 106), LINE), *texts(range(106, 112)), *before])
    assert one["boilerplate/"].facts == {"line": LINE, "articles": 6, "of": 12}
    assert one["boilerplate/"].started_on == "2026-09-12"
    assert one["boilerplate/"].example == "http://paper.test/100"
    # a day's revisits bring it into the older articles at once
    today = texts(range(100, 130), LINE, at=runs[-1].started_at)
    assert "boilerplate/" in found(runs, [*today, *texts(range(30))])
    # what has always stood there is the paper's way
    assert not found(runs, [*texts(range(100, 112), LINE), *texts(range(48), LINE)])
    assert not found(runs, texts(range(12), LINE))


def with_rule(runs: Sequence[Run], until: int) -> list[Run]:
    made = []
    for number, run in enumerate(runs):
        counts = run.stats["counts"]
        fires = {"rule/clock": counts.get("new", 0)} if number < until else {}
        made.append(replace(run, stats=run.stats | {"counts": counts | fires}))
    return made


def test_a_rule_that_fires_no_more_is_found() -> None:
    runs = list(PAPERS["large"].runs(1, 30))
    assert not found(with_rule(runs, 30))
    one = found(with_rule(runs, 29))["rule/clock"]
    assert one.facts["articles"] >= 10


def test_failures_of_a_kind_are_found() -> None:
    runs = list(PAPERS["daily"].runs(1, 30))
    last = runs[-1].stats
    counts = last["counts"] | {"failed/forbidden": 8, "requests": 16}
    examples = {"forbidden": "http://paper.test/9"}
    bad = replace(runs[-1], stats=last | {"counts": counts, "examples": examples})
    one = found([*runs[:-1], bad])["errors/forbidden"]
    assert (one.facts["bad"], one.facts["of"], one.example) == (8, 16, "http://paper.test/9")


def finding(**values: Any) -> Finding:
    plain = {
        "id": 1, "outlet": "paper", "kind": "coverage", "field": "images", "started_on": "2026-09-20",
        "found_at": "2026-09-20T18:00:00Z", "last_seen_at": "2026-09-20T18:00:00Z", "resolved_at": None,
        "facts": {}, "example": None, "notified_at": None, "resolution_notified_at": None,
    }  # fmt: skip
    return Finding(**plain | values)


def test_life_cycle_of_a_finding() -> None:
    known = [finding()]
    today = date(2026, 9, 25)
    again = Judged("coverage", "images", True, "2026-09-20")
    well = Judged("coverage", "images")
    other = Judged("size", "characters", True, "2026-09-24")
    changes = compare([again, other], known, today, THRESHOLDS)
    assert (list(changes.opened), dict(changes.still_open), changes.resolved) == (
        [other],
        {1: again},
        [],
    )
    changes = compare([well], known, today, THRESHOLDS)
    assert (changes.opened, changes.resolved) == ([], known)
    changes = compare([], known, today, THRESHOLDS)  # nothing can be told
    assert (changes.opened, changes.still_open) == ([], {})
    assert (changes.resolved, changes.accepted) == ([], [])
    changes = compare([again], known, date(2026, 10, 18), THRESHOLDS)
    assert (changes.still_open, changes.accepted) == ({}, known)


def test_what_is_known_to_be_wrong_is_nothing_to_compare_with() -> None:
    how = {"have": {"images": 0.0}}
    runs = list(PAPERS["daily"].runs(1, 55, how | {"day": 30}))
    known = unusual([finding(started_on="2026-10-01")])
    assert "coverage/images" in found(runs, unusual=known)
    accepted = unusual([finding(started_on="2026-10-01", facts={ACCEPTED: True})])
    assert "coverage/images" not in found(runs, unusual=accepted)
    mended = list(PAPERS["daily"].runs(1, 30)) + [
        replace(run, started_at=f"2026-10-{number + 1:02}T18:20:00Z")
        for number, run in enumerate(PAPERS["daily"].runs(5, 20))
    ]
    assert "coverage/images" not in found(mended, unusual=known)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", templates())
def test_every_kind_has_its_words(kind: str, language: Any) -> None:
    for of in ["", *FIELD_COVERAGE, *SIZES]:
        message, action = render_finding(Said("papns", kind, of), language)
        assert "papns" in message
        assert action
        assert "{" not in message + action


def test_the_facts_are_those_that_the_words_want() -> None:
    for what, (how, kind, of) in BREAKS.items():
        runs = list(PAPERS["large"].runs(1, 33, how | {"day": 30}))
        one = found(runs)[f"{kind}/{of}"]
        for language in ("en", "ko"):
            words = render_finding(Said("papns", kind, of, one.facts), language)
            assert not re.search(r"\?|None", words.message), (what, words)


def test_page_text_in_a_fact_is_text() -> None:
    assert "{outlet}" in render_finding(Said("p", "boilerplate", "", {"line": "{outlet}"})).message


def test_each_kind_is_a_monitor_of_spidermons() -> None:
    assert len(Findings().all_monitors) == len(templates())
    assert max(HORIZONS) < THRESHOLDS.days


@pytest.mark.parametrize(
    ("name", "value"), [("MONITOR_DROP", "viel"), ("MONITOR_DAYS", "-3"), ("MONITOR_CHANCE", "nan")]
)
def test_a_threshold_that_is_none_is_told(name: str, value: str) -> None:
    settings = get_project_settings()
    settings.set(name, value)
    with pytest.raises(ValueError, match=name):
        Thresholds.of(settings)
