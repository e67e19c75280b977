"""Every run is judged against its outlet's own history as soon as its row is written."""

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
from crawler.operate.monitors.lifecycle import ACCEPTED, course_of, unusual, values_of
from crawler.operate.monitors.registry import run_monitors
from crawler.operate.monitors.suite import FindingMonitor
from crawler.operate.monitors.text_drift import MAX_TEXTS
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.monitors.words import loses_articles, render_finding
from crawler.operate.run_stats import run_noted
from crawler.store import Store, StoreError
from crawler.store import session as crawl
from crawler.store.articles.newest import newest_texts
from crawler.store.runs.findings import Finding, findings_of, settle
from crawler.store.runs.runs import runs_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FindingsUpdate:
    """The findings of an outlet after a run."""

    open: list[Finding]
    new: list[Finding]
    over: list[Finding]


class MonitorExtension:
    """Scrapy's extension: judges, keeps the findings, says what is new, runs Spidermon's suites.

    Counts new findings as ``malgeum/new_findings``, and open ones with which articles are lost as
    ``malgeum/losing``: the exit code is read from them.
    """

    def __init__(self, crawler: Crawler, thresholds: Thresholds, suites: list[str]) -> None:
        self.crawler, self.thresholds = crawler, thresholds
        self.suites = [load_object(suite)(crawler=crawler) for suite in suites]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.spidercls is None or not issubclass(crawler.spidercls, OutletSpider):
            raise NotConfigured  # a replay, say, is no run of an outlet's
        suites = crawler.settings.getlist("MONITOR_SUITES")
        self = cls(crawler, Thresholds.of(crawler.settings), suites)
        crawler.signals.connect(self.judge, run_noted)
        return self

    def judge(self) -> None:
        spider = self.crawler.spider
        assert isinstance(spider, OutletSpider)
        try:
            verdict = evaluate_run(
                crawl.store_of(self.crawler), spider.name, spider.home, self.thresholds
            )
        except StoreError as error:
            logger.warning("This run could not be judged: %s", error)
            return
        self._say(verdict)
        data = {"crawler": self.crawler, "spider": spider, "findings": verdict.open}
        for suite in self.suites:
            _say_of(MonitorRunner().run(suite, **data))

    def _say(self, verdict: FindingsUpdate) -> None:
        assert self.crawler.stats is not None
        for finding in verdict.new:
            what, to_do = render_finding(finding)
            example = f" Example: {finding.example}." if finding.example else ""
            logger.warning("Found: %s, since %s.%s %s", what, finding.started_on, example, to_do)
        for finding in verdict.over:
            logger.info("Over: %s", render_finding(finding).what)
        self.crawler.stats.set_value("malgeum/new_findings", len(verdict.new))
        losing = sum(loses_articles(finding.kind) for finding in verdict.open)
        self.crawler.stats.set_value("malgeum/losing", losing)


def _say_of(result: Any) -> None:
    """Spidermon's runner keeps to itself what raised, and what failed of a user's own suite."""
    said = [
        *result.monitor_results,
        *result.monitors_finished_action_results,
        *result.monitors_passed_action_results,
        *result.monitors_failed_action_results,
    ]
    for one in said:
        if one.status == MONITOR.STATUS.ERROR:
            logger.error("%s: %s", one.item.name, one.error.strip().splitlines()[-1])
        elif one.status == MONITOR.STATUS.FAILURE and not isinstance(one.item, FindingMonitor):
            logger.warning("%s: %s", one.item.name, one.reason)


def evaluate_run(store: Store, outlet: str, home: str, thresholds: Thresholds) -> FindingsUpdate:
    """Judge the outlet's last run and keep what is found. Raises StoreError."""
    at = utc_now()
    since = datetime.now(UTC) - timedelta(days=thresholds.days + 1)
    runs = [run for run in runs_of(store, outlet, format_utc(since)) if run.finish_reason]
    if not runs:  # the store took no row of a first run's end
        return FindingsUpdate([], [], [])
    before = findings_of(store, outlet, format_utc(since))
    known = [one for one in before if one.resolved_at is None]
    texts = newest_texts(store, outlet, MAX_TEXTS)
    history = History(outlet, home, runs, texts, unusual(before))
    course = course_of(run_monitors(history, thresholds), known, day_of(at), thresholds)
    found: list[dict[str, Any]] = [values_of(one) for one in course.new]
    found += [{"id": number, "facts": one.facts} for number, one in course.still.items()]
    found += [{"id": one.id, "facts": one.facts | {ACCEPTED: True}} for one in course.accepted]
    over = [one.id for one in (*course.over, *course.accepted)]
    settle(store, outlet, at, found, over)
    after = findings_of(store, outlet)
    numbers = {one.id for one in known}
    return FindingsUpdate(after, [one for one in after if one.id not in numbers], [*course.over])
