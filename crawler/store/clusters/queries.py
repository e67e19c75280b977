"""Queries on clusters: all memberships, the releases most printed, the members of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, or_, select

from crawler.similarity.fingerprint import Fingerprint, fingerprint
from crawler.store.clusters.candidates import neighbours, order_of, sketch_article
from crawler.store.db.database import Database
from crawler.store.db.schema import address, article, cluster, link

_BATCH_SIZE = 2000


class Membership(NamedTuple):
    """An article and its cluster."""

    url: str
    cluster_id: str
    edit_kind: str | None


@dataclass(frozen=True, slots=True)
class ClusterMember:
    """A stored article as a member of its cluster."""

    outlet: str
    url: str
    date_published: str | None
    headline: str | None
    body: str
    issuer: str | None
    edit_kind: str | None
    cluster_id: str
    carries: tuple[str, ...] = ()
    """Clusters of other releases that its page has below its own."""

    @property
    def fingerprint(self) -> Fingerprint:
        """The article as press releases are compared."""
        return fingerprint(self.headline, self.body, self.date_published)


_MEMBER_COLUMNS = (
    article.c.id, article.c.outlet, article.c.canonical_url, article.c.date_published,
    article.c.headline, article.c.body, article.c.source_organization, article.c.edit_kind,
    article.c.cluster_id, address.c.first_seen,
)  # fmt: skip


class ClusterSize(NamedTuple):
    """A cluster and how many outlets printed it."""

    cluster_id: str
    outlets: int


def memberships(store: Database) -> Iterator[Membership]:
    """Yield every stored article's cluster in the order of storing, as of one moment."""
    query = (
        select(article.c.id, article.c.url, article.c.cluster_id, article.c.edit_kind)
        .where(article.c.id > bindparam("after"))
        .order_by(article.c.id)
        .limit(_BATCH_SIZE)
    )
    after = 0
    with store.reading() as connection:
        while rows := connection.execute(query, {"after": after}).all():
            for row in rows:
                yield Membership(row.url, row.cluster_id, row.edit_kind)
            after = rows[-1].id


def count_unclustered(store: Database) -> int:
    """Return how many articles have no cluster; ``scrapy recluster`` gives them one."""
    query = select(func.count()).select_from(article).where(article.c.cluster_id.is_(None))
    with store.reading() as connection:
        return int(connection.scalar(query) or 0)


def most_printed(
    store: Database, since: str | None, until: str | None, limit: int
) -> list[ClusterSize]:
    """Return the clusters that two or more outlets printed between two days, most outlets first.

    The day is that of publication, or of the fetch if there is no date.
    """
    day = func.coalesce(article.c.date_published, article.c.fetched_at)
    outlets = func.count(article.c.outlet.distinct())
    query = select(article.c.cluster_id, outlets).group_by(article.c.cluster_id)
    if since:
        query = query.where(day >= since)
    if until:
        query = query.where(day < until)
    query = query.having(outlets > 1).order_by(outlets.desc(), func.min(day), article.c.cluster_id)
    with store.reading() as connection:
        return [ClusterSize(*row) for row in connection.execute(query.limit(limit))]


def members_of(store: Database, id: str) -> list[ClusterMember]:
    """Return the members of a cluster, first print first; an id that was merged is followed."""
    with store.reading() as connection:
        current = _current_id(connection, id)
        return _members(connection, current) if current else []


def cluster_of(store: Database, addresses: Iterable[str]) -> str | None:
    """Return the cluster of the first article that has one of the URLs."""
    query = (
        select(article.c.cluster_id)
        .join_from(address, article)
        .where(address.c.canonical_url == bindparam("url"))
    )
    with store.reading() as connection:
        ids = (connection.scalar(query, {"url": url}) for url in addresses)
        return next(filter(None, ids), None)


def find_prints(
    store: Database, headline: str, body: str, day: str | None, now: str
) -> list[tuple[ClusterMember, bool]]:
    """Return who printed a text, first print first, and True for prints below another article.

    The text need not be stored. ``day`` (``2024-09-11``): when it was sent out; prints are searched
    within a month of it, or at any time if it is None.
    """
    sketch = sketch_article("", headline, body, day, now)
    with store.reading() as connection:
        similar = neighbours(connection, sketch)
        below = [near.id for near in similar if near.relation.kind == "carried"]
        apart = {near.id for near in similar if near.relation.kind == "different"}
        ids = {near.cluster_id for near in similar if near.relation.kind == "same"}
        same = [row for id in ids for row in _rows(connection, article.c.cluster_id == id)]
        rows = [(row, False) for row in same if row.id not in apart]
        kept = {row.id for row, _ in rows}
        rows += [
            (row, True) for row in _rows(connection, article.c.id.in_(below)) if row.id not in kept
        ]
        rows.sort(key=lambda pair: _order(pair[0]))
        return [(_as_member(connection, row), is_below) for row, is_below in rows]


def _current_id(connection: Connection, id: str) -> str | None:
    """Return the id that a cluster has now; None if there never was one with this id."""
    followed: set[str] = set()
    while id not in followed:
        followed.add(id)
        row = connection.execute(select(cluster).where(cluster.c.id == id)).first()
        if row is None:
            return None
        if row.merged_into is None:
            return id
        id = row.merged_into
    return id


def _members(connection: Connection, id: str) -> list[ClusterMember]:
    rows = sorted(_rows(connection, article.c.cluster_id == id), key=_order)
    return [_as_member(connection, row) for row in rows]


def _rows(connection: Connection, which: ColumnElement[bool]) -> list[Row[tuple[object, ...]]]:
    return list(connection.execute(_with_first_seen().where(which)))


def _order(row: Row[tuple[object, ...]]) -> tuple[str, str, str]:
    return order_of(row.date_published, row.first_seen, row.canonical_url)


def _with_first_seen() -> Select[tuple[object, ...]]:
    return select(*_MEMBER_COLUMNS).join_from(
        article, address, address.c.canonical_url == article.c.canonical_url
    )


def _as_member(connection: Connection, row: Row[tuple[object, ...]]) -> ClusterMember:
    return ClusterMember(
        row.outlet,
        row.canonical_url,
        row.date_published,
        row.headline,
        row.body or "",
        row.source_organization,
        row.edit_kind,
        row.cluster_id,
        tuple(_carried(connection, row.id)),
    )


def _carried(connection: Connection, id: int) -> list[str]:
    """Return the clusters of the releases that an article's page has below its own."""
    pairs = select(link.c.article, link.c.other_article, link.c.kind).where(
        or_(link.c.article == id, link.c.other_article == id),
        link.c.kind.in_(("carries", "carried")),
    )
    ids = [
        row.other_article if row.article == id else row.article
        for row in connection.execute(pairs)
        if (row.kind == "carries") == (row.article == id)
    ]
    query = select(article.c.cluster_id).where(article.c.id.in_(ids)).distinct()
    return sorted(connection.scalars(query))
