"""What is asked of the clusters: the list of all, the releases most printed, one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select

from crawler.store.alike import order_of
from crawler.store.tables import address, article, cluster, link

_AT_ONCE = 2000


class Membership(NamedTuple):
    url: str
    cluster_id: str
    edit_kind: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A stored article as a member of its release."""

    outlet: str
    url: str
    date_published: str | None
    headline: str | None
    body: str
    issuer: str | None
    edit_kind: str | None
    cluster_id: str
    carries: tuple[str, ...] = ()
    """Clusters of other releases that its page carries as well, below its own."""


_PRINTED = (
    article.c.id, article.c.outlet, article.c.canonical_url, article.c.date_published,
    article.c.headline, article.c.body, article.c.source_organization, article.c.edit_kind,
    article.c.cluster_id, address.c.first_seen,
)  # fmt: skip


def memberships(connection: Connection) -> Iterator[Membership]:
    """Every stored article's cluster, in the order of storing."""
    after = 0
    query = (
        select(article.c.id, article.c.url, article.c.cluster_id, article.c.edit_kind)
        .where(article.c.id > bindparam("after"))
        .order_by(article.c.id)
        .limit(_AT_ONCE)
    )
    while rows := connection.execute(query, {"after": after}).all():
        for row in rows:
            yield Membership(row.url, row.cluster_id, row.edit_kind)
        after = rows[-1].id


def current_id(connection: Connection, id: str) -> str | None:
    """The cluster that an id, old or new, leads to; None where there never was one."""
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


def most_printed(
    connection: Connection, since: str | None, until: str | None, limit: int
) -> list[tuple[str, int]]:
    """Clusters by the number of outlets that printed them, most first; bounds are days.

    The day is the one of publication or, where that is not known, of the fetch.
    """
    day = func.coalesce(article.c.date_published, article.c.fetched_at)
    outlets = func.count(article.c.outlet.distinct())
    query = select(article.c.cluster_id, outlets.label("outlets")).group_by(article.c.cluster_id)
    if since:
        query = query.where(day >= since)
    if until:
        query = query.where(day < until)
    query = query.having(outlets > 1).order_by(outlets.desc(), func.min(day)).limit(limit)
    return [(row.cluster_id, row.outlets) for row in connection.execute(query)]


def members(connection: Connection, id: str) -> list[Printed]:
    """Who printed a release, the first first."""
    query = _with_first_seen().where(article.c.cluster_id == id)
    rows = sorted(
        connection.execute(query),
        key=lambda row: order_of(row.date_published, row.first_seen, row.canonical_url),
    )
    return [_printed(connection, row) for row in rows]


def cluster_of(connection: Connection, url: str) -> str | None:
    """The cluster of the article that is known by an address."""
    query = (
        select(article.c.cluster_id)
        .join_from(address, article)
        .where(address.c.canonical_url == url)
    )
    found: str | None = connection.scalar(query)
    return found


def _with_first_seen() -> Select[tuple[object, ...]]:
    return select(*_PRINTED).join_from(
        article, address, address.c.canonical_url == article.c.canonical_url
    )


def _printed(connection: Connection, row: Row[tuple[object, ...]]) -> Printed:
    return Printed(
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
    """Clusters of the releases that an article's page carries below its own."""
    pairs = select(link.c.one, link.c.other, link.c.kind).where(
        or_(link.c.one == id, link.c.other == id), link.c.kind.in_(("carries", "carried"))
    )
    ids = [
        row.other if row.one == id else row.one
        for row in connection.execute(pairs)
        if (row.kind == "carries") == (row.one == id)
    ]
    query = select(article.c.cluster_id).where(article.c.id.in_(ids)).distinct()
    return sorted(connection.scalars(query))
