"""Downloader that records when each request was sent and answered.

A server records a request when it arrives, which is late by chance on a loaded machine.
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.http import Response

from crawler.crawl.downloader import Downloader

TIMED = {"DOWNLOADER": "tests.support.timed_downloader.TimedDownloader"}


class Exchange(NamedTuple):
    """When a request was sent, and when its answer or failure was there: monotonic seconds."""

    sent: float
    ended: float


class TimedDownloader(Downloader):
    exchanges: ClassVar[dict[str, list[Exchange]]] = {}
    """Host → its exchanges in order."""

    async def _download(self, slot: Slot, request: Request) -> Response:
        sent = slot.lastseen
        try:
            return await super()._download(slot, request)
        finally:
            host = urlsplit(request.url).hostname or ""
            self.exchanges.setdefault(host, []).append(Exchange(sent, monotonic()))
