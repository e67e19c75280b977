"""Spidermon suite of the findings: one monitor per kind, which fails if such a finding is open.

So a user's own suites and actions, and Spidermon's, work on findings as on any other monitor.
"""

from __future__ import annotations

from typing import Any

from spidermon import Monitor, MonitorSuite

from crawler.operate.monitors.words import render_finding, templates


class FindingMonitor(Monitor):  # type: ignore[misc]
    """Monitor that fails if a finding of its kind is open; its failure is not logged again."""


def monitor_of(kind: str) -> type[FindingMonitor]:
    """Return the monitor class for a kind of finding."""

    def test(self: Any) -> None:
        findings = [finding for finding in self.data.findings if finding.kind == kind]
        assert not findings, "; ".join(render_finding(finding).message for finding in findings)

    test.__doc__ = kind.replace("_", " ")
    return type(kind.title().replace("_", ""), (FindingMonitor,), {"test_none_is_open": test})


class Findings(MonitorSuite):  # type: ignore[misc]
    """Suite of one monitor per kind of finding."""

    monitors = [monitor_of(kind) for kind in templates()]  # noqa: RUF012 - as Spidermon's own
