"""Legal takedown: deletes all text of an article and leaves a tombstone.

It holds against crawls that run meanwhile, saved pages, other URLs of the same text, and in the
bytes of the database file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from crawler.store.changes import log as changes
from crawler.store.clusters import assign as clusters
from crawler.store.db.database import Database, batches
from crawler.store.db.errors import wrap_errors
from crawler.store.db.postgresql import LOCK_NOT_AVAILABLE
from crawler.store.db.schema import (
    absence,
    address,
    article,
    article_version,
    cluster,
    forgotten,
    forgotten_text,
    page,
    revision,
)
from crawler.store.db.serialize import storable
from crawler.store.db.sqlite import in_memory
from crawler.store.search import index as fulltext

WIPE_SECONDS = 30
"""Seconds to wait for exclusive use of the file, which is rewritten."""


class Tombstone(NamedTuple):
    """A URL that is never stored again."""

    canonical_url: str
    outlet: str
    forgotten_at: str
    reason: str | None


class Takedown(NamedTuple):
    """One article to forget: the URLs it may be stored under, and its outlet if none of them is."""

    addresses: Sequence[str]
    outlet: str


@dataclass(slots=True)
class Erasure:
    """Result of one takedown."""

    addresses: list[str]
    """All URLs that have a tombstone now."""
    versions: int = 0
    """Versions that were deleted; 0 if nothing was stored."""
    copies: list[str] = field(default_factory=list)
    """Canonical URLs of other articles with one of the texts; they stay."""
    forgotten_at: str | None = None
    """Time of an earlier takedown, if there was one."""


def forget(
    store: Database,
    takedowns: Iterable[Takedown],
    *,
    at: str,
    reason: str | None = None,
    dry_run: bool = False,
) -> list[Erasure]:
    """Delete the articles and set tombstones, all in one transaction; ``dry_run`` rolls it back.

    :func:`wipe` must follow, which overwrites the bytes left on disk. Raises
    :class:`crawler.store.StoreError`.
    """
    with wrap_errors(store.engine.url), store.writer.connect() as connection:
        transaction = connection.begin()
        done = [_forget(connection, takedown, at, reason) for takedown in takedowns]
        if dry_run:
            transaction.rollback()
        else:
            transaction.commit()
    return done


def wipe(store: Database) -> bool:
    """Overwrite the bytes of deleted rows on disk; return False if it must be tried again.

    False means that other processes use the database. PostgreSQL's log (WAL) keeps the rows until
    it is reused. ``secure_delete`` (``crawler/store/db/sqlite.py``) overwrites rows, but not the
    copies left in a page whose rows have moved to another page; only a rewritten file has none.
    """
    if store.engine.dialect.name == "postgresql":
        return _wipe_postgresql(store)
    if in_memory(store.engine.url):
        return True
    with wrap_errors(store.engine.url):
        connection = store.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {int(WIPE_SECONDS * 1000)}")
            if cursor.execute(fulltext.IS_INDEXED).fetchone():
                cursor.execute(fulltext.REWRITE_INDEX)
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = cursor.fetchone() or (0,)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        finally:
            connection.invalidate()  # its timeout differs from that of other connections
            connection.close()
    return not is_busy


def _wipe_postgresql(store: Database) -> bool:
    """Rewrite the tables with text, without the rows that were deleted from them."""
    alone = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with wrap_errors(store.engine.url), alone.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{int(WIPE_SECONDS * 1000)}ms'")
        try:
            for table in _TABLES_WITH_TEXT:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            return False
        finally:
            connection.invalidate()  # its timeout differs from that of other connections
    return True


_TABLES_WITH_TEXT = (article, revision, page)


def forgotten_among(store: Database, canonical_urls: Iterable[str]) -> set[str]:
    """Return the URLs that have a tombstone."""
    urls = {storable(url): url for url in canonical_urls}
    buried: set[str] = set()
    with store.reading() as connection:
        for batch in batches(urls):
            is_in_batch = forgotten.c.canonical_url.in_(batch)
            buried.update(connection.scalars(select(forgotten.c.canonical_url).where(is_in_batch)))
    return {urls[url] for url in buried}


def forgotten_of(store: Database, outlet: str) -> set[str]:
    """Return all URLs of an outlet that have a tombstone."""
    query = select(forgotten.c.canonical_url).where(forgotten.c.outlet == storable(outlet))
    with store.reading() as connection:
        return set(connection.scalars(query))


def _forget(connection: Connection, takedown: Takedown, at: str, reason: str | None) -> Erasure:
    urls = [storable(url) for url in takedown.addresses]
    buried = select(forgotten.c.forgotten_at).where(forgotten.c.canonical_url.in_(urls))
    taken = Erasure([], forgotten_at=connection.scalar(buried.order_by(forgotten.c.forgotten_at)))
    outlet = storable(takedown.outlet)
    stored = select(address.c.article).where(address.c.canonical_url.in_(urls)).distinct()
    for id in connection.scalars(stored).all():
        versions = connection.execute(_VERSIONS.where(article_version.c.article == id)).all()
        outlet = versions[0].outlet
        mine = select(address.c.canonical_url).where(address.c.article == id)
        urls += connection.scalars(mine.order_by(address.c.kind.desc())).all()
        taken.versions += len(versions)
        taken.copies += _repoint_copies(connection, id, versions, at)
        _insert_text_tombstones(connection, versions)
        delete_article(connection, id, at)
        changes.record_forgotten(connection, id, versions[0].canonical_url, outlet, at)
    taken.addresses = list(dict.fromkeys(urls))
    connection.execute(delete(page).where(page.c.canonical_url.in_(taken.addresses)))
    for url in taken.addresses:
        _insert_tombstone(
            connection, Tombstone(url, outlet, at, storable(reason) if reason else None)
        )
    return taken


_VERSIONS = select(
    article_version.c.article,
    article_version.c.revision,
    article_version.c.is_current,
    article_version.c.canonical_url,
    article_version.c.outlet,
    article_version.c.content_hash,
    article_version.c.duplicate_of,
)

VersionRow = Row[*tuple[Any, ...]]


def _repoint_copies(
    connection: Connection, id: int, versions: Sequence[VersionRow], at: str
) -> list[str]:
    """Let copies refer to the earliest of them instead; return all articles with a text."""
    left: dict[str, None] = {}
    urls = {version.canonical_url for version in versions}
    for text in {version.content_hash for version in versions if version.content_hash}:
        with_text = _VERSIONS.where(
            article_version.c.content_hash == text, article_version.c.article != id
        )
        copies = connection.execute(
            with_text.order_by(article_version.c.article, article_version.c.revision)
        ).all()
        for copy in copies:
            left[copy.canonical_url] = None
            if copy.duplicate_of in urls:
                first = copies[0]
                is_its_own = first.outlet == copy.outlet
                _set_duplicate_of(connection, copy, None if is_its_own else first.canonical_url)
                if copy.is_current:
                    changes.record_change(connection, copy.article, "clustered", at)
    return list(left)


def _set_duplicate_of(connection: Connection, copy: VersionRow, first: str | None) -> None:
    table, id = (article, article.c.id) if copy.is_current else (revision, revision.c.article)
    mine = (id == copy.article, table.c.revision == copy.revision)
    connection.execute(update(table).where(*mine).values(duplicate_of=first))


def _insert_text_tombstones(connection: Connection, versions: Sequence[VersionRow]) -> None:
    hashes = {(version.outlet, version.content_hash) for version in versions}
    for outlet, text in sorted(pair for pair in hashes if pair[1]):
        is_text = (forgotten_text.c.outlet == outlet, forgotten_text.c.content_hash == text)
        if connection.execute(select(forgotten_text).where(*is_text)).first() is None:
            connection.execute(insert(forgotten_text).values(outlet=outlet, content_hash=text))


def _insert_tombstone(connection: Connection, tombstone: Tombstone) -> None:
    """Insert a tombstone; an existing one keeps its time, and its reason if there is no new one."""
    here = forgotten.c.canonical_url == tombstone.canonical_url
    if connection.execute(select(forgotten.c.forgotten_at).where(here)).first() is None:
        connection.execute(insert(forgotten).values(tombstone._asdict()))
    elif tombstone.reason:
        connection.execute(update(forgotten).where(here).values(reason=tombstone.reason))


def delete_article(connection: Connection, id: int, at: str) -> None:
    """Delete every row of the article, and regroup the articles that it was similar to."""
    home = connection.scalar(select(article.c.cluster_id).where(article.c.id == id))
    touched = clusters.remove(connection, id)
    for column in (revision.c.article, absence.c.article, address.c.article, article.c.id):
        connection.execute(delete(column.table).where(column == id))
    connection.execute(update(cluster).where(cluster.c.first == id).values(first=None))
    if home is not None:
        left = select(article.c.id).where(article.c.cluster_id == home)
        clusters.regroup(connection, {*touched, *connection.scalars(left)}, at)
