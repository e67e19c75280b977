"""Scrapy settings: only what differs from Scrapy's defaults, and the few of our own.

Rooms are named by dotted path; none is imported. Order of precedence for our own
settings: ``-s NAME=…``, then ``MALGEUM_NAME`` in the environment, then this file.
"""

import os
from pathlib import Path

from crawler import user_agent

ROOT = Path(__file__).resolve().parent.parent

# -- our own ------------------------------------------------------------------
DATABASE_URL = os.environ.get("MALGEUM_DATABASE_URL") or f"sqlite:///{ROOT}/output/malgeum.db"
CONTACT = os.environ.get("MALGEUM_CONTACT", "")
"""An address where an outlet can reach whoever runs this crawl; part of the user agent."""

REVISIT_AGES = os.environ.get("MALGEUM_REVISIT_AGES") or "3h, 1d, 7d"
"""How old a stored article is each time that its page is looked at again."""
REVISITS_PER_RUN = os.environ.get("MALGEUM_REVISITS_PER_RUN") or 50
"""Pages looked at again in one crawl at the most, those first that have been due longest."""

# -- Scrapy's -------------------------------------------------------------------
BOT_NAME = "malgeum"
SPIDER_MODULES = ["spiders"]
COMMANDS_MODULE = "crawler.commands"

USER_AGENT = user_agent(CONTACT)
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
COOKIES_ENABLED = False  # a Set-Cookie makes Scrapy fetch the public suffix list
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

CONCURRENT_ITEMS = 4  # Scrapy starts one task per unit for every response
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.log.LogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"  # a drop is the rule here, and counted by its reason

DOWNLOADER_MIDDLEWARES = {"crawler.charset.CharsetMiddleware": 585}
SPIDER_MIDDLEWARES = {
    "crawler.frontier.FrontierMiddleware": 950,
    # It warns of meta that is passed on; a page asked for once more is passed on whole.
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {
    "pipelines.gone.Gone": 50,
    "pipelines.clean.Clean": 100,
    "pipelines.dates.Dates": 200,
    "pipelines.validate.Validate": 300,
    "pipelines.dedupe.Dedupe": 400,
    "pipelines.store.Store": 500,
}

FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {"csv": "crawler.feeds.SafeCsvItemExporter"}
FEED_EXPORT_FIELDS = [
    "url",
    "canonical_url",
    "outlet",
    "article_id",
    "headline",
    "headline_raw",
    "alternative_headline",
    "body",
    "date_published",
    "date_modified",
    "date_published_raw",
    "date_source",
    "date_precision",
    "authors",
    "author_details",
    "byline_raw",
    "images",
    "keywords",
    "article_section",
    "in_language",
    "translation",
    "rights",
    "source_organization",
    "mentioned_dates",
    "content_hash",
    "duplicate_of",
    "cluster_id",
    "edit_kind",
    "revision",
    "fetched_at",
    "extractor_version",
]
