"""Opens the store for a command; a store that cannot be used ends the command with exit code 6."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.archive.config import ArchiveConfig
from crawler.cli.arguments import fail, fail_unknown_outlet, warn
from crawler.outcomes.exit_codes import PARTIAL, STORE_ERROR
from crawler.store import Store, StoreError, open_store
from crawler.store.articles.store import open_existing
from crawler.store.changes.feed import has_changes_of
from crawler.store.clusters.queries import count_unclustered
from crawler.store.search.index import build_index, has_index


@contextmanager
def exit_on_store_error() -> Iterator[None]:
    """Turn a StoreError of the body into the end of the command, with the error's own sentence."""
    try:
        yield
    except StoreError as error:
        fail(str(error), STORE_ERROR)


def checked_store(settings: BaseSettings) -> Store:
    """Return the open store, created if there is none; exit if it cannot be opened."""
    with exit_on_store_error():
        return open_store(settings["DATABASE_URL"])


@contextmanager
def store_for(settings: BaseSettings, *, must_exist: bool = False) -> Iterator[Store]:
    """Open the store for the body, in which a StoreError ends the command.

    With ``must_exist`` a missing store ends the command, too; else it is created.
    """
    with exit_on_store_error():
        opener = open_existing if must_exist else open_store
        with opener(settings["DATABASE_URL"]) as store:
            yield store


def archive_config(settings: BaseSettings) -> ArchiveConfig | None:
    """Return the settings of the archive, None if ARCHIVE is empty; exit if one is invalid."""
    try:
        with exit_on_store_error():
            return ArchiveConfig.of(settings)
    except ValueError as error:
        fail(str(error))


def existing_archive_config(settings: BaseSettings) -> ArchiveConfig:
    """Return the settings of the archive, or exit if none is kept."""
    return archive_config(settings) or fail("ARCHIVE is empty: this store keeps no archive")


def check_outlet(settings: BaseSettings, store: Store, name: str) -> None:
    """Exit if neither the project nor the store knows the outlet. Raises StoreError."""
    known = get_spider_loader(settings).list()
    if name not in known and not has_changes_of(store, name):
        fail_unknown_outlet(name, known)


def make_searchable(store: Store) -> None:
    """Build the search index if it is missing, with its progress on stderr. Raises StoreError.

    Ctrl-C ends the command; the next call continues.
    """
    try:
        build_index(store, _IndexProgress())
    except KeyboardInterrupt:
        fail("the search index is not complete; the next search continues it", PARTIAL)
    if not has_index(store):
        warn("the database has the locale C, in which Korean letters are not indexed: a search "
             "reads every article; see docs/search.md")  # fmt: skip


class _IndexProgress:
    """Counting line on a terminal; elsewhere one line at the beginning."""

    is_announced = False

    def __call__(self, done: int, of: int) -> None:
        line = f"Building the search index (once): {done:,} of {of:,} articles"
        if sys.stderr.isatty():
            print(f"\r{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif of and not self.is_announced:
            print(line, file=sys.stderr, flush=True)
        self.is_announced = True


def warn_of_unclustered(store: Store) -> None:
    """Print how many articles have no cluster yet, if there are any. Raises StoreError."""
    if count := count_unclustered(store):
        warn(f"{count} articles have no cluster_id yet; run scrapy recluster")
