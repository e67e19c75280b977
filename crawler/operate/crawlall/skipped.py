"""Outlets that are not crawled this time, each with why; none of them is in the others' way."""

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
    """Those of which pages need a browser, where there is none."""
    found = []
    for outlet in filter(rendered, outlets):
        try:
            find_browser(settings["BROWSER"])
        except ValueError as error:
            why = f"it needs a browser, and {error}"
            found.append(OutletResult(outlet.name, BAD_USAGE, "no_browser", why))
    return found


@contextmanager
def held(store: Store, names: Iterable[str]) -> Iterator[list[OutletResult]]:
    """Hold the outlets, as a single crawl holds its own; yields those that another process has.
    Raises :class:`crawler.store.StoreError`."""
    with ExitStack() as leases:
        others = []
        for name in names:
            lease = Lease(store, name)
            if holder := lease.take():
                others.append(
                    OutletResult(name, LOCKED, "locked", f"it is being crawled by {holder}")
                )
            else:
                leases.callback(give_back, lease)
        yield others


def give_back(lease: Lease) -> None:
    """Or leave it to whoever finds that its process is dead."""
    with suppress(StoreError):
        lease.leave()
