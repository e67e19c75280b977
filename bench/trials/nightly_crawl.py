"""Nightly crawls over a quiet month, then each way in which an outlet can break.

``python3 -m bench days`` lets thirty days pass at the newsstand, with weekends, holidays and
chance, and crawls every outlet each night; there must be no finding. Then every outlet breaks in
every possible way, for one night each, and the break must be found in that night; «no news» must be
found as soon as news is due. Its short form is tests/system/test_failures_become_findings.py.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench import ROOT
from bench.trials.frozen_time import crawl_at
from crawler.store import open_store
from crawler.store.runs.findings import Finding, findings_of
from newsstand.breaks import kinds_for
from newsstand.content import KST
from newsstand.gold import ADDRESS
from newsstand.server import beside
from newsstand.server_state import NewsstandState

START = datetime(2026, 9, 2, 3, 17, tzinfo=KST)
"""A Wednesday; 추석 is in the fourth week, and the last night follows the weekly outlet's day."""
DAYS, PER_DAY = 30, 14.0
SILENT = 8
"""Nights within which missing news must be found; they include a weekly outlet's day."""

EXPECTED: dict[str, set[tuple[str, str]]] = {
    "template": {("new_template", "body")},
    "container": {("new_template", "body")},
    "label": {("coverage", "date_on_page")},
    "byline": {("coverage", "authors"), ("coverage", "byline_raw")},
    "images": {("coverage", "images")},
    "captions": {("coverage", "captions"), ("unwanted", "caption_in_body")},
    "boilerplate": {("boilerplate", "")},
    "short": {("size", "characters"), ("size", "paragraphs")},
    "empty": {("empty_list", ""), ("new_list", "")},
    "silent": {("no_news", "")},
    "blocked": {("blocked", "")},
    "login": {("blocked", ""), ("down", ""), ("errors", "forbidden"), ("errors", "members")},
    "down": {("down", "")},
    "reset": {("down", "")},
}  # fmt: skip
"""Expected findings by kind of break; at least one of them is required."""
UNSEEN = {("gyeonggitv", "label")}
"""Breaks that one night cannot show: one page in four has a date there, and lists have it as well.
"""


@dataclass(slots=True)
class Result:
    """The result of a month."""

    runs: int = 0
    false: list[str] = field(default_factory=list)
    """Findings of days on which nothing was broken."""
    detected: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Print the result. Returns 1 for a false or a missed finding."""
    parser = argparse.ArgumentParser(prog="python3 -m bench days", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="days-") as folder:
        result = nightly_crawl(Path(folder), options.days, ADDRESS, list(EXPECTED), options.seed)
    print(f"{result.runs} runs on {options.days} quiet days: {len(result.false)} false findings")
    for finding in result.false:
        print(f"  {finding}")
    print(f"breaks found in their first night: {len(result.detected)}; not: {len(result.missed)}")
    for line in [*result.missed, *(line for line in result.detected if "silent" in line)]:
        print(f"  {line}")
    return 1 if result.false or result.missed else 0


def nightly_crawl(
    folder: Path, number: int, outlets: Iterable[str], kinds: Iterable[str], seed: int = 1
) -> Result:
    """Crawl the outlets every night, then once for each break; ``folder`` gets the stores."""
    result, store, names = Result(), folder / "store.db", list(outlets)
    stand = NewsstandState(seed, START, 40, days=number + SILENT, per_day=PER_DAY)
    with beside(stand, START, folder / "journal.jsonl") as proxy:
        for _ in range(number):
            for outlet in names:
                _crawl(outlet, stand, store, proxy)
                result.runs += 1
            stand.step(24)
        result.false += [_line(finding) for finding in _all(store)]
        for kind in kinds:
            if kind == "silent":  # no article may come before it
                continue
            for outlet in names:
                _judge(outlet, kind, stand, store, proxy, result)
        if "silent" in kinds:
            _silence(names, stand, store, proxy, result)
    return result


def _judge(
    outlet: str, kind: str, stand: NewsstandState, store: Path, proxy: str, result: Result
) -> None:
    """Break an outlet for the night, on a copy of the store, and check the findings."""
    if kind not in kinds_for(stand.site_of(outlet)) or (outlet, kind) in UNSEEN:
        return
    copy = store.with_name("broken.db")
    shutil.copy(store, copy)
    stand.break_outlet(outlet, kind)
    code = _crawl(outlet, stand, copy, proxy)
    stand.mend(outlet)
    names = {(finding.kind, finding.field) for finding in _all(copy)}
    line = f"{outlet} {kind}: exit code {code}, {sorted(names)}"
    (result.detected if names & EXPECTED[kind] and code else result.missed).append(line)


def _silence(
    names: list[str], stand: NewsstandState, store: Path, proxy: str, result: Result
) -> None:
    """Stop all news, and check that each outlet's silence is found within a week or so."""
    for outlet in names:
        _crawl(outlet, stand, store, proxy)
        stand.break_outlet(outlet, "silent")
    left = set(names)
    for night in range(1, SILENT + 1):
        stand.step(24)
        for outlet in sorted(left):
            _crawl(outlet, stand, store, proxy)
        detected = {finding.outlet for finding in _all(store) if finding.kind == "no_news"} & left
        result.detected += [
            f"{outlet} silent: in the {night}. night" for outlet in sorted(detected)
        ]
        left -= detected
    result.missed += [f"{outlet} silent" for outlet in sorted(left)]
    for outlet in names:
        stand.mend(outlet)


def _all(store: Path) -> list[Finding]:
    with open_store(f"sqlite:///{store}") as opened:
        return findings_of(opened, since="")


def _line(finding: Finding) -> str:
    name = f"{finding.outlet} {finding.kind} {finding.field}"
    return f"{name} since {finding.started_on}: {finding.facts}"


def _crawl(outlet: str, stand: NewsstandState, store: Path, proxy: str) -> int:
    """Run one crawl at the newsstand's time; return its exit code."""
    done = crawl_at(outlet, stand.now, store, proxy)
    if "Traceback" in done.stderr:
        raise RuntimeError(f"{outlet}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.returncode
