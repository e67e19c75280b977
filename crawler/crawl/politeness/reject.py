"""Saying no: counted by kind, said in one sentence, raised so that the errback can tell."""

from __future__ import annotations

import logging
from typing import NoReturn

from scrapy.crawler import Crawler

from crawler.crawl.failures import RequestDeferred, RequestRejected

logger = logging.getLogger(__name__)


def reject(crawler: Crawler, kind: str, sentence: str) -> NoReturn:
    """What is never asked for. Raises Refused, counted as ``malgeum/refused/<kind>``."""
    _count(crawler, f"refused/{kind}")
    logger.warning("%s", sentence)
    raise RequestRejected(kind, sentence)


def defer(crawler: Crawler, kind: str, sentence: str) -> NoReturn:
    """What a later run may ask for. Raises NotNow, counted as ``malgeum/not_now/<kind>``.

    There may be hundreds of them for one reason, which its middleware says aloud, once.
    """
    _count(crawler, f"not_now/{kind}")
    logger.debug("%s", sentence)
    raise RequestDeferred(kind, sentence)


def _count(crawler: Crawler, what: str) -> None:
    assert crawler.stats is not None
    crawler.stats.inc_value(f"malgeum/{what}")
