"""What all of it came to, for people: one line, as cron mails it, and a line a problem."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.operate.crawlall.report import Report
from crawler.operate.monitors.words import render_finding
from crawler.outcomes.exit_codes import CUT_SHORT, NAMES, OK

TOTALS = ("new", "changed", "gone")


def result(report: Report) -> str:
    """``crawlall: 5 outlets, 37 new, 2 changed, 1 gone in 1 min 12 s``, and how, if not well."""
    number = len(report.outcomes)
    counts = {name: sum(one.counts[name] for one in report.outcomes) for name in TOTALS}
    counted = ", ".join(f"{count} {name}" for name, count in counts.items())
    took = ((report.ended or report.began) - report.began).total_seconds()
    how = "" if report.code == OK else f": {NAMES[report.code]}"
    return f"crawlall: {number} outlet{'s' * (number != 1)}, {counted} in {duration(took)}{how}"


def problems(report: Report) -> Iterator[str]:
    """A line for the whole, and for each outlet that is not well: what is found, or else why."""
    if report.failure:
        yield f"crawlall: {report.failure[1]}"
    if report.silent:
        channels = f"{report.silent} channel{'s' * (report.silent != 1)}"
        yield f"crawlall: no notice went out by {channels}; see scrapy doctor --notify"
    for one in report.outcomes:
        new = report.findings_of(one.outlet, new=True)
        if one.code and (not new or one.how in CUT_SHORT):
            yield f"{one.outlet}: {NAMES[one.code]}: {one.why}"
        for finding in new:
            what, to_do = render_finding(finding)
            example = f" Example: {finding.example}." if finding.example else ""
            began = f"since {finding.started_on}"
            yield f"{one.outlet}: {NAMES[one.code or OK]}: {what}, {began}.{example} {to_do}"


def duration(seconds: float) -> str:
    """``1 h 2 min``, ``1 min 12 s``, ``0 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
