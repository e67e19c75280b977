"""Classifies an article against the store (new, copy, revised …); writes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, union_all

from crawler.article import Article
from crawler.store.articles.same_text import MIN_MERGED_BODY, DedupeResult, same_headline
from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import (
    address,
    article,
    article_version,
    forgotten,
    forgotten_text,
    revision,
)
from crawler.store.db.serialize import row_of, storable

Stored = Row[*tuple[Any, ...]]
"""The article that has a URL: the fields that its current version is compared by, and the kind of
the URL."""

Version = Row[*tuple[Any, ...]]
"""One version of an article, with the fields that it is compared by."""

# Built once: building a statement takes longer than executing it.
_FORGOTTEN = (
    select(forgotten.c.canonical_url).where(forgotten.c.canonical_url == bindparam("url")),
    select(forgotten_text.c.outlet).where(
        forgotten_text.c.outlet == bindparam("outlet"),
        forgotten_text.c.content_hash == bindparam("hash"),
    ),
)
_TOMBSTONES = Prepared(union_all(*_FORGOTTEN))
_KNOWN = Prepared(
    union_all(
        *_FORGOTTEN,
        select(address.c.canonical_url).where(address.c.canonical_url == bindparam("url")),
        *(
            select(version.c.canonical_url).where(version.c.content_hash == bindparam("hash"))
            for version in (article, revision)
        ),
    )
)
_STORED_AT = (
    select(
        article.c.id, article.c.canonical_url, article.c.article_id, article.c.revision,
        article.c.content_hash, article.c.headline, article.c.headline_raw, article.c.blocks,
        article.c.last_seen_at, article.c.gone_at, article.c.cluster_id, article.c.edit_kind,
        article.c.warc_location, address.c.kind,
    )
    .join_from(address, article)
    .where(address.c.canonical_url == bindparam("url"))
)  # fmt: skip
_WITH_TEXT = (
    select(article_version.c.canonical_url, article_version.c.outlet, article_version.c.headline)
    .where(article_version.c.content_hash == bindparam("hash"))
    .order_by(
        article_version.c.duplicate_of.is_not(None),
        article_version.c.article,
        article_version.c.revision,
    )
)


def classify(connection: Connection, candidate: Article) -> tuple[DedupeResult, Stored | None]:
    """Return the result, and the stored article that has the candidate's URL until now."""
    if not is_known(connection, candidate):
        return DedupeResult("new"), None
    if _is_forgotten(connection, candidate):
        return DedupeResult("forgotten"), None
    stored = _stored_at(connection, storable(candidate.canonical_url))
    if stored is None:
        return _first_sight(connection, candidate), None
    if _is_version(candidate, stored):
        return DedupeResult("known", stored.canonical_url), stored
    was_version = any(
        _is_version(candidate, version) for version in _superseded(connection, stored.id)
    )
    is_alias = stored.kind == "alias"
    if was_version and (is_alias or candidate.fetched_at <= stored.last_seen_at):
        return DedupeResult("known", stored.canonical_url), stored
    if is_alias and not _shares_with(stored, candidate):
        return _first_sight(connection, candidate), stored
    first = first_elsewhere(connection, candidate)
    is_later = candidate.fetched_at >= stored.last_seen_at
    return DedupeResult("revised" if is_later else "older", first), stored


def is_known(connection: Connection, candidate: Article) -> bool:
    """Return True if the store knows the URL or the text; for most articles it does not."""
    return bool(_KNOWN.rows(connection, _parameters(candidate)))


def _is_forgotten(connection: Connection, candidate: Article) -> bool:
    return bool(_TOMBSTONES.rows(connection, _parameters(candidate)))


def _parameters(candidate: Article) -> dict[str, str | None]:
    return {
        "url": storable(candidate.canonical_url),
        "outlet": storable(candidate.outlet),
        "hash": candidate.content_hash,
    }


def _stored_at(connection: Connection, url: str) -> Stored | None:
    return connection.execute(_STORED_AT, {"url": url}).first()


def _superseded(connection: Connection, number: int) -> list[Version]:
    version = revision.c
    query = select(
        version.content_hash,
        version.headline,
        version.headline_raw,
        version.blocks,
        version.warc_location,
    )
    return list(connection.execute(query.where(version.article == number)))


def _is_version(candidate: Article, version: Version) -> bool:
    """Return True if the candidate is that version: the same letters, or the same page.

    An unchanged page is not a revision, even if this version of the code reads it differently.
    """
    if _same_text(version, candidate) and same_headline(version.headline, candidate.headline):
        return True
    if candidate.warc_location is not None and candidate.warc_location == version.warc_location:
        return True
    if not version.blocks or len(version.blocks) != len(candidate.blocks):
        return False
    row, _ = row_of(candidate)
    return bool(row["blocks"] == version.blocks and row["headline_raw"] == version.headline_raw)


def _shares_with(version: Version, candidate: Article) -> bool:
    """Return True if headline or body is the same; if not, an alias shows another article now."""
    return _same_text(version, candidate) or same_headline(version.headline, candidate.headline)


def _same_text(version: Version, candidate: Article) -> bool:
    return bool(version.content_hash == candidate.content_hash)


def _first_sight(connection: Connection, candidate: Article) -> DedupeResult:
    with_text = _with_text_of(connection, candidate)
    if len(candidate.body or "") >= MIN_MERGED_BODY:
        for other in with_text:
            if other.outlet == candidate.outlet and same_headline(
                other.headline, candidate.headline
            ):
                return DedupeResult("same", other.canonical_url)
    first = _first_elsewhere(candidate, with_text)
    return DedupeResult("copy", first) if first else DedupeResult("new")


def first_elsewhere(connection: Connection, candidate: Article) -> str | None:
    """Return the canonical URL of the first article with the text, if it is another outlet's."""
    return _first_elsewhere(candidate, _with_text_of(connection, candidate))


def _first_elsewhere(candidate: Article, with_text: list[Version]) -> str | None:
    if with_text and with_text[0].outlet != candidate.outlet:
        first: str = with_text[0].canonical_url
        return first
    return None


def _with_text_of(connection: Connection, candidate: Article) -> list[Version]:
    """Return every version with the candidate's text, the first one first."""
    if candidate.content_hash is None:
        return []
    query = _WITH_TEXT
    if len(candidate.body or "") < MIN_MERGED_BODY:
        query = query.limit(1)  # a short notice may have been published a thousand times
    return list(connection.execute(query, {"hash": candidate.content_hash}))
