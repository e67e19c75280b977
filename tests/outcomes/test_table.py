"""Laws of the outcome table: every member has words and a weight, and is counted and read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.dates.period import read_age
from crawler.operate.monitors.failed_runs import FAILED_RUN_KINDS
from crawler.operate.monitors.words import templates
from crawler.operate.run_stats.counts import stats_from_crawl
from crawler.outcomes import exit_codes, stats
from crawler.outcomes.exit_rules import RunCounts, causes, exit_code_of_crawl, reason_of_crawl
from crawler.outcomes.model import Weight
from crawler.outcomes.pages import SETTLED, PageOutcome
from crawler.outcomes.runs import DERIVED, RunOutcome
from crawler.store.db.schema import IS_MISSING
from tests.support.paths import ROOT

MEMBERS = (*PageOutcome, *RunOutcome)
SOURCES = [
    path for box in ("crawler", "pipelines", "spiders") for path in (ROOT / box).rglob("*.py")
]
ELSEWHERE = [path for path in SOURCES if "outcomes" not in path.relative_to(ROOT).parts]


@pytest.mark.parametrize("member", MEMBERS, ids=repr)
def test_a_member_has_a_sentence_in_both_languages_and_a_weight(
    member: PageOutcome | RunOutcome,
) -> None:
    row = member.row
    assert re.search("[a-z]", row.sentence(3, "en"))
    assert re.search("[가-힣]", row.sentence(3, "ko"))
    assert bool(row.action("en")) == bool(row.action("ko"))
    assert ("{n}" in row.en) == ("{n}" in row.ko)
    assert isinstance(row.weight, Weight)
    assert all(read_age(wait) >= timedelta() for wait in row.waits)
    assert not (row.kept and row.waits)


def test_no_word_stands_twice() -> None:
    assert len({member.value for member in MEMBERS}) == len(MEMBERS)


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: str(path.relative_to(ROOT)))
def test_stats_are_named_in_the_table_alone(path: Path) -> None:
    literals = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    named = [text for text in literals if re.search(r"(?<![\w/])malgeum/", text)]
    assert not named, f"{path}: name it in crawler/outcomes/stats.py"


def names_used(of: str) -> Iterator[str]:
    """The members of an enum that the code elsewhere names."""
    for path in ELSEWHERE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if is_named and node.value.id == of:
                yield node.attr


@pytest.mark.parametrize("table", [PageOutcome, RunOutcome])
def test_every_member_is_counted_by_some_code(table: type[PageOutcome | RunOutcome]) -> None:
    from_scrapy = {
        RunOutcome.SPIDER_ERROR,
        RunOutcome.SHUTDOWN,
        RunOutcome.FORCED,
        RunOutcome.MAX_TIME,
    }
    uncounted = {one for one in table if one not in {*DERIVED, *from_scrapy}}
    used = set(names_used(table.__name__))
    assert {one.name for one in uncounted} <= used


def test_every_other_stat_is_counted_by_some_code() -> None:
    constants = {
        name for name, value in vars(stats).items() if name.isupper() and isinstance(value, str)
    }
    text = "".join(path.read_text("utf-8") for path in ELSEWHERE)
    assert {name for name in constants if not re.search(rf"\b{name}\b", text)} <= {
        "PREFIX", "SPIDER_EXCEPTIONS",
    }  # fmt: skip


def test_findings_of_the_table_have_words() -> None:
    findings = {member.row.finding for member in MEMBERS} - {""}
    assert findings <= templates().keys()
    assert findings <= {*FAILED_RUN_KINDS}
    assert {*FAILED_RUN_KINDS} <= findings | {"killed"}


def test_the_frontier_settles_what_the_table_does() -> None:
    listed = set(re.findall(r"'(\w+)'", IS_MISSING.text))
    assert listed == {*SETTLED, PageOutcome.OUTSIDE}


@pytest.mark.parametrize("member", MEMBERS, ids=repr)
def test_a_run_reads_the_same_from_its_stats_and_from_its_row(
    member: PageOutcome | RunOutcome,
) -> None:
    lists = {stats.LIST_PAGES: 4}
    counted = member.stat("page") if isinstance(member, PageOutcome) else member.stat
    given = lists | {counted: 9, **({member.row.stat: 9} if member.row.stat else {})}
    row = RunCounts.from_tally(stats_from_crawl(given), None)
    codes = [one.code for one in causes(row)]
    if not member.row.fallback:
        assert codes == [one.code for one in causes(RunCounts(given))]
    code = exit_code_of_crawl(given)
    assert (reason_of_crawl(given, {}) is None) == (code == exit_codes.OK)
    assert (reason_of_crawl(given, {}, "ko") is None) == (code == exit_codes.OK)
