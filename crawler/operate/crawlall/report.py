"""What all of it came to, as a program reads it."""

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
"""What is always told of an outlet, beside what is counted by kind."""

KINDS = ("status", "failed", "dropped")


@dataclass(slots=True)
class Report:
    began: datetime
    ended: datetime | None = None
    outcomes: list[OutletResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Of these outlets, all that are not over."""
    silent: int = 0
    """Channels that took no notice of them."""
    failure: tuple[int, str] | None = None
    """The exit code and the sentence of what kept or ended the whole."""

    @property
    def code(self) -> int:
        if self.failure is not None:
            return self.failure[0]
        return of_all(one.code for one in self.outcomes if one.code is not None)

    def findings_of(self, outlet: str, *, new: bool = False) -> list[Finding]:
        """Its findings; with ``new`` those alone that this run has found."""
        since = _text(self.began) if new else ""
        return [one for one in self.findings if one.outlet == outlet and one.found_at >= since]

    def as_text(self) -> str:
        """JSON with Korean as it is; what would steer a terminal is escaped."""
        return escape_terminal(json.dumps(self.as_json(), ensure_ascii=False, indent=2)) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Times are in UTC, ``2024-09-11T00:14:32Z``."""
        return {
            "version": __version__,
            "began": _text(self.began),
            "ended": _text(self.ended),
            "exit_code": self.code,
            "result": NAMES[self.code],
            "why": self.failure and self.failure[1],
            "outlets": [self._outlet(one) for one in self.outcomes],
        }

    def _outlet(self, one: OutletResult) -> dict[str, Any]:
        counts: dict[str, Any] = {name: one.counts[name] for name in COUNTS}
        return {
            "outlet": one.outlet,
            "code": one.code,
            "result": None if one.code is None else NAMES[one.code],
            "how": one.how,
            "why": one.why,
            "began": _text(one.began),
            "ended": _text(one.ended),
            "counts": counts | {kind: one.of_kind(kind) for kind in KINDS},
            "findings": [_finding(finding) for finding in self.findings_of(one.outlet)],
        }


def _finding(one: Finding) -> dict[str, Any]:
    what, to_do = render_finding(one)
    kept = {"kind": one.kind, "field": one.field or None, "started_on": one.started_on}
    return kept | {"what": what, "to_do": to_do, "example": one.example}


def _text(moment: datetime | None) -> str:
    """Empty where it is not known yet."""
    return format_utc(moment) if moment else ""
