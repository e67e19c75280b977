"""Base of the exceptions by which a stage drops an article: each carries the page's outcome."""

from __future__ import annotations

from typing import ClassVar

from scrapy.exceptions import DropItem

from crawler.outcomes.pages import PageOutcome


class PageDropped(DropItem):
    """An item that goes no further, and what became of its page."""

    outcome: ClassVar[PageOutcome]
