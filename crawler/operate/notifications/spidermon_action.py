"""Spidermon action that sends the unsent findings of the crawl's outlet."""

from __future__ import annotations

import logging
from typing import Any

from spidermon import MonitorSuite
from spidermon.core.actions import Action

from crawler.dates.utc import utc_now
from crawler.operate.notifications.notifier import Notifier
from crawler.outcomes.stats import NOTIFICATION_ERRORS
from crawler.store import StoreError
from crawler.store import session as crawl

logger = logging.getLogger(__name__)


class SendNotifications(Action):  # type: ignore[misc]
    """Action for ``monitors_finished_actions`` of any suite; it never changes the exit code.

    Counts each failed channel after Scrapy logged its stats.
    """

    def run_action(self) -> None:
        """Send the findings; log a store error or an invalid setting as a warning."""
        crawler: Any = self.data.crawler
        try:
            notifier = Notifier.of(crawler.settings)
            failed = notifier.send_pending(
                crawl.store_of(crawler), [crawler.spider.name], utc_now()
            )
        except (StoreError, ValueError) as error:  # of settings that no command has checked
            logger.warning("Notifications could not be sent or recorded as sent: %s", error)
            return
        if failed:
            crawler.stats.inc_value(NOTIFICATION_ERRORS, failed)


class Notifications(MonitorSuite):  # type: ignore[misc]
    """Suite without monitors that sends the notifications."""

    monitors_finished_actions = [SendNotifications]  # noqa: RUF012 - as Spidermon's own
