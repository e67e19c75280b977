"""What a crawl stands on, looked at without asking anybody: a table of checks.

Each takes the settings and says in a few words what it found; ValueError, or StoreError, with one
sentence where something that is needed is not well.
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
from crawler.crawl.rendering.executable import HOW_TO_GET_ONE, find_browser, look_at
from crawler.crawl.spider import OutletSpider, rendered
from crawler.operate.notifications.notifier import Notifier
from crawler.runtime.limits import check_limits
from crawler.runtime.locations import CHECKOUT
from crawler.store import open_store
from crawler.store.db.errors import redacted
from crawler.store.db.schema import SCHEMA
from crawler.store.frontier.outlet_lock import Lease


def python(settings: BaseSettings) -> str:
    return f"{platform.python_version()} on {platform.system()}"


def packages(settings: BaseSettings) -> str:
    """Compare the declared dependencies with what is installed."""
    asked = [Requirement(line) for line in declared()]
    for wanted in asked:
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            found = "missing"
        if found == "missing" or found not in wanted.specifier:
            remedy = "run python3 -m crawler" if CHECKOUT else "install malgeum again"
            raise ValueError(f"{wanted} is asked for, {found} is here: {remedy}")
    place = "pyproject.toml" if CHECKOUT else "malgeum"
    return f"all {len(asked)} of {place} are here"


def declared() -> list[str]:
    """Return the requirements without extras, from pyproject.toml or an installed wheel."""
    if CHECKOUT:
        text = (CHECKOUT / "pyproject.toml").read_text("utf-8")
        dependencies: list[str] = tomllib.loads(text)["project"]["dependencies"]
        return dependencies
    return [line for line in requires("malgeum") or [] if "extra ==" not in line]


def store(settings: BaseSettings) -> str:
    """Opened as a crawl opens it, and written to: nobody's lease, taken and given back."""
    with open_store(settings["DATABASE_URL"]) as opened:
        lease = Lease(opened, "")
        lease.take()
        lease.leave()
        return f"{redacted(opened.engine.url)} opens with schema {SCHEMA}, and can be written to"


def archive(settings: BaseSettings) -> str:
    """Where pages are kept, and how much room is left for them."""
    asked = ArchiveConfig.of(settings)
    if asked is None:
        return "none is kept: ARCHIVE is empty"
    check_folder(asked.folder)
    try:
        size, free = size_of(asked.folder), free_on(asked.folder)
    except OSError as error:
        raise ValueError(f"the archive {asked.folder} cannot be read: {error.strerror}") from None
    if free < asked.free:
        raise ValueError(
            f"the archive {asked.folder} gets nothing more: {free // MB} MB are free on its disk,"
            f" ARCHIVE_FREE_MB asks for {asked.free // MB}"
        )
    days = f"for {asked.days} days" if asked.days else "for ever"
    return f"{asked.folder} holds {size // MB} MB, kept {days}; {free // MB} MB are free"


def bounds(settings: BaseSettings) -> str:
    check_limits(settings)
    return "all are numbers that mean something"


def contact(settings: BaseSettings) -> str:
    check_contact(settings["CONTACT"])
    return settings["CONTACT"] or "none yet: set CONTACT, so that outlets can reach you"


def notices(settings: BaseSettings) -> str:
    channels = [channel.name for channel in Notifier.of(settings).channels]
    if not channels:
        return "none go out: no channel is set"
    return f"go out by {', '.join(channels)}; doctor --notify tries it"


def browser(settings: BaseSettings) -> str:
    """Needed only where an outlet says so, or where one is named."""
    loader = get_spider_loader(settings)
    outlets = [loader.load(name) for name in loader.list()]
    needs = [one.name for one in outlets if issubclass(one, OutletSpider) and rendered(one)]
    for_whom = f"needed for {', '.join(needs)}" if needs else "no outlet needs one"
    try:
        path = find_browser(settings["BROWSER"])
        return f"{look_at(path)} at {path} starts; {for_whom}"
    except ValueError as error:
        if needs or settings["BROWSER"]:
            raise
        return f"{for_whom}; {error}" if HOW_TO_GET_ONE in str(error) else f"{error}; {for_whom}"


CHECKS: dict[str, Callable[[BaseSettings], str]] = {
    "python": python,
    "packages": packages,
    "store": store,
    "archive": archive,
    "settings": bounds,
    "contact": contact,
    "browser": browser,
    "notices": notices,
}
