"""Scrapy extension that judges each run against the history of its outlet."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.misc import load_object
from spidermon.runners import MonitorRunner
from spidermon.settings import MONITOR

from crawler.crawl.spider import OutletSpider
from crawler.dates.utc import format_utc, utc_now
from crawler.operate.monitors.history import History, day_of
from crawler.operate.monitors.lifecycle import ACCEPTED, compare, unusual, values_of
from crawler.operate.monitors.registry import run_monitors
from crawler.operate.monitors.suite import FindingMonitor
from crawler.operate.monitors.text_drift import MAX_TEXTS
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.monitors.words import loses_articles, render_finding
from crawler.operate.run_stats import run_recorded
from crawler.outcomes.runs import RunOutcome
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.articles.newest import newest_texts
from crawler.store.runs.findings import Finding, findings_of, save_findings
from crawler.store.runs.runs import runs_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FindingsUpdate:
    """The findings of an outlet after a run."""

    open: list[Finding]
    new: list[Finding]
    resolved: list[Finding]


class MonitorExtension:
    """Judges a run once its row is written, stores and logs findings, runs Spidermon suites.

    Counts new findings, and open ones with which articles are lost, for the exit code.
    """

    def __init__(self, crawler: Crawler, thresholds: Thresholds, suites: list[str]) -> None:
        self.crawler, self.thresholds = crawler, thresholds
        self.suites = [load_object(suite)(crawler=crawler) for suite in suites]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect to ``run_recorded``. Raises NotConfigured if the spider is not an outlet's."""
        if crawler.spidercls is None or not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured  # such as a replay
        suites = crawler.settings.getlist("MONITOR_SUITES")
        self = cls(crawler, Thresholds.of(crawler.settings), suites)
        crawler.signals.connect(self.judge, run_recorded)
        return self

    def judge(self) -> None:
        """Judge the run that has just ended, and run the suites."""
        spider = self.crawler.spider
        assert isinstance(spider, OutletSpider)
        try:
            update = evaluate_run(
                crawl.store_of(self.crawler), spider.name, spider.home, self.thresholds
            )
        except StoreError as error:
            logger.warning("This run could not be judged: %s", error)
            return
        self._report(update)
        data = {"crawler": self.crawler, "spider": spider, "findings": update.open}
        for suite in self.suites:
            _log_result(MonitorRunner().run(suite, **data))

    def _report(self, update: FindingsUpdate) -> None:
        assert self.crawler.stats is not None
        for finding in update.new:
            message, action = render_finding(finding)
            example = f" Example: {finding.example}." if finding.example else ""
            since = finding.started_on
            logger.warning("Finding: %s, since %s.%s %s", message, since, example, action)
        for finding in update.resolved:
            logger.info("Resolved: %s", render_finding(finding).message)
        self.crawler.stats.set_value(RunOutcome.NEW_FINDING.stat, len(update.new))
        losing = sum(loses_articles(finding.kind) for finding in update.open)
        self.crawler.stats.set_value(RunOutcome.LOSING.stat, losing)


def _log_result(result: Any) -> None:
    """Log errors of a suite and failures of a user's own monitors, which Spidermon keeps silent."""
    results = [
        *result.monitor_results,
        *result.monitors_finished_action_results,
        *result.monitors_passed_action_results,
        *result.monitors_failed_action_results,
    ]
    for entry in results:
        if entry.status == MONITOR.STATUS.ERROR:
            logger.error("%s: %s", entry.item.name, entry.error.strip().splitlines()[-1])
        elif entry.status == MONITOR.STATUS.FAILURE and not isinstance(entry.item, FindingMonitor):
            logger.warning("%s: %s", entry.item.name, entry.reason)


def evaluate_run(store: Store, outlet: str, home: str, thresholds: Thresholds) -> FindingsUpdate:
    """Judge the outlet's last run and store its findings. Raises StoreError."""
    at = utc_now()
    since = format_utc(datetime.now(UTC) - timedelta(days=thresholds.days + 1))
    runs = [run for run in runs_of(store, outlet, since) if run.finish_reason]
    if not runs:  # the end of a first run could not be written
        return FindingsUpdate([], [], [])
    before = findings_of(store, outlet, since)
    known = [finding for finding in before if finding.resolved_at is None]
    texts = newest_texts(store, outlet, MAX_TEXTS)
    history = History(outlet, home, runs, texts, unusual(before))
    changes = compare(run_monitors(history, thresholds), known, day_of(at), thresholds)
    rows: list[dict[str, Any]] = [values_of(judged) for judged in changes.opened]
    rows += [{"id": number, "facts": judged.facts} for number, judged in changes.still_open.items()]
    rows += [
        {"id": finding.id, "facts": finding.facts | {ACCEPTED: True}}
        for finding in changes.accepted
    ]
    closed = [finding.id for finding in (*changes.resolved, *changes.accepted)]
    save_findings(store, outlet, at, rows, closed)
    after = findings_of(store, outlet)
    numbers = {finding.id for finding in known}
    new = [finding for finding in after if finding.id not in numbers]
    return FindingsUpdate(after, new, [*changes.resolved])
