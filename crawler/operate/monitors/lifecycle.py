"""Life cycle of a finding: opened, still open, then resolved or accepted as the new normal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crawler.operate.monitors.failed_runs import FAILED_RUN_KINDS
from crawler.operate.monitors.history import Span, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds
from crawler.store.runs.findings import Finding

END_OF_TIME = "9999-12-31"
ACCEPTED = "accepted"
"""Fact of a finding that was closed because it is the new normal."""


@dataclass(frozen=True, slots=True)
class FindingChanges:
    """Changes of an outlet's findings by one judgement."""

    opened: Sequence[Judged]
    still_open: Mapping[int, Judged]
    """By the id of the finding."""
    resolved: Sequence[Finding]
    accepted: Sequence[Finding]


def compare(
    judgements: Iterable[Judged], known: Iterable[Finding], today: date, thresholds: Thresholds
) -> FindingChanges:
    """Compare judgements with the open findings; a finding that was not judged stays open.

    ``known``: the open findings.
    """
    open_ = {(finding.kind, finding.field): finding for finding in known}
    found = {(judged.kind, judged.field): judged for judged in judgements if judged.is_found}
    fine = {(judged.kind, judged.field) for judged in judgements if not judged.is_found}
    fine -= found.keys()
    long_ago = (today - timedelta(days=thresholds.new_normal)).isoformat()
    accepted = [
        finding
        for finding in open_.values()
        if finding.kind not in FAILED_RUN_KINDS and finding.started_on <= long_ago
    ]
    stays = {key: finding for key, finding in open_.items() if finding not in accepted}
    return FindingChanges(
        opened=[judged for key, judged in found.items() if key not in open_],
        still_open={stays[key].id: judged for key, judged in found.items() if key in stays},
        resolved=[finding for key, finding in stays.items() if key in fine],
        accepted=accepted,
    )


def unusual(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Span]]:
    """Return the days that are not used for comparison, by kind and field.

    The days of a finding; for an accepted one, which is the new normal, the days before it.
    """
    spans: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for finding in findings:
        if finding.facts.get(ACCEPTED):
            before = date.fromisoformat(finding.started_on) - timedelta(days=1)
            span = ("", before.isoformat())
        else:
            end = day_of(finding.resolved_at).isoformat() if finding.resolved_at else END_OF_TIME
            span = (finding.started_on, end)
        spans[finding.kind, finding.field].append(span)
    return dict(spans)


def values_of(judged: Judged) -> dict[str, Any]:
    """Return the columns of a new finding."""
    return {
        "kind": judged.kind,
        "field": judged.field,
        "started_on": judged.started_on,
        "facts": judged.facts,
        "example": judged.example,
    }
