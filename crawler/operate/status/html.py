"""Renders the status as one HTML file in Korean, which loads nothing and runs nothing.

Its Content-Security-Policy allows its own style sheet and nothing else; text from pages and from
the store is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.operate.monitors.words import render_finding, short_message
from crawler.operate.run_stats.stats import RunStats
from crawler.operate.status import charts, coverage, words
from crawler.operate.status.queries import StatusSurvey
from crawler.operate.status.totals import by_week, has_failed
from crawler.runtime.atomic_file import write_file

FOLDER = Path(__file__).parent / "templates"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.filters["concern"] = partial(words.concern, language="ko")
ORDER = ("attention", "ok", "never")


def page(survey: StatusSurvey) -> str:
    """Return the HTML."""
    style = TEMPLATES.get_template("page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return TEMPLATES.get_template("page.html.jinja").render(
        survey=survey,
        outlets=sorted(survey.outlets, key=lambda outlet: ORDER.index(outlet.state)),
        digest=digest,
        charts=charts,
        coverage=coverage,
        by_week=by_week,
        has_failed=has_failed,
        words=words,
        message=partial(short_message, language="ko"),
        action=lambda finding: render_finding(finding, "ko").action,
        ago=lambda moment: words.ago(moment, survey.at, "ko"),
        clock=partial(words.clock, language="ko"),
        result=partial(words.result, language="ko"),
        can_be_linked=can_be_linked,
        counts=lambda run: RunStats.read(run.stats).counts,
    )


def write_page(survey: StatusSurvey, file: Path) -> None:
    """Write the page; on failure the existing file stays. Raises OSError."""
    write_file(file, page(survey).encode("utf-8", "replace"))


def can_be_linked(address: str) -> bool:
    """Return True if the URL is http or https, so not a script."""
    try:
        split = urlsplit(address)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.netloc)
