"""The store within a crawl: the one that its stages share, and what they do when it fails."""

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

CLOSE_REASON = "store_trouble"
"""Why a crawl ended whose store failed: the articles on the way are fetched again next time."""

_stores: WeakKeyDictionary[Crawler, Store] = WeakKeyDictionary()
_closing: set[asyncio.Task[None]] = set()


class DuplicateAddress(PageDropped):
    """An article of this address is stored already."""

    outcome = PageOutcome.UNCHANGED


class SameArticle(PageDropped):
    """The outlet shows a stored article under another address, now an alias of it."""

    outcome = PageOutcome.ALIAS


class OlderRevision(PageDropped):
    """A text that its article had before the current one; kept in the trail."""

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
    """The crawl's one store: the lent one, or ``DATABASE_URL``, closed when the engine stops."""
    if crawler not in _stores:
        store = _stores[crawler] = open_store(crawler.settings["DATABASE_URL"])
        crawler.signals.connect(store.close, signals.engine_stopped)
    return _stores[crawler]


def resolve(
    ask: Callable[[Article], DedupeResult],
    article: Article,
    on_trouble: Callable[[StoreError], None],
) -> DedupeResult:
    """The store's verdict on an article that is to go on; raises the drop that another means."""
    try:
        verdict = ask(article)
    except StoreError as error:
        on_trouble(error)
        raise NotStored(f"Not stored: {article.canonical_url}") from None
    match verdict.kind:
        case "known":
            raise DuplicateAddress(f"Stored already: {article.canonical_url}")
        case "same":
            raise SameArticle(f"{article.canonical_url} shows {verdict.first} again")
        case "forgotten":
            raise Forgotten(f"Forgotten for good: {article.canonical_url}")
        case "older":
            raise OlderRevision(f"Stored as an older revision: {article.canonical_url}")
    return verdict


def abort(crawler: Crawler, error: StoreError) -> None:
    """Say once what failed, count it, and close the spider with ``CLOSE_REASON``."""
    assert crawler.stats is not None
    crawler.stats.inc_value(RunOutcome.STORE_ERROR.stat)
    if crawler.stats.get_value(RunOutcome.STORE_ERROR.stat) > 1:
        return
    crawler.stats.set_value(MESSAGE, str(error))
    logger.critical("%s The crawl ends; articles not stored are fetched again next time.", error)
    close_spider(crawler, CLOSE_REASON)


def close_spider(crawler: Crawler, reason: str) -> None:
    """End the crawl from wherever something notices that it cannot go on."""
    assert crawler.engine is not None
    task = asyncio.get_running_loop().create_task(crawler.engine.close_spider_async(reason=reason))
    _closing.add(task)  # the loop alone would let it be collected
    task.add_done_callback(_closing.discard)
