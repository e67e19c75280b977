"""Records later visits of an article: a revision, the same text again, or a page that is gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from crawler.store.articles.dedupe import Stored
from crawler.store.changes import log as changes
from crawler.store.db.schema import absence, address, article, article_version, revision

_COLUMNS = [column.name for column in revision.c if column.name != "article"]


def next_number(connection: Connection, id: int) -> int:
    """Return the number of the article's next revision."""
    newest = select(func.max(article_version.c.revision)).where(article_version.c.article == id)
    return 1 + int(connection.scalar(newest) or 0)


def replace(connection: Connection, stored: Stored, row: dict[str, Any]) -> bool:
    """Make ``row`` the current version; return True if the article was gone and is back."""
    supersede(connection, stored.id, row)
    return record_sighting(connection, stored, row["fetched_at"])


def supersede(connection: Connection, id: int, row: dict[str, Any]) -> None:
    """Make ``row`` the current version and move the former to ``revision``, without a visit."""
    columns = (article.c[name] for name in _COLUMNS)
    current = select(article.c.id, *columns).where(article.c.id == id)
    connection.execute(insert(revision).from_select(["article", *_COLUMNS], current))
    connection.execute(update(article).where(article.c.id == id).values(row))


def save_older(connection: Connection, stored: Stored, row: dict[str, Any]) -> None:
    """Store an older version; the current one stays."""
    seen = {"article": stored.id, "last_seen_at": row["fetched_at"]}
    connection.execute(insert(revision).values(row | seen))
    changes.record_older_version(connection, stored.id, row["revision"], row["fetched_at"])


def record_sighting(
    connection: Connection, stored: Stored, at: str, warc_location: str | None = None
) -> bool:
    """Record that the current version was seen at ``at``; return True if it was gone and is back.

    ``warc_location``: of this visit's page, stored if the version has none.
    """
    values: dict[str, Any] = {"last_seen_at": max(at, stored.last_seen_at)}
    if warc_location:
        values["warc_location"] = func.coalesce(article.c.warc_location, warc_location)
    is_back = bool(stored.gone_at and at > stored.gone_at)
    if is_back:
        values["gone_at"] = None
        away = {"article": stored.id, "gone_at": stored.gone_at, "back_at": at}
        connection.execute(insert(absence).values(away))
    connection.execute(update(article).where(article.c.id == stored.id).values(values))
    return is_back


def mark_gone(connection: Connection, canonical_url: str, at: str) -> bool:
    """Record that an article's own page is gone since ``at``; return True if that is new.

    Neither a gone alias nor a visit before the last sighting means that the article is gone.
    """
    of_address = select(address.c.article).where(
        address.c.canonical_url == canonical_url, address.c.kind == literal("article")
    )
    marked = connection.execute(
        update(article)
        .where(
            article.c.id == of_address.scalar_subquery(),
            article.c.gone_at.is_(None),
            article.c.last_seen_at <= at,
        )
        .values(gone_at=at)
        .returning(article.c.id)
    ).all()
    for row in marked:
        changes.record_change(connection, row.id, "gone", at)
    return bool(marked)
