"""Finds stored articles similar to an article by their MinHash keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    FromClause,
    Integer,
    bindparam,
    column,
    func,
    select,
    true,
    values,
)

from crawler.dates.utc import parse_utc
from crawler.similarity.decide import WINDOW_DAYS, Relation, relate
from crawler.similarity.fingerprint import Fingerprint, fingerprint
from crawler.similarity.minhash import MAX_KEYS, MIN_POINTS, keys
from crawler.store.db.prepared import Prepared
from crawler.store.db.schema import article, cluster, sketch

MAX_CANDIDATES = 50
"""Candidates to compare, most shared keys first: a notice that forty outlets print each day would
otherwise be compared with all similar ones of a season."""

UNDATED_BUCKET = 0
"""Bucket of the articles without a date, which may belong to any time."""

_KOREA = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class ArticleSketch:
    """An article ready for comparison."""

    url: str
    fingerprint: Fingerprint
    keys: frozenset[int]
    order: tuple[str, str, str]


class Neighbour(NamedTuple):
    """A stored article that is similar."""

    id: int
    cluster_id: str
    contested: bool
    first: int
    relation: Relation
    """Relation of the new article to this one."""


def sketch_article(
    url: str, headline: str | None, body: str | None, published: str | None, seen: str
) -> ArticleSketch:
    """Analyse an article; ``published`` as ``date_published``, ``seen`` as ``fetched_at``."""
    read = fingerprint(headline, body, published)
    return ArticleSketch(url, read, keys(read), order_of(published, seen, url))


def order_of(published: str | None, seen: str, url: str) -> tuple[str, str, str]:
    """Return a sort key: publication, then first sighting, then URL.

    A day without a time sorts as its end, an undated article as published when it was first seen.
    """
    moment = published or (parse_utc(seen) + _KOREA).isoformat()
    day, _, clock = moment.partition("T")
    return f"{day}T{clock.partition('+')[0] or '24:00'}", seen, url


_BUCKETS = 4
_NO_KEY = -1
"""Fills unused parameters, so that each query has the same number of them."""

_keys = [bindparam(f"key{at}", type_=Integer) for at in range(MAX_KEYS)]
_in_time = select(sketch.c.article, sketch.c.key).where(
    sketch.c.bucket.in_([bindparam(f"bucket{at}") for at in range(_BUCKETS)])
)
_same_keys = _in_time.where(sketch.c.key.in_(_keys)).subquery()


def _each_key() -> FromClause:
    """Return the sketches with the keys, looked up key by key (``OFFSET 0``), for PostgreSQL.

    Without statistics its planner would read all sketches of the buckets and filter by key.
    """
    wanted = values(column("key", Integer), name="wanted").data([(key,) for key in _keys])
    of_key = _in_time.where(sketch.c.key == wanted.c.key).offset(0).lateral()
    return select(of_key).select_from(wanted.join(of_key, true())).lateral()


def _candidates_by(same: FromClause) -> Prepared:
    """Prepare the query for the articles that share most keys; an odd key counts twice."""
    shared = func.sum(1 + same.c.key.op("&")(1))
    likeliest = (
        select(same.c.article)
        .group_by(same.c.article)
        .having(shared >= MIN_POINTS)
        .order_by(shared.desc(), same.c.article)
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    return Prepared(
        select(
            article.c.id,
            article.c.headline,
            article.c.body,
            article.c.date_published,
            article.c.cluster_id,
            cluster.c.contested,
            cluster.c.first,
        )
        .join_from(likeliest, article, article.c.id == likeliest.c.article)
        .join(cluster, cluster.c.id == article.c.cluster_id)
    )


_candidates = {
    "sqlite": _candidates_by(_same_keys),
    "postgresql": _candidates_by(_each_key()),
}


def neighbours(connection: Connection, sketch: ArticleSketch, besides: int = 0) -> list[Neighbour]:
    """Return the stored articles that are related to the article, except ``besides``."""
    if not sketch.keys:
        return []
    candidates = _candidates[connection.dialect.name]
    parameters = dict(_numbered("key", [*sorted(sketch.keys), _NO_KEY], MAX_KEYS))
    buckets = _buckets(connection, sketch.fingerprint.day)
    related = []
    for start in range(0, len(buckets), _BUCKETS):
        parameters.update(_numbered("bucket", buckets[start : start + _BUCKETS], _BUCKETS))
        for row in candidates.rows(connection, parameters):
            if row.id != besides:
                other = fingerprint(row.headline, row.body, row.date_published)
                relation = relate(sketch.fingerprint, other)
                if relation.kind != "none":
                    near = Neighbour(row.id, row.cluster_id, row.contested, row.first, relation)
                    related.append(near)
    return related


def _numbered(name: str, values: list[int], count: int) -> Iterator[tuple[str, int]]:
    """Yield the values under numbered names; the last value repeats for the remaining names."""
    for at in range(count):
        yield f"{name}{at}", values[min(at, len(values) - 1)]


def bucket_of(day: int | None) -> int:
    """Return the bucket of a day, which is as wide as the window of comparison."""
    return UNDATED_BUCKET if day is None else 1 + day // WINDOW_DAYS


def _buckets(connection: Connection, day: int | None) -> list[int]:
    """Return the buckets in which copies of an article of that day can be."""
    if day is not None:
        return [UNDATED_BUCKET, *range(bucket_of(day) - 1, bucket_of(day) + 2)]
    every = []
    following = select(func.min(sketch.c.bucket))
    bucket = connection.scalar(following)
    while bucket is not None:
        every.append(bucket)
        bucket = connection.scalar(following.where(sketch.c.bucket > bucket))
    return every or [UNDATED_BUCKET]
