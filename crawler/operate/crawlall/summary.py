"""Text summary of a crawlall run: one result line on stdout, one line per problem on stderr."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.operate.crawlall.report import Report
from crawler.operate.monitors.words import render_finding, short_message
from crawler.outcomes.exit_codes import NAMES, OK
from crawler.outcomes.runs import ENDED_EARLY

TOTALS = ("new", "changed", "gone")


def result(report: Report) -> str:
    """Return ``crawlall: 5 outlets, 37 new, 2 changed, 1 gone in 1 min 12 s: partial``.

    The result is left out if it is ok.
    """
    number = len(report.outlets)
    counts = {name: sum(outlet.counts[name] for outlet in report.outlets) for name in TOTALS}
    counted = ", ".join(f"{count} {name}" for name, count in counts.items())
    seconds = ((report.ended_at or report.started_at) - report.started_at).total_seconds()
    name = "" if report.exit_code == OK else f": {NAMES[report.exit_code]}"
    outlets = f"{number} outlet{'s' * (number != 1)}"
    return f"crawlall: {outlets}, {counted} in {duration(seconds)}{name}"


def problems(report: Report) -> Iterator[str]:
    """Yield a line per problem of the run; per outlet its new findings, or else its message."""
    if report.failure:
        yield f"crawlall: {report.failure[1]}"
    if report.failed_channels:
        channels = f"{report.failed_channels} channel{'s' * (report.failed_channels != 1)}"
        yield f"crawlall: notification failed on {channels}; see scrapy doctor --notify"
    for outlet in report.outlets:
        new = report.findings_of(outlet.outlet, new=True)
        if outlet.exit_code and (not new or outlet.finish_reason in ENDED_EARLY):
            yield f"{outlet.outlet}: {NAMES[outlet.exit_code]}: {outlet.message}"
        for finding in new:
            message, action = short_message(finding), render_finding(finding).action
            example = f" Example: {finding.example}." if finding.example else ""
            since = f"since {finding.started_on}"
            name = NAMES[outlet.exit_code or OK]
            yield f"{outlet.outlet}: {name}: {message}, {since}.{example} {action}"


def duration(seconds: float) -> str:
    """Return ``1 h 2 min``, ``1 min 12 s``, ``0 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
