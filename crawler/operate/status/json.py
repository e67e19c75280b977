"""The survey as one JSON document; times in UTC, days Korea's, shares from 0 to 1."""

from __future__ import annotations

from typing import Any

from crawler import __version__
from crawler.dates.utc import format_utc
from crawler.operate.monitors.words import Language, render_finding
from crawler.operate.status.queries import OutletStatus, StatusSurvey
from crawler.operate.status.totals import Total
from crawler.operate.status.words import concern, ending
from crawler.store.runs.findings import Finding
from crawler.store.runs.runs import Run

COUNTS = ("runs", "failed", "new", "changed", "duplicates")
LANGUAGES: tuple[Language, ...] = ("en", "ko")


def document(survey: StatusSurvey) -> dict[str, Any]:
    return {
        "version": __version__,
        "at": format_utc(survey.at),
        "is_ok": survey.is_ok,
        "outlets": [_outlet(standing) for standing in survey.standings],
    }


def _outlet(standing: OutletStatus) -> dict[str, Any]:
    lately, before = standing.lately, standing.month_before
    measures = {*lately.looked_at, *before.looked_at}
    return {
        "outlet": standing.outlet,
        "outlet_name": standing.display_name,
        "state": standing.state,
        "concerns": [
            {"kind": one.kind} | {language: concern(one, language) for language in LANGUAGES}
            for one in standing.concerns
        ],
        "last_run": _run(standing.last),
        "last_good_run": _run(standing.last_good),
        "last_7_days": _counts(lately),
        "28_days_before": _counts(before),
        "coverage": {
            name: {"last_7_days": lately.share(name), "28_days_before": before.share(name)}
            for name in sorted(measures)
        },
        "days": [{"day": str(day)} | _counts(total) for day, total in standing.days.items()],
        "findings": [_finding(finding) for finding in (*standing.findings, *standing.over)],
    }


def _counts(total: Total) -> dict[str, Any]:
    counts = {name: getattr(total, name) for name in COUNTS}
    return counts | {"duplicate_share": total.duplicate_share}


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    times = {"started_at": run.started_at, "ended_at": run.ended_at}
    ended = {language: ending(run, language) for language in LANGUAGES}
    return (
        times
        | {"finish_reason": run.finish_reason, "exit_code": run.exit_code}
        | ended
        | {"stats": run.stats}
    )


def _finding(finding: Finding) -> dict[str, Any]:
    names = (
        "kind",
        "field",
        "started_on",
        "found_at",
        "last_seen_at",
        "resolved_at",
        "example",
        "facts",
    )
    words = {language: render_finding(finding, language)._asdict() for language in LANGUAGES}
    return {name: getattr(finding, name) for name in names} | words
