"""A finding's course: it begins, is still so, is over; or after long it is the way things are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crawler.operate.monitors.failed_runs import KINDS
from crawler.operate.monitors.history import Span, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.thresholds import Thresholds
from crawler.store.runs.findings import Finding

FOR_EVER = "9999-12-31"
ACCEPTED = "accepted"
"""In a finding's facts, where it is over because it is the way things are now."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a judgement changes in the findings of before."""

    new: Sequence[Judged]
    still: Mapping[int, Judged]
    """By the id of the finding."""
    over: Sequence[Finding]
    accepted: Sequence[Finding]


def course_of(
    judged: Iterable[Judged], known: Iterable[Finding], today: date, thresholds: Thresholds
) -> Course:
    """``known``: the findings that are not over yet. What was not judged stays as it is."""
    by_key = {(one.kind, one.field): one for one in known}
    found = {(one.kind, one.field): one for one in judged if one.is_found}
    well = {(one.kind, one.field) for one in judged if not one.is_found} - set(found)
    long_ago = (today - timedelta(days=thresholds.new_normal)).isoformat()
    accepted = [
        one for one in by_key.values() if one.kind not in KINDS and one.started_on <= long_ago
    ]
    over = [one for key, one in by_key.items() if key in well and one not in accepted]
    stays = {key: one for key, one in by_key.items() if one not in accepted}
    return Course(
        [one for key, one in found.items() if key not in by_key],
        {stays[key].id: one for key, one in found.items() if key in stays},
        over,
        accepted,
    )


def unusual(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Span]]:
    """The days with which nothing is to be compared: those of a finding; but where it is the way
    things are, those before it."""
    spans: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for one in findings:
        if one.facts.get(ACCEPTED):
            before = date.fromisoformat(one.started_on) - timedelta(days=1)
            span = ("", before.isoformat())
        else:
            span = (
                one.started_on,
                day_of(one.resolved_at).isoformat() if one.resolved_at else FOR_EVER,
            )
        spans[one.kind, one.field].append(span)
    return dict(spans)


def values_of(judged: Judged) -> dict[str, Any]:
    """A new finding's columns."""
    return {
        "kind": judged.kind,
        "field": judged.field,
        "started_on": judged.began,
        "facts": judged.facts,
        "example": judged.example,
    }
