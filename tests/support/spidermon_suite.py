"""Spidermon suite of a user, beside ours: a monitor that fails and an action that raises."""

from __future__ import annotations

from spidermon import Monitor, MonitorSuite
from spidermon.core.actions import Action


class Mine(Monitor):
    def test_a_thousand_articles(self) -> None:
        stored = self.data.crawler.stats.get_value("item_scraped_count", 0)
        assert stored >= 1000, "too few for me"

    def test_no_finding(self) -> None:
        assert self.data.findings == []


class Wrong(Action):
    def run_action(self) -> None:
        raise RuntimeError("my action is wrong")


class MySuite(MonitorSuite):
    monitors = (Mine,)
    monitors_failed_actions = (Wrong,)
