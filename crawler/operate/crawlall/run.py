"""Outlets crawled side by side on one store, by one process at a time."""

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
from crawler.operate.crawlall.skipped import give_back, held, without_browser
from crawler.operate.crawlall.supervisor import Supervisor
from crawler.operate.notifications.notifier import Notifier
from crawler.operate.process import Crawl, run_to_end
from crawler.outcomes.exit_codes import LOCKED
from crawler.store import Store, StoreError
from crawler.store.frontier.outlet_lock import Lease
from crawler.store.runs.findings import findings_of

KEY = "scrapy crawlall"
"""What the store's lock is called among the leases; no outlet's name has a space."""


@dataclass(slots=True)
class Run:
    """``arguments``: of every spider; ``seconds``: for the whole, None without a bound."""

    process: CrawlerProcessBase
    store: Store
    outlets: Collection[type[OutletSpider]]
    arguments: Mapping[str, str]
    seconds: float | None
    progress: Progress | None

    def fill(self, report: Report) -> None:
        """Crawl, and put into the report what came of each. Raises StoreError."""
        lock = Lease(self.store, KEY)
        if holder := lock.take():
            report.failure = (LOCKED, f"the store's outlets are being crawled by {holder}")
            return
        with ExitStack() as leases:
            leases.callback(give_back, lock)
            absent = without_browser(self.process.settings, self.outlets)
            rest = self._but(absent)
            absent += leases.enter_context(held(self.store, [outlet.name for outlet in rest]))
            report.outcomes = absent + self._crawl(self._but(absent), lock, absent)
            report.outcomes.sort(key=lambda one: one.outlet)
            with suppress(StoreError):  # which has been told, or comes too late to matter
                report.findings = findings_of(self.store)
                report.silent = self._notify()

    def _notify(self) -> int:
        """One notice of all outlets, once no crawl waits for it; gives how many channels failed."""
        names = [outlet.name for outlet in self.outlets]
        return Notifier.of(self.process.settings).send_pending(self.store, names, utc_now())

    def _but(self, absent: Collection[OutletResult]) -> list[type[OutletSpider]]:
        names = {one.outlet for one in absent}
        return [outlet for outlet in self.outlets if outlet.name not in names]

    def _crawl(
        self, outlets: Collection[type[OutletSpider]], lock: Lease, absent: Collection[OutletResult]
    ) -> list[OutletResult]:
        crawls = [Crawl(outlet, self.process.settings) for outlet in outlets]
        if not crawls:
            return []
        show = self.progress.beside(absent) if self.progress else None
        watch = Supervisor(crawls, lock, self.seconds, show)
        run_to_end(self.process, self.store, dict.fromkeys(watch.crawls, self.arguments))
        return [OutletResult.of(crawl) for crawl in crawls]
