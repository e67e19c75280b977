"""The survey at a terminal: a row an outlet, then every open finding in words."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.operate.monitors.words import render_finding
from crawler.operate.status.axis import sparkline
from crawler.operate.status.queries import OutletStatus, StatusSurvey
from crawler.operate.status.totals import WEEK, Total
from crawler.operate.status.words import ago, clock, concern, ending, state
from crawler.store.runs.findings import Finding
from crawler.terminal.output import escape_terminal

STYLES = {"ok": "green", "attention": "bold red", "never": "dim"}
SIGNS = {"ok": "✓", "attention": "!", "never": "–"}
HEADS = ("", "outlet", "last good run", "last run", "new a day", "14 days", "open")


def show(survey: StatusSurvey, console: Console) -> None:
    """Print it; where there is no terminal, as plain text with aligned columns."""
    console.print(table(survey, plain=not console.is_terminal))
    for standing in survey.standings:
        if standing.concerns:
            console.print()
            why = "; ".join(concern(one, "en") for one in standing.concerns)
            console.print(_safe(f"{standing.outlet} needs attention: {why}"), soft_wrap=True)
        for finding in standing.findings:
            console.print(*map(_safe, in_words(finding)), sep="\n", soft_wrap=True)
    console.print()
    console.print(_safe(summary(survey)), soft_wrap=True)


def summary(survey: StatusSurvey) -> str:
    """All in one line."""
    states = [one.state for one in survey.standings]
    counts = [f"{state(name, 'en')}: {states.count(name)}" for name in STYLES if name in states]
    return f"{', '.join(counts)} (as of {clock(survey.at, 'en')} KST)"


def table(survey: StatusSurvey, *, plain: bool) -> Table:
    shown = Table(box=None if plain else box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for head in HEADS:
        shown.add_column(head, no_wrap=plain or head in ("outlet", "14 days"))
    for standing in survey.standings:
        style = STYLES[standing.state]
        cells = map(_safe, row(standing, survey))
        shown.add_row(Text(SIGNS[standing.state], style), *cells)
    return shown


def row(standing: OutletStatus, survey: StatusSurvey) -> Iterator[str]:
    last, good = standing.last, standing.last_good
    yield standing.outlet
    yield f"{ago(good.started_at, survey.at, 'en')} {clock(good.started_at, 'en')}" if good else "-"
    yield f"{ago(last.started_at, survey.at, 'en')}: {ending(last, 'en')}" if last else "-"
    before, lately = standing.week_before, standing.lately
    yield f"{_a_day(before)} → {_a_day(lately)}" if before.runs or lately.runs else "-"
    days = list(standing.days.values())[-2 * WEEK :]
    yield sparkline([day.new if day.runs else None for day in days])
    yield str(len(standing.findings) or "-")


def in_words(finding: Finding) -> Iterator[str]:
    what, to_do = render_finding(finding)
    yield f"  since {finding.started_on}: {what}"
    if finding.example:
        yield f"    for example {finding.example}"
    if to_do:
        yield f"    {to_do}"


def _a_day(week: Total) -> str:
    return f"{week.new / WEEK:.1f}" if week.runs else "-"


def _safe(text: str) -> Text:
    """What a page or a store says is neither mark-up nor a terminal's control code."""
    return Text(escape_terminal(text))
