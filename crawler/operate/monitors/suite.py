"""The findings as Spidermon's monitors: one a kind, which fails where one is open.

So a user's own suites and actions, and Spidermon's, work on them as on any other monitor.
"""

from __future__ import annotations

from typing import Any

from spidermon import Monitor, MonitorSuite

from crawler.operate.monitors.words import kinds, render_finding


class FindingMonitor(Monitor):  # type: ignore[misc]
    """Fails where a finding of its kind is open, which has been said already."""


def monitor_of(kind: str) -> type[FindingMonitor]:
    """The monitor that fails where a finding of the kind is open."""

    def test(self: Any) -> None:
        found = [one for one in self.data.findings if one.kind == kind]
        assert not found, "; ".join(render_finding(one).what for one in found)

    test.__doc__ = kind.replace("_", " ")
    return type(kind.title().replace("_", ""), (FindingMonitor,), {"test_none_is_open": test})


class Findings(MonitorSuite):  # type: ignore[misc]
    """One monitor a kind of finding."""

    monitors = [monitor_of(kind) for kind in kinds()]  # noqa: RUF012 - as Spidermon's own
