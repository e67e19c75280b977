"""Crawls outlets side by side on one store; one such run per store at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from scrapy.crawler import CrawlerProcessBase

from crawler.crawl.spider import OutletSpider
from crawler.dates.utc import utc_now
from crawler.operate.crawlall.progress import Progress
from crawler.operate.crawlall.report import Report
from crawler.operate.crawlall.result import OutletResult
from crawler.operate.crawlall.skipped import held, release, without_browser
from crawler.operate.crawlall.supervisor import Supervisor
from crawler.operate.notifications.notifier import Notifier
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes.exit_codes import LOCKED
from crawler.store import Store, StoreError
from crawler.store.frontier.outlet_lock import Lease
from crawler.store.runs.findings import findings_of

LOCK_NAME = "scrapy crawlall"
"""Name of the store's lock among the outlet locks; no outlet's name has a space."""


@dataclass(slots=True)
class Run:
    """One run. ``arguments``: of every spider; ``seconds``: time limit, None for no limit."""

    process: CrawlerProcessBase
    store: Store
    outlets: Collection[type[OutletSpider]]
    arguments: Mapping[str, str]
    seconds: float | None
    progress: Progress | None

    def fill(self, report: Report) -> None:
        """Crawl, and add the result of each outlet to the report. Raises StoreError."""
        lock = Lease(self.store, LOCK_NAME)
        if holder := lock.acquire():
            report.failure = (LOCKED, f"the store's outlets are being crawled by {holder}")
            return
        with ExitStack() as leases:
            leases.callback(release, lock)
            skipped = without_browser(self.process.settings, self.outlets)
            rest = self._without(skipped)
            skipped += leases.enter_context(held(self.store, [outlet.name for outlet in rest]))
            report.outlets = skipped + self._crawl(self._without(skipped), lock, skipped)
            report.outlets.sort(key=lambda outlet: outlet.outlet)
            with suppress(StoreError):  # reported already, or too late to matter
                report.findings = findings_of(self.store)
                report.failed_channels = self._notify()

    def _notify(self) -> int:
        """Send one notification about all outlets; return the number of failed channels."""
        names = [outlet.name for outlet in self.outlets]
        return Notifier.of(self.process.settings).send_pending(self.store, names, utc_now())

    def _without(self, skipped: Collection[OutletResult]) -> list[type[OutletSpider]]:
        names = {result.outlet for result in skipped}
        return [outlet for outlet in self.outlets if outlet.name not in names]

    def _crawl(
        self,
        outlets: Collection[type[OutletSpider]],
        lock: Lease,
        skipped: Collection[OutletResult],
    ) -> list[OutletResult]:
        crawls = [Crawl(outlet, self.process.settings) for outlet in outlets]
        if not crawls:
            return []
        show = self.progress.beside(skipped) if self.progress else None
        supervisor = Supervisor(crawls, lock, self.seconds, show)
        run_to_end(self.process, self.store, dict.fromkeys(supervisor.crawls, self.arguments))
        return [OutletResult.of(crawl) for crawl in crawls]
