"""Spidermon's action that sends what is untold of the crawl's outlet."""

from __future__ import annotations

import logging
from typing import Any

from spidermon import MonitorSuite
from spidermon.core.actions import Action

from crawler.dates.utc import utc_now
from crawler.operate.notifications.notifier import Notifier
from crawler.store import StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)


class SendNotices(Action):  # type: ignore[misc]
    """For ``monitors_finished_actions`` of any suite. Counts ``malgeum/notice_errors``, a channel
    that failed each, after Scrapy has printed its stats. Nothing here changes how a crawl ends."""

    def run_action(self) -> None:
        crawler: Any = self.data.crawler
        try:
            notifier = Notifier.of(crawler.settings)
            failed = notifier.tell(crawl.store_of(crawler), [crawler.spider.name], utc_now())
        except (StoreError, ValueError) as error:  # of settings that no command has checked
            logger.warning("Notices could not be sent, or not be noted as sent: %s", error)
            return
        if failed:
            crawler.stats.inc_value("malgeum/notice_errors", failed)


class Notices(MonitorSuite):  # type: ignore[misc]
    """A suite of nothing but the sending."""

    monitors_finished_actions = [SendNotices]  # noqa: RUF012 - as Spidermon's own
