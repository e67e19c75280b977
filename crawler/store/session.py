"""Store of a crawl: shared by its stages and middlewares, which end the crawl if it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.article import Article
from crawler.outcomes.drops import PageDropped
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome
from crawler.outcomes.stats import MESSAGE
from crawler.store import DedupeResult, Store, StoreError, open_store

logger = logging.getLogger(__name__)

CLOSE_REASON = "store_error"
"""Finish reason of a crawl whose store failed; articles in progress are fetched again next time."""

_stores: WeakKeyDictionary[Crawler, Store] = WeakKeyDictionary()
_closing: set[asyncio.Task[None]] = set()


class DuplicateAddress(PageDropped):
    """An article of this address is stored already."""

    outcome = PageOutcome.UNCHANGED


class SameArticle(PageDropped):
    """The outlet shows a stored article under another address, now an alias of it."""

    outcome = PageOutcome.ALIAS

    def __init__(self, url: str, first: str | None) -> None:
        super().__init__(f"{url} shows {first} again")
        self.first = first
        """Canonical URL of the stored article."""


class OlderRevision(PageDropped):
    """The text is older than the article's current version; it is stored as a revision."""

    outcome = PageOutcome.OLDER


class Forgotten(PageDropped):
    """The article was erased (``scrapy forget``) and is never stored again."""

    outcome = PageOutcome.ERASED


class NotStored(PageDropped):
    """The store failed; the crawl ends."""

    outcome = PageOutcome.NOT_STORED


def attach(crawler: Crawler, store: Store) -> None:
    """Let the crawl use a store that its command has opened and will close."""
    _stores[crawler] = store


def store_of(crawler: Crawler) -> Store:
    """Return the crawl's store: the attached one, or ``DATABASE_URL``, closed with the engine."""
    if crawler not in _stores:
        store = _stores[crawler] = open_store(crawler.settings["DATABASE_URL"])
        crawler.signals.connect(store.close, signals.engine_stopped)
    return _stores[crawler]


def resolve(
    operation: Callable[[Article], DedupeResult],
    article: Article,
    on_error: Callable[[StoreError], None],
) -> DedupeResult:
    """Return the result of a store operation; raise the matching drop if the article ends here."""
    try:
        result = operation(article)
    except StoreError as error:
        on_error(error)
        raise NotStored(f"Not stored: {article.canonical_url}") from None
    match result.kind:
        case "known":
            raise DuplicateAddress(f"Stored already: {article.canonical_url}")
        case "same":
            raise SameArticle(article.canonical_url, result.first)
        case "forgotten":
            raise Forgotten(f"Forgotten for good: {article.canonical_url}")
        case "older":
            raise OlderRevision(f"Stored as an older revision: {article.canonical_url}")
    return result


def abort(crawler: Crawler, error: StoreError) -> None:
    """Log the first error, count it, and close the spider with ``CLOSE_REASON``."""
    assert crawler.stats is not None
    crawler.stats.inc_value(RunOutcome.STORE_ERROR.stat)
    if crawler.stats.get_value(RunOutcome.STORE_ERROR.stat) > 1:
        return
    crawler.stats.set_value(MESSAGE, str(error))
    logger.critical("%s The crawl ends; articles not stored are fetched again next time.", error)
    close_spider(crawler, CLOSE_REASON)


def close_spider(crawler: Crawler, reason: str) -> None:
    """End the crawl from any component that cannot continue."""
    assert crawler.engine is not None
    task = asyncio.get_running_loop().create_task(crawler.engine.close_spider_async(reason=reason))
    _closing.add(task)  # the loop alone would let it be collected
    task.add_done_callback(_closing.discard)
