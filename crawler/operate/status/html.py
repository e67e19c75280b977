"""The survey as one HTML file in Korean, which loads nothing and runs nothing.

Its Content-Security-Policy allows its own style sheet and forbids all else; whatever a page or
the store says goes in as text.
"""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.operate.monitors.words import render_finding
from crawler.operate.run_stats.tally import RunStats
from crawler.operate.status import charts, coverage, words
from crawler.operate.status.queries import StatusSurvey
from crawler.operate.status.totals import by_week, has_failed
from crawler.runtime.atomic_file import write_file
from crawler.store.runs.findings import Finding

ROOM = Path(__file__).parent / "templates"
TEMPLATES = Environment(
    loader=FileSystemLoader(ROOM),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.filters["concern"] = partial(words.concern, language="ko")
ORDER = ("attention", "ok", "never")


def page(survey: StatusSurvey) -> str:
    style = TEMPLATES.get_template("page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return TEMPLATES.get_template("page.html.jinja").render(
        survey=survey,
        standings=sorted(survey.standings, key=lambda one: ORDER.index(one.state)),
        digest=digest,
        charts=charts,
        coverage=coverage,
        by_week=by_week,
        has_failed=has_failed,
        words=words,
        what=what,
        to_do=lambda finding: render_finding(finding, "ko").to_do,
        ago=lambda moment: words.ago(moment, survey.at, "ko"),
        clock=partial(words.clock, language="ko"),
        ending=partial(words.ending, language="ko"),
        can_be_linked=can_be_linked,
        tally=lambda run: RunStats.read(run.stats).counts,
    )


def write_page(survey: StatusSurvey, file: Path) -> None:
    """Write the page, or leave what stands there as it is. OSError where it cannot be written."""
    write_file(file, page(survey).encode("utf-8", "replace"))


def what(finding: Finding) -> str:
    """A finding's sentence, where it stands under its outlet's name."""
    return render_finding(finding, "ko").what.removeprefix(f"{finding.outlet}: ")


def can_be_linked(address: str) -> bool:
    """Whether it leads to a page of the web, and not to a script."""
    try:
        split = urlsplit(address)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.netloc)
