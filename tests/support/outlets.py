"""Outlets of ``spiders/`` and their saved pages."""

from __future__ import annotations

import importlib

from crawler.crawl.spider import OutletSpider
from tests.support.paths import PAGES, ROOT

OUTLETS = sorted(path.stem for path in (ROOT / "spiders").glob("*.py") if path.stem != "__init__")


def outlet_of(name: str) -> type[OutletSpider]:
    """The one outlet that ``spiders/<name>.py`` holds."""
    module = importlib.import_module(f"spiders.{name}")
    (outlet,) = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    assert issubclass(outlet, OutletSpider)
    return outlet


SAVED = sorted(PAGES.glob("*/*.html"))
