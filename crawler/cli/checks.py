"""What every command that runs the stages does before it: check all, say what is wrong."""

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
from crawler.crawl.frontier import schedule as visits
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
"""User agents for which Gnuboard serves its mobile skin (its own ``config.php``)."""


def check_crawl(settings: BaseSettings) -> None:
    """End the command where a crawl cannot be as its settings have it; else begin its log."""
    try:
        visits.read_ages(settings["REVISIT_AGES"])
    except ValueError as error:
        fail(str(error))
    check_manners(settings)
    check_monitors(settings)
    check_notices(settings)
    check_archive(settings)
    introduce(settings)
    check_feeds(settings)
    check_log(settings)


def check_arguments(outlet: type[OutletSpider], given: Mapping[str, str]) -> None:
    """End the command at an argument that the outlet does not take."""
    try:
        read_arguments(given, outlet.sections, datetime.now(UTC))
    except ValueError as error:
        fail(str(error))


def introduce(settings: BaseSettings) -> None:
    """The user agent with the contact that ``-s CONTACT=…`` gives, if it is not one's own."""
    if settings["USER_AGENT"] == user_agent(ours.CONTACT):
        settings.set("USER_AGENT", user_agent(settings["CONTACT"]), priority="cmdline")
    if MOBILE.search(settings["USER_AGENT"]):
        fail("the user agent reads like a phone's, for which outlets serve another page")


def warn(settings: BaseSettings, store: Store) -> None:
    """Log what is no error and may be a mistake."""
    if not settings["CONTACT"]:
        logger.warning(
            "No contact is given: set CONTACT, so that outlets can reach you, and not %s.",
            CONTACT_PAGE,
        )
    if store.is_new:  # or the disk that the old one lies on is not there
        logger.warning("A new store is made: %s", redacted(store.engine.url))


def check_manners(settings: BaseSettings) -> None:
    """End the command where a setting of a crawl's manners is none, before anything is fetched."""
    try:
        check_limits(settings)
        check_contact(settings["CONTACT"])
    except ValueError as error:
        fail(str(error))


def check_monitors(settings: BaseSettings) -> None:
    """End the command where a threshold is none, before anything is fetched."""
    try:
        Thresholds.of(settings)
    except ValueError as error:
        fail(str(error))


def check_notices(settings: BaseSettings) -> None:
    """End the command where a setting of notices is none, before anything is fetched."""
    try:
        Notifier.of(settings)
    except ValueError as error:
        fail(str(error))


def check_browser(settings: BaseSettings, outlet: type[OutletSpider]) -> None:
    """End the command where an outlet's pages need a browser and there is none, or a wrong one."""
    if not rendered(outlet) and not settings["BROWSER"]:
        return
    try:
        find_browser(settings["BROWSER"])
    except ValueError as error:
        fail(f"{outlet.name} needs a browser, and {error}" if rendered(outlet) else str(error))


def check_archive(settings: BaseSettings) -> None:
    """End the command where the archive's settings are none, or nothing can be written there."""
    try:
        asked = ArchiveConfig.of(settings)
        if (
            asked and settings["ARCHIVE"]
        ):  # beside the store, it is the store's to say what is wrong
            check_folder(asked.folder)
    except ValueError as error:
        fail(str(error))
    except StoreError as error:
        fail(str(error), STORE_ERROR)


def check_feeds(settings: BaseSettings) -> None:
    """End the command where a feed's file cannot be written, before anything is fetched."""
    for address, options in settings.getdict("FEEDS").items():
        split = urlsplit(str(address))
        if split.scheme not in {"", "file"} or str(address) == "-":
            continue
        if options.get("format") == "parquet" and not options.get("overwrite"):
            fail(f"nothing can be appended to a Parquet file: -O {address}, and not -o")
        path = Path(url2pathname(split.path) if split.scheme else str(address))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if "%(" not in path.name:  # Scrapy's placeholders: the name is not known yet
                path.open("ab").close()
        except OSError as error:
            fail(f"the output file {path} cannot be written: {error.strerror}")


def check_log(settings: BaseSettings) -> None:
    """Begin the log, in the file that is asked for, or end the command where it cannot be."""
    try:
        configure_log(settings)
    except OSError as error:
        fail(f"the log file {settings['LOG_FILE']} cannot be written: {error.strerror}")
