"""Rejects and defers requests: counted by reason, logged, raised for the errback."""

from __future__ import annotations

import logging
from typing import NoReturn

from scrapy.crawler import Crawler

from crawler.crawl.failures import RequestDeferred, RequestRejected
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.stats import REJECTED, inc

logger = logging.getLogger(__name__)


def reject(crawler: Crawler, kind: str, sentence: str) -> NoReturn:
    """Refuse a request for good. Raises RequestRejected, counted by its kind."""
    inc(crawler, REJECTED + kind)
    logger.warning("%s", sentence)
    raise RequestRejected(kind, sentence)


def defer(crawler: Crawler, outcome: PageOutcome, sentence: str) -> NoReturn:
    """Leave a request for a later run. Raises RequestDeferred, counted by its outcome.

    Hundreds of requests can be deferred for one reason, so the middleware logs the reason once.
    """
    inc(crawler, outcome.row.stat)
    logger.debug("%s", sentence)
    raise RequestDeferred(outcome, sentence)
