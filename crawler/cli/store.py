"""The store as commands open it: ready for what they do, or their end with one sentence."""

from __future__ import annotations

import sys

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import fail, suggest
from crawler.outcomes.exit_codes import PARTIAL, STORE_ERROR
from crawler.store import Store, StoreError, open_store
from crawler.store.articles.store import open_existing
from crawler.store.changes.feed import has_changes_of
from crawler.store.clusters.queries import without_cluster
from crawler.store.search.index import has_index, prepare


def checked_store(settings: BaseSettings) -> Store:
    """The open store, or the end of the command with a clear sentence (exit code 6)."""
    try:
        return open_store(settings["DATABASE_URL"])
    except StoreError as error:
        fail(str(error), STORE_ERROR)


def existing_store(settings: BaseSettings) -> Store:
    """The same for commands that make no new one."""
    try:
        return open_existing(settings["DATABASE_URL"])
    except StoreError as error:
        fail(str(error), STORE_ERROR)


def check_outlet(settings: BaseSettings, store: Store, name: str) -> None:
    """End the command at the name of an outlet that neither the project nor the store knows.
    StoreError where the store fails."""
    known = get_spider_loader(settings).list()
    if name not in known and not has_changes_of(store, name):
        fail(f"there is no outlet {name!r}; {suggest(name, known)}")


def make_searchable(store: Store) -> None:
    """Make the index of a search where there is none yet, and say on stderr how far it is; the end
    of the command where that is interrupted. StoreError where the store fails."""
    try:
        prepare(store, _Making())
    except KeyboardInterrupt:
        fail("the index for search is begun; the next search goes on with it", PARTIAL)
    if not has_index(store):
        print("scrapy: the database's locale is C, which takes no Korean for letters: every article"
              " is read; see docs/search.md", file=sys.stderr)  # fmt: skip


class _Making:
    """At a terminal a line that counts, else one as it begins."""

    said = False

    def __call__(self, done: int, of: int) -> None:
        line = f"The index for search is made, once: {done:,} of {of:,} articles"
        if sys.stderr.isatty():
            print(f"\r{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif of and not self.said:
            print(line, file=sys.stderr, flush=True)
        self.said = True


def warn_of_unclustered(store: Store) -> None:
    """Say on stderr where articles have no cluster yet. StoreError where the store fails."""
    if without := without_cluster(store):
        print(f"scrapy: {without} articles have no cluster_id yet; see scrapy recluster",
              file=sys.stderr)  # fmt: skip
