"""Renders the status as one JSON document; times in UTC, days in Korea, shares from 0 to 1."""

from __future__ import annotations

from typing import Any

from crawler import __version__
from crawler.dates.utc import format_utc
from crawler.operate.monitors.words import Language, render_finding
from crawler.operate.status.queries import OutletStatus, StatusSurvey
from crawler.operate.status.totals import Total
from crawler.operate.status.words import concern, result
from crawler.store.runs.findings import Finding
from crawler.store.runs.runs import Run

COUNTS = ("runs", "failed", "new", "changed", "duplicates")
LANGUAGES: tuple[Language, ...] = ("en", "ko")


def document(survey: StatusSurvey) -> dict[str, Any]:
    """Return the status of all outlets as JSON."""
    return {
        "version": __version__,
        "generated_at": format_utc(survey.at),
        "is_ok": survey.is_ok,
        "outlets": [_outlet(outlet) for outlet in survey.outlets],
    }


def _outlet(outlet: OutletStatus) -> dict[str, Any]:
    lately, before = outlet.lately, outlet.month_before
    return {
        "outlet": outlet.outlet,
        "outlet_name": outlet.display_name,
        "state": outlet.state,
        "concerns": [
            {
                "kind": reason.kind,
                "message": {language: concern(reason, language) for language in LANGUAGES},
            }
            for reason in outlet.concerns
        ],
        "last_run": _run(outlet.last),
        "last_good_run": _run(outlet.last_good),
        "last_7_days": _counts(lately),
        "28_days_before": _counts(before),
        "coverage": {
            name: {"last_7_days": lately.share(name), "28_days_before": before.share(name)}
            for name in sorted({*lately.counted, *before.counted})
        },
        "days": [{"day": str(day)} | _counts(total) for day, total in outlet.days.items()],
        "findings": [_finding(finding) for finding in (*outlet.findings, *outlet.resolved)],
    }


def _counts(total: Total) -> dict[str, Any]:
    counts = {name: getattr(total, name) for name in COUNTS}
    return counts | {"duplicate_share": total.duplicate_share}


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "finish_reason": run.finish_reason,
        "exit_code": run.exit_code,
        "result": {language: result(run, language) for language in LANGUAGES},
        "stats": run.stats,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    texts = {language: render_finding(finding, language) for language in LANGUAGES}
    return {
        "kind": finding.kind,
        "field": finding.field or None,
        "started_on": finding.started_on,
        "found_at": finding.found_at,
        "last_seen_at": finding.last_seen_at,
        "resolved_at": finding.resolved_at,
        "message": {language: text.message for language, text in texts.items()},
        "action": {language: text.action for language, text in texts.items()},
        "example": finding.example,
        "facts": finding.facts,
    }
