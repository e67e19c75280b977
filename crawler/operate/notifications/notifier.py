"""Sends notifications through all configured channels at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Protocol, Self

from scrapy.settings import BaseSettings

from crawler.operate.monitors.words import Language
from crawler.operate.notifications.channels import channels_of, language_of
from crawler.operate.notifications.errors import reason_of
from crawler.operate.notifications.message import (
    Notification,
    notification_of,
    test_notification,
)
from crawler.store import Store
from crawler.store.runs.findings import mark_notified, unnotified

logger = logging.getLogger(__name__)

DEADLINE = 30
"""Seconds after which no channel is waited for any more, however slowly it answers."""


class Channel(Protocol):
    """A way to send a notification; ``send`` may raise any exception."""

    @property
    def name(self) -> str:
        """Name for logs and messages."""

    def send(self, notification: Notification) -> None:
        """Send the notification."""


@dataclass(frozen=True, slots=True)
class Notifier:
    """Channels and language. Without channels nothing is sent, and nothing counts as sent."""

    channels: Sequence[Channel]
    language: Language = "ko"

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Read the settings. Raises ValueError, without secrets, if one is invalid."""
        return cls(channels_of(settings), language_of(settings))

    def send_pending(self, store: Store, outlets: Iterable[str], at: str) -> int:
        """Send the outlets' unsent findings as one notification; return the failed channels.

        ``at``: the time now, UTC. The findings count as sent once one channel accepted them; else
        the next run sends them again, as it does if the process is killed in between. Each failed
        channel is logged. Raises :class:`crawler.store.StoreError`.
        """
        findings = [finding for outlet in outlets for finding in unnotified(store, outlet)]
        if not findings or not self.channels:
            return 0
        failed = self._send(notification_of(findings, self.language, at))
        for name, reason in failed.items():
            logger.warning("The notification could not be sent by %s: %s.", name, reason)
        if len(failed) < len(self.channels):
            mark_notified(store, findings, at)
        return len(failed)

    def send_test(self, at: str) -> dict[str, str | None]:
        """Send a test notification; return the reason of the failure by channel, or None."""
        failed = self._send(test_notification(self.language, at))
        return {channel.name: failed.get(channel.name) for channel in self.channels}

    def _send(self, notification: Notification) -> dict[str, str]:
        """Send through all channels at once; return the reason by failed channel."""
        failed = {channel.name: f"no answer in {DEADLINE} seconds" for channel in self.channels}

        def send_through(channel: Channel) -> None:
            try:
                channel.send(notification)
            except Exception as error:  # its own text may contain a secret
                failed[channel.name] = reason_of(error)
            else:
                del failed[channel.name]

        threads = [
            Thread(target=send_through, args=[channel], daemon=True) for channel in self.channels
        ]
        end = time.monotonic() + DEADLINE
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return dict(failed)
