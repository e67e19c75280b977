"""Selects the outlets of a command: by name, region and CMS; all of them by default."""

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
    """Return each selected outlet once, in the order of ``names``, or all of them by name.

    Exits if a name, region or CMS is unknown, or if no outlet is left.
    """
    chosen = dict.fromkeys(names or get_spider_loader(settings).list())
    outlets = [get_outlet(settings, name) for name in chosen]
    outlets = _filtered("--region", regions, outlets, lambda outlet: outlet.region)
    outlets = _filtered("--family", families, outlets, lambda outlet: outlet.cms.name)
    if not outlets:
        fail("there are no outlets to crawl; see scrapy list")
    return outlets


def _filtered(
    option: str,
    prefixes: Iterable[str],
    outlets: list[type[OutletSpider]],
    value_of: Callable[[type[OutletSpider]], str],
) -> list[type[OutletSpider]]:
    """Return the outlets whose value begins with one of the prefixes: 경기 includes 경기북부."""
    prefixes = [normalize("NFC", prefix) for prefix in prefixes]
    values = {outlet: value_of(outlet) for outlet in outlets}
    for prefix in prefixes:
        if not prefix or not any(value.startswith(prefix) for value in values.values()):
            known = sorted({*values.values()})
            fail(f"{option} {prefix!r} matches no outlet; {suggest(prefix, known)}")
    if not prefixes:
        return outlets
    return [outlet for outlet in outlets if values[outlet].startswith(tuple(prefixes))]
