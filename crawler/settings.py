"""Scrapy settings: those that differ from Scrapy's defaults, and Malgeum's own.

Components are named by dotted path and not imported. Order of precedence of Malgeum's own
settings: ``-s NAME=…``, then ``MALGEUM_NAME`` in the environment, then this file.
"""

import os

from crawler import user_agent
from crawler.article import FEED_FIELDS
from crawler.runtime.locations import OUTPUT

# -- our own ------------------------------------------------------------------
DATABASE_URL = os.environ.get("MALGEUM_DATABASE_URL") or f"sqlite:///{OUTPUT}/malgeum.db"
CONTACT = os.environ.get("MALGEUM_CONTACT", "")
"""An address at which an outlet can reach the operator of the crawl; part of the user agent."""
STREAM_URL = os.environ.get("MALGEUM_STREAM_URL", "")
"""A Redis to which ``scrapy stream`` sends every change of the store."""
STREAM_MAXLEN = os.environ.get("MALGEUM_STREAM_MAXLEN") or 100_000
"""Minimum number of entries that the stream keeps; 0 for all."""
REQUEST_BUDGET = os.environ.get("MALGEUM_REQUEST_BUDGET") or 5000
"""Maximum requests per run and outlet; 0 for no limit."""
RETRY_AFTER_MAX = os.environ.get("MALGEUM_RETRY_AFTER_MAX") or 300
"""Maximum seconds per run spent waiting for a busy host, all its Retry-After headers together."""

REVISIT_AGES = os.environ.get("MALGEUM_REVISIT_AGES") or "3h, 1d, 7d"
"""Ages at which the page of a stored article is revisited."""
REVISITS_PER_RUN = os.environ.get("MALGEUM_REVISITS_PER_RUN") or 50
"""Maximum revisits per crawl; pages due longest come first."""

ARCHIVE = os.environ.get("MALGEUM_ARCHIVE")
"""Folder of the archive; by default beside the store, and no archive if empty."""
ARCHIVE_KEEP = os.environ.get("MALGEUM_ARCHIVE_KEEP") or "all"
"""``all`` responses of the outlet, or only ``articles``."""
ARCHIVE_DAYS = os.environ.get("MALGEUM_ARCHIVE_DAYS") or 0
"""Days for which files are kept; 0 for no limit."""
ARCHIVE_MAX_MB = os.environ.get("MALGEUM_ARCHIVE_MAX_MB") or 256
"""Size of a file after which a new one is started."""
ARCHIVE_FREE_MB = os.environ.get("MALGEUM_ARCHIVE_FREE_MB") or 500
"""Space that must stay free on the archive's disk."""

BROWSER = os.environ.get("MALGEUM_BROWSER", "")
"""Path of a Chromium for outlets whose pages need a browser; by default the first one found."""
BROWSER_PAGES = os.environ.get("MALGEUM_BROWSER_PAGES") or 200
"""Pages after which the browser is restarted, since it leaks memory; 0 for never."""

# Thresholds of findings, described in crawler/operate/monitors/thresholds.py.
MONITOR_CHANCE = os.environ.get("MALGEUM_MONITOR_CHANCE") or 1e-4
MONITOR_DROP = os.environ.get("MALGEUM_MONITOR_DROP") or 0.25
MONITOR_FEWER = os.environ.get("MALGEUM_MONITOR_FEWER") or 0.5
MONITOR_SIZE = os.environ.get("MALGEUM_MONITOR_SIZE") or 1.8
MONITOR_LOST = os.environ.get("MALGEUM_MONITOR_LOST") or 0.25
MONITOR_DAYS = os.environ.get("MALGEUM_MONITOR_DAYS") or 56
MONITOR_QUIET_HOURS = os.environ.get("MALGEUM_MONITOR_QUIET_HOURS") or 6
MONITOR_NEW_NORMAL = os.environ.get("MALGEUM_MONITOR_NEW_NORMAL") or 28

MONITOR_SUITES = [
    "crawler.operate.monitors.suite.Findings",
    "crawler.operate.notifications.spidermon_action.Notifications",
]
"""Spidermon suites that run after the monitors of a crawl; you can add your own."""

NOTIFY_MAIL = os.environ.get("MALGEUM_NOTIFY_MAIL", "")
"""Mail addresses that receive notifications, separated by commas."""
SMTP_URL = os.environ.get("MALGEUM_SMTP_URL", "")
NOTIFY_SLACK = os.environ.get("MALGEUM_NOTIFY_SLACK", "")
NOTIFY_TELEGRAM = os.environ.get("MALGEUM_NOTIFY_TELEGRAM", "")
"""A chat, by its number or ``@name``."""
TELEGRAM_TOKEN = os.environ.get("MALGEUM_TELEGRAM_TOKEN", "")
NOTIFY_WEBHOOK = os.environ.get("MALGEUM_NOTIFY_WEBHOOK", "")
NOTIFY_LANGUAGE = os.environ.get("MALGEUM_NOTIFY_LANGUAGE") or "ko"

RUN_BY = "crawl"
"""The command that runs the crawl, as recorded in the run's row."""

# -- Scrapy's -------------------------------------------------------------------
BOT_NAME = "malgeum"
SPIDER_MODULES = ["spiders"]
COMMANDS_MODULE = "crawler.commands"

USER_AGENT = user_agent(CONTACT)
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Malgeum"  # the full user agent contains words that match other robots
# Without a delay Scrapy sends all requests of a host despite CONCURRENT_REQUESTS_PER_DOMAIN, and
# a waiting request has already passed the middlewares, which can no longer stop it.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0  # begin with DOWNLOAD_DELAY; a slow host makes it longer
DOWNLOAD_TIMEOUT = 30  # for the whole response, however slow
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # also after decompression
METAREFRESH_MAXDELAY = 10  # a page that reloads after a longer delay is a page, not a redirect
COOKIES_ENABLED = False  # a Set-Cookie makes Scrapy fetch the public suffix list
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

CONCURRENT_ITEMS = 4  # Scrapy starts one task per unit for every response
LOG_LEVEL = "INFO"
LOG_FILE = os.environ.get("MALGEUM_LOG_FILE") or ""
LOG_FORMATTER = "crawler.runtime.log.LogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"  # drops are normal here, and counted by reason

EXTENSIONS = {
    "crawler.crawl.politeness.crawl_delay.CrawlDelay": 100,  # after AutoThrottle, 0
    "crawler.operate.run_stats.RunRecorder": 200,
    "crawler.operate.monitors.MonitorExtension": 300,  # reads what RunRecorder has written
}
# Requests go down this list, responses up. Scrapy's between them: DOWNLOADER_MIDDLEWARES_BASE.
DOWNLOADER_MIDDLEWARES = {
    "crawler.crawl.politeness.offsite.OffsiteMiddleware": 40,
    "crawler.crawl.archiving.RenderedArchiveMiddleware": 44,  # after the browser, 45
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.crawl.politeness.robots.RobotsMiddleware": 100,
    "crawler.crawl.politeness.backoff.RetryAfterMiddleware": 560,  # before RetryMiddleware, 550
    "crawler.crawl.politeness.offsite.MetaRefreshOffsiteMiddleware": 582,  # before 580
    "crawler.encoding.CharsetMiddleware": 585,
    "crawler.crawl.politeness.offsite.RedirectOffsiteMiddleware": 650,  # before 600
    "crawler.crawl.politeness.request_budget.RequestBudget": 849,  # before DownloaderStats, 850
    "crawler.crawl.archiving.ArchiveMiddleware": 895,  # before anything is unpacked
}
DOWNLOADER = "crawler.crawl.downloader.Downloader"
SPIDER_MIDDLEWARES = {
    "crawler.crawl.frontier.middleware.FrontierMiddleware": 950,
}
META_COPY_WARN_SKIP_KEYS = ["retry_times"]  # a callback that asks for its page again counts on
ITEM_PIPELINES = {
    "pipelines.gone.Gone": 50,
    "pipelines.clean.Clean": 100,
    "pipelines.dates.Dates": 200,
    "pipelines.validate.Validate": 300,
    "pipelines.dedupe.Dedupe": 400,
    "pipelines.store.SaveArticle": 500,
}

FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {
    "csv": "crawler.export.feeds.csv.SafeCsvItemExporter",
    "parquet": "crawler.export.feeds.parquet.ParquetItemExporter",
    "xml": "crawler.export.feeds.xml.SafeXmlItemExporter",
}
FEED_STORAGES = {
    "": "crawler.export.feeds.storage.FileStorage",
    "file": "crawler.export.feeds.storage.FileStorage",
    "stdout": "crawler.export.feeds.storage.StdoutStorage",
}
FEED_EXPORT_FIELDS = list(FEED_FIELDS)
