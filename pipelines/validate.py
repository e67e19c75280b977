"""Pipeline stage that drops items that are not articles, by an exception that names the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.article import Article


class SoftForbidden(DropItem):
    """The outlet shows the article only to members."""


class NoArticle(DropItem):
    """A page of the outlet without an article: an unknown error page, or a new layout."""


class NoBody(DropItem):
    """Nothing is left of the page after cleaning."""


class OutsidePeriod(DropItem):
    """Published before ``since`` or after ``until``; its list row showed no date."""


_SOFT_ERRORS: dict[str, type[DropItem]] = {"forbidden": SoftForbidden}


class Validate:
    """Pipeline that requires a body. Headline and dates may be missing."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the stage with the period of the crawl."""
        arguments = getattr(crawler.spider, "arguments", None)
        return cls(arguments.period.contains if arguments else lambda date: True)

    def process_item(self, item: Article) -> Article:
        """Return the article, or drop it for one of the reasons above."""
        if item.soft_error:
            kind = item.soft_error.split(":")[0]
            raise _SOFT_ERRORS.get(kind, NoArticle)(f"{item.url}: {item.soft_error}")
        if not item.body:
            raise NoBody(f"{item.url}: nothing is left after cleaning")
        is_new = not item.is_revisit
        if is_new and item.date_published and not self.wanted(item.date_published):
            raise OutsidePeriod(f"{item.url}: published {item.date_published}")
        return item
