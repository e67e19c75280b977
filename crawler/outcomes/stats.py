"""Names of all stats under ``malgeum/``, and the one way to count them.

A stat of a page visit is made of the kind of visit and the outcome (``page/blocked``); Scrapy's own
stats that exit codes depend on are named here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # articles and settings carry outcomes, and need no Scrapy for it
    from scrapy.crawler import Crawler

PREFIX = "malgeum/"

Visit = Literal["page", "revisit", "list"]
"""What was visited: a page that is not stored yet, a stored article's page, a list page."""

VISITS: tuple[Visit, ...] = ("page", "revisit", "list")

LIST_PAGES = "malgeum/list_pages"
"""List pages that were read."""
KNOWN = "malgeum/known"
"""Rows of lists and feeds whose article is stored; not fetched."""
REPEATED = "malgeum/repeated"
"""Rows whose page is fetched in this run anyway."""
WAITING = "malgeum/waiting"
"""Pages that failed before and are not due yet."""
ERASED_ROWS = "malgeum/forgotten"
"""Rows whose article was erased with ``scrapy forget``; not fetched."""
LEFT_OVER = "malgeum/left_over"
"""Pages that an earlier run discovered and this one fetches."""
REVISITS = "malgeum/revisits"
MARKED_GONE = "malgeum/marked_gone"
TIMELESS = "malgeum/timeless"
"""Sitemap entries without any date."""
SITEMAPS = "malgeum/sitemaps"
SITEMAPS_LEFT = "malgeum/sitemaps_left"
NO_SITEMAPS = "malgeum/no_sitemaps"
BROKEN_SITEMAPS = "malgeum/broken_sitemaps"
ARCHIVED_PAGES = "malgeum/archived/page"
ARCHIVED_REVISITS = "malgeum/archived/revisit"
ARCHIVED_BYTES = "malgeum/archived/bytes"
NOTIFICATION_ERRORS = "malgeum/notification_errors"
REPLAYED_PAGES = "malgeum/pages"
"""Pages of a replay that went to the stages."""
MESSAGE = "malgeum/message"
"""Not a number: the sentence of what ended the run."""

BROWSER = "malgeum/browser/"
RULE = "malgeum/rule/"
"""Firings of a cleaning rule, by its name."""
REJECTED = "malgeum/rejected/"
"""Requests that were not made, and redirects that were not followed, by reason."""
DEFERRED = "malgeum/deferred/"
"""Requests that were left for a later run, by reason."""
NO_PAGE = "malgeum/no_page/"
"""Captures without an article in a replay, by reason."""

SCRAPED = "item_scraped_count"
SPIDER_EXCEPTIONS = "spider_exceptions/count"
FINISH_REASON = "finish_reason"


def inc(crawler: Crawler, stat: str, number: int = 1) -> None:
    """Add to a stat of a crawl."""
    assert crawler.stats is not None
    crawler.stats.inc_value(stat, number)
