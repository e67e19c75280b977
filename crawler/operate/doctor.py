"""Checks of ``scrapy doctor``, without any request to an outlet.

Each check takes the settings and returns a short text. It raises ValueError or StoreError with one
sentence if something that a crawl needs is missing or wrong.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.archive.config import MB, ArchiveConfig, check_folder, free_on
from crawler.archive.stats import size_of
from crawler.crawl.politeness.contact import check_contact
from crawler.crawl.rendering.executable import INSTALL_HINT, find_browser, look_at
from crawler.crawl.spider import OutletSpider, rendered
from crawler.operate.notifications.notifier import Notifier
from crawler.runtime.limits import check_limits
from crawler.runtime.locations import CHECKOUT
from crawler.store import open_store
from crawler.store.db.errors import redacted
from crawler.store.db.schema import SCHEMA
from crawler.store.frontier.outlet_lock import Lease


def python(settings: BaseSettings) -> str:
    """Return the version of Python and the system."""
    return f"{platform.python_version()} on {platform.system()}"


def packages(settings: BaseSettings) -> str:
    """Compare the declared dependencies with what is installed."""
    requirements = [Requirement(line) for line in declared()]
    remedy = "run python3 -m crawler" if CHECKOUT else "install malgeum again"
    for required in requirements:
        try:
            installed = version(required.name)
        except PackageNotFoundError:
            raise ValueError(f"{required} is not installed: {remedy}") from None
        if installed not in required.specifier:
            raise ValueError(f"{required} is required, {installed} is installed: {remedy}")
    source = "pyproject.toml" if CHECKOUT else "malgeum"
    return f"all {len(requirements)} of {source} are installed"


def declared() -> list[str]:
    """Return the requirements without extras, from pyproject.toml or an installed wheel."""
    if CHECKOUT:
        text = (CHECKOUT / "pyproject.toml").read_text("utf-8")
        dependencies: list[str] = tomllib.loads(text)["project"]["dependencies"]
        return dependencies
    return [line for line in requires("malgeum") or [] if "extra ==" not in line]


def store(settings: BaseSettings) -> str:
    """Open the store as a crawl does, and write to it: acquire and release an unused lock."""
    with open_store(settings["DATABASE_URL"]) as opened:
        lease = Lease(opened, "")
        lease.acquire()
        lease.release()
        return f"{redacted(opened.engine.url)} opens with schema {SCHEMA} and is writable"


def archive(settings: BaseSettings) -> str:
    """Check the archive folder and the free space on its disk."""
    config = ArchiveConfig.of(settings)
    if config is None:
        return "off: ARCHIVE is empty"
    check_folder(config.folder)
    try:
        size, free = size_of(config.folder), free_on(config.folder)
    except OSError as error:
        raise ValueError(f"the archive {config.folder} cannot be read: {error.strerror}") from None
    if free < config.free:
        raise ValueError(
            f"nothing more is archived in {config.folder}: {free // MB} MB are free on its disk,"
            f" ARCHIVE_FREE_MB requires {config.free // MB}"
        )
    days = f"for {config.days} days" if config.days else "forever"
    return f"{config.folder} holds {size // MB} MB, kept {days}; {free // MB} MB are free"


def limits(settings: BaseSettings) -> str:
    """Check the numeric settings."""
    check_limits(settings)
    return "all numeric settings are valid"


def contact(settings: BaseSettings) -> str:
    """Check CONTACT."""
    check_contact(settings["CONTACT"])
    return settings["CONTACT"] or "not set: set CONTACT so that outlets can reach you"


def notifications(settings: BaseSettings) -> str:
    """Check the notification channels, without sending anything."""
    channels = [channel.name for channel in Notifier.of(settings).channels]
    if not channels:
        return "off: no channel is set"
    return f"sent by {', '.join(channels)}; doctor --notify sends a test"


def browser(settings: BaseSettings) -> str:
    """Check the browser; one is required only if an outlet needs it or BROWSER is set."""
    loader = get_spider_loader(settings)
    outlets = [loader.load(name) for name in loader.list()]
    needs = [
        outlet.name for outlet in outlets if issubclass(outlet, OutletSpider) and rendered(outlet)
    ]
    needed_by = f"needed for {', '.join(needs)}" if needs else "no outlet needs one"
    try:
        path = find_browser(settings["BROWSER"])
        return f"{look_at(path)} at {path} starts; {needed_by}"
    except ValueError as error:
        if needs or settings["BROWSER"]:
            raise
        return f"{needed_by}; {error}" if INSTALL_HINT in str(error) else f"{error}; {needed_by}"


CHECKS: dict[str, Callable[[BaseSettings], str]] = {
    "python": python,
    "packages": packages,
    "store": store,
    "archive": archive,
    "settings": limits,
    "contact": contact,
    "browser": browser,
    "notifications": notifications,
}
