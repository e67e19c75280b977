"""Stage that drops what is not an article, by an exception that carries the page's outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from scrapy.crawler import Crawler

from crawler.article import Article
from crawler.outcomes.drops import PageDropped
from crawler.outcomes.pages import PageOutcome


class MembersOnly(PageDropped):
    """The outlet shows the article only to members."""

    outcome = PageOutcome.MEMBERS


class LedAway(PageDropped):
    """The article's address led to another page of the outlet."""

    outcome = PageOutcome.LED_AWAY


class NoArticle(PageDropped):
    """A page without an article: an unknown error page, or a new template."""

    outcome = PageOutcome.NOT_ARTICLE


class NoBody(PageDropped):
    """Nothing is left of the page without its furniture."""

    outcome = PageOutcome.NO_BODY


class OutsidePeriod(PageDropped):
    """Published before ``since`` or after ``until``; its listing showed no date."""

    outcome = PageOutcome.OUTSIDE


_DROPS: dict[PageOutcome, type[PageDropped]] = {
    drop.outcome: drop for drop in (MembersOnly, LedAway)
}


class Validate:
    """Lets articles pass that have a body, or a headline with a picture; dates may be missing."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the wanted period from the spider's arguments."""
        arguments = getattr(crawler.spider, "arguments", None)
        return cls(arguments.period.contains if arguments else lambda date: True)

    def process_item(self, item: Article) -> Article:
        """Return an article as it is. Raises PageDropped for all else."""
        if item.error_page:
            drop = _DROPS.get(item.error_page.kind, NoArticle)
            raise drop(f"{item.url}: {item.error_page}")
        is_picture = bool(item.headline and any(image["url"] for image in item.images))
        if not item.body and not is_picture:
            raise NoBody(f"{item.url}: nothing is left once boilerplate is gone")
        is_new = not item.is_revisit
        if is_new and item.date_published and not self.wanted(item.date_published):
            raise OutsidePeriod(f"{item.url}: published {item.date_published}")
        return item
