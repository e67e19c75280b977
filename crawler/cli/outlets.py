"""Which outlets are crawled: those that are named, or all; of these, a region's or a family's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from unicodedata import normalize

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import fail, get_outlet, suggest
from crawler.crawl.spider import OutletSpider


def chosen_outlets(
    settings: BaseSettings,
    names: Sequence[str],
    regions: Sequence[str] = (),
    families: Sequence[str] = (),
) -> list[type[OutletSpider]]:
    """Each once, in the order named, or all by name. Ends the command at a name that is none, and
    where none is left."""
    asked = dict.fromkeys(names or get_spider_loader(settings).list())
    outlets = [get_outlet(settings, name) for name in asked]
    outlets = _of("region", regions, outlets, lambda outlet: outlet.region)
    outlets = _of("family", families, outlets, lambda outlet: outlet.cms.name)
    if not outlets:
        fail("there is no outlet to crawl; see scrapy list")
    return outlets


def _of(
    what: str,
    asked: Iterable[str],
    outlets: list[type[OutletSpider]],
    value_of: Callable[[type[OutletSpider]], str],
) -> list[type[OutletSpider]]:
    """Those of which the value begins with one that is asked for: 경기 has 경기북부 in it."""
    beginnings = [normalize("NFC", one) for one in asked]
    values = {outlet: value_of(outlet) for outlet in outlets}
    for one in beginnings:
        if not one or not any(value.startswith(one) for value in values.values()):
            fail(
                f"there is no outlet of {what} {one!r}; {suggest(one, sorted({*values.values()}))}"
            )
    if not beginnings:
        return outlets
    return [outlet for outlet in outlets if values[outlet].startswith(tuple(beginnings))]
