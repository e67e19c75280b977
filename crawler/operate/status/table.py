"""Prints the status at a terminal: one row per outlet, then the open findings in words."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.operate.monitors.words import render_finding, short_message
from crawler.operate.status.axis import sparkline
from crawler.operate.status.queries import OutletStatus, StatusSurvey
from crawler.operate.status.totals import WEEK, Total
from crawler.operate.status.words import ago, clock, concern, result, state
from crawler.store.runs.findings import Finding
from crawler.terminal.output import escape_terminal

STYLES = {"ok": "green", "attention": "bold red", "never": "dim"}
SIGNS = {"ok": "✓", "attention": "!", "never": "–"}
HEADS = ("", "outlet", "last good run", "last run", "new per day", "14 days", "open")


def show(survey: StatusSurvey, console: Console) -> None:
    """Print the status; without a terminal as plain text with aligned columns."""
    console.print(table(survey, plain=not console.is_terminal))
    for outlet in survey.outlets:
        if outlet.concerns:
            console.print()
            reasons = "; ".join(concern(reason, "en") for reason in outlet.concerns)
            console.print(_safe(f"{outlet.outlet} needs attention: {reasons}"), soft_wrap=True)
        for finding in outlet.findings:
            console.print(*map(_safe, finding_lines(finding)), sep="\n", soft_wrap=True)
    console.print()
    console.print(_safe(summary(survey)), soft_wrap=True)


def summary(survey: StatusSurvey) -> str:
    """Return the number of outlets by state, in one line."""
    states = [outlet.state for outlet in survey.outlets]
    counts = [f"{state(name, 'en')}: {states.count(name)}" for name in STYLES if name in states]
    return f"{', '.join(counts)} (as of {clock(survey.at, 'en')} KST)"


def table(survey: StatusSurvey, *, plain: bool) -> Table:
    """Return one row per outlet; ``plain``: without borders."""
    rows = Table(box=None if plain else box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for head in HEADS:
        rows.add_column(head, no_wrap=plain or head in ("outlet", "14 days"))
    for outlet in survey.outlets:
        style = STYLES[outlet.state]
        cells = map(_safe, row(outlet, survey))
        rows.add_row(Text(SIGNS[outlet.state], style), *cells)
    return rows


def row(outlet: OutletStatus, survey: StatusSurvey) -> Iterator[str]:
    """Yield the cells of an outlet."""
    last, good = outlet.last, outlet.last_good
    yield outlet.outlet
    yield f"{ago(good.started_at, survey.at, 'en')} {clock(good.started_at, 'en')}" if good else "-"
    yield f"{ago(last.started_at, survey.at, 'en')}: {result(last, 'en')}" if last else "-"
    before, lately = outlet.week_before, outlet.lately
    yield f"{_per_day(before)} → {_per_day(lately)}" if before.runs or lately.runs else "-"
    days = list(outlet.days.values())[-2 * WEEK :]
    yield sparkline([day.new if day.runs else None for day in days])
    yield str(len(outlet.findings) or "-")


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the lines of a finding below its outlet: message, example, action."""
    yield f"  since {finding.started_on}: {short_message(finding)}"
    if finding.example:
        yield f"    example: {finding.example}"
    if action := render_finding(finding).action:
        yield f"    {action}"


def _per_day(week: Total) -> str:
    return f"{week.new / WEEK:.1f}" if week.runs else "-"


def _safe(text: str) -> Text:
    """Return text from pages or the store without markup and control codes."""
    return Text(escape_terminal(text))
