"""Outlets that crawlall skips, with their results: no browser, or crawled by another process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from scrapy.settings import BaseSettings

from crawler.crawl.rendering.executable import find_browser
from crawler.crawl.spider import OutletSpider, rendered
from crawler.operate.crawlall.result import OutletResult
from crawler.outcomes.exit_codes import BAD_USAGE, LOCKED
from crawler.store import Store, StoreError
from crawler.store.frontier.outlet_lock import Lease


def without_browser(
    settings: BaseSettings, outlets: Iterable[type[OutletSpider]]
) -> list[OutletResult]:
    """Return results for the outlets that need a browser if there is none."""
    skipped = []
    for outlet in filter(rendered, outlets):
        try:
            find_browser(settings["BROWSER"])
        except ValueError as error:
            message = f"it needs a browser, and {error}"
            skipped.append(OutletResult(outlet.name, BAD_USAGE, "no_browser", message))
    return skipped


@contextmanager
def held(store: Store, names: Iterable[str]) -> Iterator[list[OutletResult]]:
    """Lock the outlets, as a single crawl does; yield results for those locked by others.

    Raises :class:`crawler.store.StoreError`.
    """
    with ExitStack() as leases:
        skipped = []
        for name in names:
            lease = Lease(store, name)
            if holder := lease.acquire():
                skipped.append(
                    OutletResult(name, LOCKED, "locked", f"it is being crawled by {holder}")
                )
            else:
                leases.callback(release, lease)
        yield skipped


def release(lease: Lease) -> None:
    """Release the lock; after a store error it expires with this process."""
    with suppress(StoreError):
        lease.release()
