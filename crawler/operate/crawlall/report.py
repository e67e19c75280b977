"""Report of a crawlall run: its data, and its JSON for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler import __version__
from crawler.dates.utc import format_utc
from crawler.operate.crawlall.result import OutletResult
from crawler.operate.monitors.words import render_finding
from crawler.outcomes.exit_codes import NAMES, of_all
from crawler.store.runs.findings import Finding
from crawler.terminal.output import escape_terminal

COUNTS = ("requests", "bytes", "lists", "new", "changed", "duplicates", "known", "revisits", "gone",
          "left_over", "waiting")  # fmt: skip
"""Counts that every outlet has in the report, beside the counts by kind."""

COUNTED_BY_KIND = ("status", "failed", "dropped")


@dataclass(slots=True)
class Report:
    """Result of the run as a whole and per outlet."""

    started_at: datetime
    ended_at: datetime | None = None
    outlets: list[OutletResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Open findings of all outlets."""
    failed_channels: int = 0
    """Channels that did not accept the notification."""
    failure: tuple[int, str] | None = None
    """Exit code and message if the run as a whole failed."""

    @property
    def exit_code(self) -> int:
        """Exit code of the run as a whole."""
        if self.failure is not None:
            return self.failure[0]
        return of_all(outlet.exit_code for outlet in self.outlets if outlet.exit_code is not None)

    def findings_of(self, outlet: str, *, new: bool = False) -> list[Finding]:
        """Return the open findings of an outlet; with ``new`` only those that this run opened."""
        since = _text(self.started_at) if new else ""
        return [
            finding
            for finding in self.findings
            if finding.outlet == outlet and finding.found_at >= since
        ]

    def as_text(self) -> str:
        """Return the JSON as text; Korean stays readable, control characters are escaped."""
        return escape_terminal(json.dumps(self.as_json(), ensure_ascii=False, indent=2)) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return the JSON; times are in UTC, ``2024-09-11T00:14:32Z``."""
        return {
            "version": __version__,
            "started_at": _text(self.started_at),
            "ended_at": _text(self.ended_at),
            "exit_code": self.exit_code,
            "result": NAMES[self.exit_code],
            "message": self.failure and self.failure[1],
            "outlets": [self._outlet(outlet) for outlet in self.outlets],
        }

    def _outlet(self, outlet: OutletResult) -> dict[str, Any]:
        counts: dict[str, Any] = {name: outlet.counts[name] for name in COUNTS}
        return {
            "outlet": outlet.outlet,
            "exit_code": outlet.exit_code,
            "result": None if outlet.exit_code is None else NAMES[outlet.exit_code],
            "finish_reason": outlet.finish_reason,
            "message": outlet.message,
            "started_at": _text(outlet.started_at),
            "ended_at": _text(outlet.ended_at),
            "counts": counts | {kind: outlet.of_kind(kind) for kind in COUNTED_BY_KIND},
            "findings": [_finding(finding) for finding in self.findings_of(outlet.outlet)],
        }


def _finding(finding: Finding) -> dict[str, Any]:
    message, action = render_finding(finding)
    return {
        "kind": finding.kind,
        "field": finding.field or None,
        "started_on": finding.started_on,
        "message": message,
        "action": action,
        "example": finding.example,
    }


def _text(moment: datetime | None) -> str:
    """Return the time in UTC; empty if it is not known yet."""
    return format_utc(moment) if moment else ""
