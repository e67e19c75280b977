"""All channels that are set, and the sending through them."""

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
from crawler.operate.notifications.errors import why
from crawler.operate.notifications.message import Notification, notification_of, trial
from crawler.store import Store
from crawler.store.runs.findings import mark_told, untold

logger = logging.getLogger(__name__)

DEADLINE = 30
"""Seconds after which nobody waits for a channel any more, however slowly it answers."""


class Channel(Protocol):
    """A way to people; ``take`` raises whatever it meets."""

    @property
    def name(self) -> str: ...
    def take(self, notice: Notification) -> None: ...


@dataclass(frozen=True, slots=True)
class Notifier:
    """``channels`` may be none: then nothing goes out, and nothing counts as told."""

    channels: Sequence[Channel]
    language: Language = "ko"

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """As the settings say; ValueError with one sentence, without secrets, where they err."""
        return cls(channels_of(settings), language_of(settings))

    def tell(self, store: Store, outlets: Iterable[str], at: str) -> int:
        """Send what is untold of the outlets, in one notice; ``at``: the time now, UTC.

        It is told as soon as one channel took it; what none took is tried again by the next run.
        A process killed in between tells it again. Gives how many channels failed; each is logged.
        Raises :class:`crawler.store.StoreError`.
        """
        findings = [one for outlet in outlets for one in untold(store, outlet)]
        if not findings or not self.channels:
            return 0
        failed = self._deliver(notification_of(findings, self.language, at))
        for name, reason in failed.items():
            logger.warning("No notice went out by %s: %s.", name, reason)
        if len(failed) < len(self.channels):
            mark_told(store, findings, at)
        return len(failed)

    def try_out(self, at: str) -> dict[str, str | None]:
        """Send a test notice; by channel, why it was not taken, or None."""
        failed = self._deliver(trial(self.language, at))
        return {channel.name: failed.get(channel.name) for channel in self.channels}

    def _deliver(self, notice: Notification) -> dict[str, str]:
        """Through all channels at once; by channel, why it was not taken."""
        failed = {channel.name: f"no answer in {DEADLINE} seconds" for channel in self.channels}

        def hand_to(channel: Channel) -> None:
            try:
                channel.take(notice)
            except Exception as error:  # whatever it is, its own text may hold a secret
                failed[channel.name] = why(error)
            else:
                del failed[channel.name]

        threads = [Thread(target=hand_to, args=[one], daemon=True) for one in self.channels]
        end = time.monotonic() + DEADLINE
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return dict(failed)
