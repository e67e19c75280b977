"""Keeps the crawl from fetching an article twice: not what is stored, not what it asked for.

But with ``-a revisit=3d`` what is stored is looked at again, once, if it is as young as that.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import astuple
from functools import partial
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from crawler.extract import Row
from crawler.outlet import Outlet, now
from crawler.store import Store, StoreError, crawl
from crawler.store.forget import forgotten_among
from crawler.store.revisit import to_revisit

logger = logging.getLogger(__name__)


class KnownArticleMiddleware:
    """Holds back requests whose ``meta["canonical_url"]`` is stored or was asked for before.

    What was taken out for good (``scrapy forget``) is not asked for either. Counted as
    ``malgeum/known``, ``malgeum/repeated`` and ``malgeum/forgotten``. Requests with
    ``dont_filter`` pass, as they do in Scrapy's own filter, which sees addresses as written and
    not as identities.
    """

    def __init__(
        self,
        store: Store,
        stats: StatsCollector,
        on_trouble: Callable[[StoreError], None],
        spider: Spider | None = None,
    ) -> None:
        self.store = store
        self.stats = stats
        self.on_trouble = on_trouble
        self.spider = spider
        self.asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        trouble = partial(crawl.give_up, crawler)
        return cls(crawl.of(crawler), crawler.stats, trouble, crawler.spider)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """After the crawl's own first requests, those for what is to be seen again."""
        async for entry in start:
            yield entry
        for request in self._again():
            self.stats.inc_value("malgeum/revisits")
            yield request

    def _again(self) -> Iterator[Request]:
        outlet = self.spider
        period = outlet.arguments.revisit if isinstance(outlet, Outlet) else None
        if not isinstance(outlet, Outlet) or period is None or period.since is None:
            return
        try:
            visited = to_revisit(self.store, outlet.name, period.since, period.contains)
        except StoreError as error:
            self.on_trouble(error)
            return
        logger.info("%d stored articles are looked at again.", len(visited))
        for url, byline, date in visited:
            text, source, shown_at = astuple(date) if date else (None, "list", None)
            row = Row(url, url, text, byline, source, shown_at or now(), stored=True)
            yield outlet.article_request(row)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        found: list[Any] = []
        failure: Exception | None = None
        try:
            async for entry in result:
                found.append(entry)
        except Exception as error:  # what the page gave before it failed goes on first
            failure = error
        for entry in self._unknown(found):
            yield entry
        if failure is not None:
            raise failure

    def _unknown(self, found: list[Any]) -> list[Any]:
        """What is to go on of one page's output, in order; one query for all of it."""
        addresses = {address for entry in found if (address := _identity(entry))}
        try:
            known = self.store.known(addresses) if addresses else set()
            buried = forgotten_among(self.store, addresses) if addresses else set()
        except StoreError as error:
            self.on_trouble(error)
            return [entry for entry in found if not _identity(entry)]
        return [entry for entry in found if self._passes(_identity(entry), known, buried)]

    def _passes(self, address: str | None, known: set[str], buried: set[str]) -> bool:
        if address is None:
            return True
        if address in buried:
            self.stats.inc_value("malgeum/forgotten")
            return False
        if address in known:
            self.stats.inc_value("malgeum/known")
            return False
        if address in self.asked:
            self.stats.inc_value("malgeum/repeated")
            return False
        self.asked.add(address)
        return True


def _identity(entry: Any) -> str | None:
    """The canonical address that an article request is after; None for anything else."""
    if isinstance(entry, Request) and not entry.dont_filter:
        address: str | None = entry.meta.get("canonical_url")
        return address
    return None
