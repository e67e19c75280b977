"""Stage: drops what is no article, and says why by the name of the exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.article import Article


class SoftForbidden(DropItem):
    """The outlet shows the article only to members."""


class NoArticle(DropItem):
    """A page of the outlet on which no article stands: an error that it does not name, or a new
    layout."""


class NoBody(DropItem):
    """Nothing is left of the page once everything that is no article is gone."""


class OutsidePeriod(DropItem):
    """Published before ``since`` or after ``until``; its list row showed no date."""


_SOFT_ERRORS: dict[str, type[DropItem]] = {"forbidden": SoftForbidden}


class Validate:
    """Lets articles pass. Headline and dates may be missing; a body may not."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        arguments = getattr(crawler.spider, "arguments", None)
        return cls(arguments.period.contains if arguments else lambda date: True)

    def process_item(self, item: Article) -> Article:
        if item.soft_error:
            kind = item.soft_error.split(":")[0]
            raise _SOFT_ERRORS.get(kind, NoArticle)(f"{item.url}: {item.soft_error}")
        if not item.body:
            raise NoBody(f"{item.url}: nothing is left once boilerplate is gone")
        is_new = not item.is_revisit
        if is_new and item.date_published and not self.wanted(item.date_published):
            raise OutsidePeriod(f"{item.url}: published {item.date_published}")
        return item
