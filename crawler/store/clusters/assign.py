"""Cluster assignment: which stored articles print the same press release.

``crawler/similarity`` decides about pairs and groups; this module keeps the result in the database,
so that all processes agree. An article is compared within the transaction that stores it; its text
is analysed before.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from crawler.similarity.clusters import Link, clusters
from crawler.similarity.decide import Relation
from crawler.similarity.edit_kind import EditKind, edit_kind
from crawler.similarity.fingerprint import Fingerprint, fingerprint
from crawler.store.changes import log as changes
from crawler.store.clusters.candidates import (
    ArticleSketch,
    Neighbour,
    bucket_of,
    neighbours,
    order_of,
)
from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import address, article, cluster, link, sketch

_BATCH_SIZE = 500
"""Ids in one query; databases limit the parameters of a statement."""


@dataclass(slots=True)
class ClusterAssignment:
    """Cluster of an article, as far as it is known before the article is written."""

    sketch: ArticleSketch
    neighbours: list[Neighbour]
    cluster_id: str
    edit_kind: EditKind | None
    action: Literal["create", "join", "lead", "regroup"]
    """``create`` a cluster, ``join`` one, ``lead`` one as its first member, or ``regroup`` all
    connected articles."""


def assign(connection: Connection, sketch: ArticleSketch) -> ClusterAssignment:
    """Return the cluster of an article that is about to be stored."""
    similar = neighbours(connection, sketch)
    homes = {near.cluster_id for near in similar if near.relation.kind == "same"}
    if not homes:
        return ClusterAssignment(sketch, similar, _new_id(connection, sketch.url), None, "create")
    home = min(homes)
    there = [near for near in similar if near.cluster_id == home]
    agreed = len(homes) == 1 and not any(
        near.contested or near.relation.kind == "different" for near in there
    )
    if not agreed:
        return ClusterAssignment(sketch, similar, home, None, "regroup")
    first = _read_member(connection, there[0].first)
    if sketch.order < first.order:
        return ClusterAssignment(sketch, similar, home, None, "lead")
    kind = edit_kind(first.fingerprint, sketch.fingerprint)
    return ClusterAssignment(sketch, similar, home, kind, "join")


def save(connection: Connection, assignment: ClusterAssignment, id: int, now: str) -> None:
    """Write the assignment of the article that has been stored as ``id``."""
    if assignment.action == "create":
        row = {"id": assignment.cluster_id, "first": id, "contested": False}
        _INSERT_CLUSTER.run(connection, row)
    _insert_similarity(connection, assignment.sketch, assignment.neighbours, id)
    if assignment.action == "lead":
        _lead(connection, assignment.sketch.fingerprint, assignment.cluster_id, id, now)
    elif assignment.action == "regroup":
        regroup(connection, [id], now, noted=id)


_INSERT_CLUSTER = Prepared(insert(cluster), ("id", "first", "contested"))
_INSERT_SKETCH = Prepared(insert(sketch))
_INSERT_LINK = Prepared(insert(link))


def _insert_similarity(
    connection: Connection, sketch: ArticleSketch, similar: Sequence[Neighbour], id: int
) -> None:
    bucket = bucket_of(sketch.fingerprint.day)
    rows = [{"bucket": bucket, "key": key, "article": id} for key in sorted(sketch.keys)]
    _INSERT_SKETCH.run(connection, *rows)
    _INSERT_LINK.run(connection, *[_link(id, near.id, near.relation) for near in similar])


def _link(id: int, other: int, relation: Relation) -> dict[str, object]:
    """Return the row of ``link``, seen from the article with the lower id."""
    if other < id:
        id, other, relation = other, id, relation.turned()
    return {
        "article": id,
        "other_article": other,
        "kind": relation.kind,
        "weight": relation.weight,
        "reason": relation.reason,
    }


def _new_id(connection: Connection, url: str) -> str:
    """Return an id made from the first article's URL, with a number if the id exists already."""
    plain = id = "r" + hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:15]
    number = 1
    while _HAS_ID.rows(connection, {"id": id}):
        number += 1
        id = f"{plain}-{number}"
    return id


_HAS_ID = Prepared(select(cluster.c.number).where(cluster.c.id == bindparam("id")))


# -- an article that changes or is deleted ---------------------------------------------------------


def replace(
    connection: Connection, id: int, sketch: ArticleSketch, now: str, *, is_noted: bool = False
) -> None:
    """Compare a stored article again, since its text or the rules have changed.

    ``is_noted``: the caller records a change of the article, which includes its cluster.
    """
    touched = remove(connection, id)
    _insert_similarity(connection, sketch, neighbours(connection, sketch, besides=id), id)
    regroup(connection, [id, *touched], now, noted=id if is_noted else None)


def remove(connection: Connection, id: int) -> list[int]:
    """Delete the sketch and links of an article; return the articles to regroup."""
    touched = [near for pair in _same_pairs(connection, [id]) for near in pair if near != id]
    connection.execute(delete(sketch).where(sketch.c.article == id))
    connection.execute(delete(link).where(or_(link.c.article == id, link.c.other_article == id)))
    return touched


# -- regrouping -------------------------------------------------------------------------


class Member(NamedTuple):
    """A stored article as a member of its cluster."""

    id: int
    url: str
    fingerprint: Fingerprint
    order: tuple[str, str, str]
    cluster_id: str | None
    edit_kind: EditKind | None


_MEMBER = select(
    article.c.id,
    article.c.canonical_url,
    article.c.headline,
    article.c.body,
    article.c.date_published,
    article.c.cluster_id,
    article.c.edit_kind,
    address.c.first_seen,
).join_from(article, address, address.c.canonical_url == article.c.canonical_url)
_MEMBER_BY_ID = Prepared(_MEMBER.where(article.c.id == bindparam("id")))
_MEMBERS_BY_ID = _MEMBER.where(article.c.id.in_(bindparam("ids", expanding=True)))


def _read_member(connection: Connection, id: int) -> Member:
    [row] = _MEMBER_BY_ID.rows(connection, {"id": id})
    return _as_member(row)


def _read_members(connection: Connection, ids: Iterable[int]) -> list[Member]:
    return [
        _as_member(row)
        for some in _id_batches(ids)
        for row in connection.execute(_MEMBERS_BY_ID, {"ids": some})
    ]


def _as_member(row: Any) -> Member:
    return Member(
        row.id,
        row.canonical_url,
        fingerprint(row.headline, row.body, row.date_published),
        order_of(row.date_published, row.first_seen, row.canonical_url),
        row.cluster_id,
        row.edit_kind,
    )


def _lead(connection: Connection, first: Fingerprint, cluster_id: str, id: int, now: str) -> None:
    """Make the article the first of its cluster, and compare all others with it."""
    _SET_FIRST.run(connection, {"of": cluster_id, "to": id})
    for row in _CLUSTER_TEXTS.rows(connection, {"of": cluster_id}):
        kind = edit_kind(first, fingerprint(row.headline, row.body, row.date_published))
        if row.id != id and row.edit_kind != kind:
            _SET_EDIT_KIND.run(connection, {"of": row.id, "to": kind})
            changes.record_change(connection, row.id, "clustered", now)


_SET_FIRST = Prepared(
    update(cluster).where(cluster.c.id == bindparam("of")).values(first=bindparam("to"))
)
_SET_EDIT_KIND = Prepared(
    update(article).where(article.c.id == bindparam("of")).values(edit_kind=bindparam("to"))
)
_CLUSTER_TEXTS = Prepared(
    select(
        article.c.id,
        article.c.headline,
        article.c.body,
        article.c.date_published,
        article.c.edit_kind,
    ).where(article.c.cluster_id == bindparam("of"))
)


def regroup(
    connection: Connection, ids: Iterable[int], now: str, *, noted: int | None = None
) -> None:
    """Regroup these articles and all that are connected with them into clusters.

    Changes are recorded, except of the article ``noted``, which the caller records.
    """
    members = {
        member.id: member for member in _read_members(connection, _component(connection, ids))
    }
    links = _links_among(connection, members)
    urls = {member.url: member for member in members.values()}
    groups = [
        sorted((urls[url] for url in group), key=lambda member: member.order)
        for group in clusters(urls, links)
    ]
    contested = any(pair.kind == "different" for pair in links) or len(groups) > 1
    for group, name in _assign_ids(connection, groups, now):
        first, *_ = group
        values = {"first": first.id, "contested": contested, "merged_into": None, "merged_at": None}
        connection.execute(update(cluster).where(cluster.c.id == name).values(values))
        for member in group:
            kind = None if member is first else edit_kind(first.fingerprint, member.fingerprint)
            if (member.cluster_id, member.edit_kind) != (name, kind):
                connection.execute(
                    update(article)
                    .where(article.c.id == member.id)
                    .values(cluster_id=name, edit_kind=kind)
                )
                if member.id != noted:
                    changes.record_change(connection, member.id, "clustered", now)


def _component(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Return the articles and all that are connected with them by links of kind ``same``."""
    reached: set[int] = set()
    fresh = set(ids)
    while fresh:
        reached |= fresh
        fresh = {id for pair in _same_pairs(connection, fresh) for id in pair} - reached
    return reached


def _same_pairs(connection: Connection, ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the pairs of kind ``same`` that have one of the articles."""
    return [
        (row.article, row.other_article)
        for some in _id_batches(ids)
        for side in _SAME_PAIRS
        for row in connection.execute(side, {"ids": some})
    ]


_SAME_PAIRS = [
    select(link.c.article, link.c.other_article).where(
        side.in_(bindparam("ids", expanding=True)), link.c.kind == "same"
    )
    for side in (link.c.article, link.c.other_article)
]


def _links_among(connection: Connection, members: dict[int, Member]) -> list[Link]:
    return [
        Link(members[row.article].url, members[row.other_article].url, row.kind, row.weight)
        for some in _id_batches(members)
        for row in connection.execute(_DECIDED_LINKS, {"ids": some})
        if row.other_article in members
    ]


_DECIDED_LINKS = select(link.c.article, link.c.other_article, link.c.kind, link.c.weight).where(
    link.c.article.in_(bindparam("ids", expanding=True)), link.c.kind.in_(("same", "different"))
)


def _id_batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH_SIZE):
        yield ordered[start : start + _BATCH_SIZE]


def _assign_ids(
    connection: Connection, groups: list[list[Member]], now: str
) -> list[tuple[list[Member], str]]:
    """Return each group with its cluster's id.

    An id stays with the group that has most of its members. Of two ids in a group the older stays,
    and the other is recorded as merged into it. A group without an id gets a new one.
    """
    holders: dict[str, Counter[int]] = defaultdict(Counter)
    for at, group in enumerate(groups):
        for member in group:
            if member.cluster_id is not None:
                holders[member.cluster_id][at] += 1
    names: dict[int, str] = {}
    oldest_first = select(cluster.c.id).where(cluster.c.id.in_(holders)).order_by(cluster.c.number)
    for id in connection.scalars(oldest_first).all():
        at, _ = holders[id].most_common(1)[0]
        if names.setdefault(at, id) != id:
            values = {"merged_into": names[at], "merged_at": now, "first": None}
            connection.execute(update(cluster).where(cluster.c.id == id).values(values))
    for at, group in enumerate(groups):
        if at not in names:
            names[at] = _new_id(connection, min(group).url)
            row = {"id": names[at], "first": group[0].id, "contested": True}
            _INSERT_CLUSTER.run(connection, row)
    return [(group, names[at]) for at, group in enumerate(groups)]
