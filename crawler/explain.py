"""One page, read from its file, the store or the outlet, so that its lines can be explained."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy

from crawler.address import host_of, identify
from crawler.article import Article
from crawler.extract import Row
from crawler.outlet import Outlet, now, site_of
from crawler.replay import BadInput, read_pages, read_saved
from crawler.store import Store

Outlets = dict[str, type[Outlet]]
"""Outlets by the host of their home."""


def from_file(file: Path, outlets: Outlets, refuse: Callable[[BadInput], None]) -> list[Article]:
    """The pages of a saved file; what is none goes to ``refuse``."""
    pages = read_pages(file, datetime.now(UTC), refuse)
    return [read_saved(page, outlets) for page in pages]


def from_store(url: str, outlets: Outlets, store: Store) -> Article | None:
    """The stored article of an address in any of its forms."""
    address = _canonical(url, outlets.get(host_of(url)))
    return store.find(address) or store.find(url)  # kept before unknown hosts had one form


def fetching(outlet: type[Outlet], url: str) -> type[Outlet]:
    """The outlet, asking for one article's page and nothing else."""
    row = Row(url, _canonical(url, outlet), None, None, "list", now())

    class OnePage(outlet):  # type: ignore[valid-type, misc]
        name = outlet.name

        async def start(self) -> AsyncIterator[Any]:
            yield scrapy.Request(
                url, self.parse_article, errback=self.failed, cb_kwargs={"row": row}
            )

    return OnePage


def _canonical(url: str, outlet: type[Outlet] | None) -> str:
    return identify(url, [site_of(outlet)] if outlet else ()).canonical_url
