"""Checks that a command makes before a crawl or a replay: a bad setting ends the command."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy.settings import BaseSettings

import crawler.settings as ours
from crawler import CONTACT_PAGE, user_agent
from crawler.archive.config import ArchiveConfig, check_folder
from crawler.cli.arguments import fail
from crawler.crawl.arguments import read_arguments
from crawler.crawl.frontier.schedule import read_ages
from crawler.crawl.politeness.contact import check_contact
from crawler.crawl.rendering.executable import find_browser
from crawler.crawl.spider import OutletSpider, rendered
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.notifications.notifier import Notifier
from crawler.outcomes.exit_codes import STORE_ERROR
from crawler.runtime.limits import check_limits
from crawler.runtime.log import configure_log
from crawler.store import Store, StoreError
from crawler.store.db.errors import redacted

logger = logging.getLogger(__name__)

MOBILE = re.compile(
    r"phone|samsung.*mobile|lgtel|mobile|[^A]skt|nokia|blackberry|BB10|android|sony", re.IGNORECASE
)
"""User agents for which Gnuboard serves its mobile skin (from its own ``config.php``)."""


def check_crawl(settings: BaseSettings) -> None:
    """Check every setting of a crawl, then open its log; exit at the first bad one."""
    try:
        read_ages(settings["REVISIT_AGES"])
    except ValueError as error:
        fail(str(error))
    check_politeness(settings)
    check_monitors(settings)
    check_notifications(settings)
    check_archive(settings)
    set_user_agent(settings)
    check_feeds(settings)
    check_log(settings)


def check_arguments(outlet: type[OutletSpider], given: Mapping[str, str]) -> None:
    """Exit if the outlet does not take one of the spider arguments."""
    try:
        read_arguments(given, outlet.sections, datetime.now(UTC))
    except ValueError as error:
        fail(str(error))


def set_user_agent(settings: BaseSettings) -> None:
    """Put CONTACT into the user agent unless the operator set one; exit if it looks mobile."""
    if settings["USER_AGENT"] == user_agent(ours.CONTACT):
        settings.set("USER_AGENT", user_agent(settings["CONTACT"]), priority="cmdline")
    if MOBILE.search(settings["USER_AGENT"]):
        fail("USER_AGENT looks like a mobile browser; outlets would serve their mobile page")


def log_warnings(settings: BaseSettings, store: Store) -> None:
    """Log a warning if CONTACT is empty, and if the store is a new one."""
    if not settings["CONTACT"]:
        logger.warning(
            "CONTACT is empty: set it to your own address; outlets are sent to %s until then.",
            CONTACT_PAGE,
        )
    if store.is_new:  # perhaps the disk of the old store is not mounted
        logger.warning("Created a new store: %s", redacted(store.engine.url))


def check_politeness(settings: BaseSettings) -> None:
    """Exit if a politeness setting is invalid."""
    try:
        check_limits(settings)
        check_contact(settings["CONTACT"])
    except ValueError as error:
        fail(str(error))


def check_monitors(settings: BaseSettings) -> None:
    """Exit if a threshold of the monitors is invalid."""
    try:
        Thresholds.of(settings)
    except ValueError as error:
        fail(str(error))


def check_notifications(settings: BaseSettings) -> None:
    """Exit if a setting of notifications is invalid."""
    try:
        Notifier.of(settings)
    except ValueError as error:
        fail(str(error))


def check_browser(settings: BaseSettings, outlet: type[OutletSpider]) -> None:
    """Exit if the outlet needs a browser and none is installed, or if BROWSER is invalid."""
    if not rendered(outlet) and not settings["BROWSER"]:
        return
    try:
        find_browser(settings["BROWSER"])
    except ValueError as error:
        fail(f"{outlet.name} needs a browser, and {error}" if rendered(outlet) else str(error))


def check_archive(settings: BaseSettings) -> None:
    """Exit if an archive setting is invalid or the folder is not writable."""
    try:
        config = ArchiveConfig.of(settings)
        if config and settings["ARCHIVE"]:  # the default folder is checked with the store
            check_folder(config.folder)
    except ValueError as error:
        fail(str(error))
    except StoreError as error:
        fail(str(error), STORE_ERROR)


def check_feeds(settings: BaseSettings) -> None:
    """Exit if the file of a feed cannot be written."""
    for address, options in settings.getdict("FEEDS").items():
        split = urlsplit(str(address))
        if split.scheme not in {"", "file"} or str(address) == "-":
            continue
        if options.get("format") == "parquet" and not options.get("overwrite"):
            fail(f"-o cannot append to a Parquet file; use -O {address}")
        path = Path(url2pathname(split.path) if split.scheme else str(address))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if "%(" not in path.name:  # Scrapy fills its placeholders later
                path.open("ab").close()
        except OSError as error:
            fail(f"the output file {path} cannot be written: {error.strerror}")


def check_log(settings: BaseSettings) -> None:
    """Open the log in LOG_FILE or on stderr; exit if the file cannot be written."""
    try:
        configure_log(settings)
    except OSError as error:
        fail(f"the log file {settings['LOG_FILE']} cannot be written: {error.strerror}")
