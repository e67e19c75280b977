"""Finding the stored articles that an article is alike to, without a look at all the others."""

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
"""Candidates that are looked at, the likeliest: a notice that forty papers print each day would
else be compared with all its like of a season."""

UNDATED_BUCKET = 0
"""Bucket of the articles whose day is not known: they may belong to any time."""

_KOREA = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class ArticleSketch:
    """An article ready for comparison."""

    url: str
    fingerprint: Fingerprint
    keys: frozenset[int]
    order: tuple[str, str, str]


class Neighbour(NamedTuple):
    """A stored article that is alike."""

    id: int
    cluster_id: str
    contested: bool
    first: int
    relation: Relation
    """What the new article is to this one."""


def sketch_article(
    url: str, headline: str | None, body: str | None, published: str | None, seen: str
) -> ArticleSketch:
    """Read an article; ``published`` as in ``date_published``, ``seen`` as in ``fetched_at``."""
    release = fingerprint(headline, body, published)
    return ArticleSketch(url, release, keys(release), order_of(published, seen, url))


def order_of(published: str | None, seen: str, url: str) -> tuple[str, str, str]:
    """Sorts by publication, then by when it was first seen. A bare day counts as its end, an
    undated article as published when it was seen."""
    shown = published or (parse_utc(seen) + _KOREA).isoformat()
    day, _, clock = shown.partition("T")
    return f"{day}T{clock.partition('+')[0] or '24:00'}", seen, url


_BUCKETS = 4
_NO_KEY = -1
"""As many parameters each time, whatever an article has."""

_keys = [bindparam(f"key{at}", type_=Integer) for at in range(MAX_KEYS)]
_in_time = select(sketch.c.article, sketch.c.key).where(
    sketch.c.bucket.in_([bindparam(f"bucket{at}") for at in range(_BUCKETS)])
)
_same_keys = _in_time.where(sketch.c.key.in_(_keys)).subquery()


def _each_key() -> FromClause:
    """The same for PostgreSQL, which would read all of a time and then look at the keys, as long as
    it has not learnt how many there are. It looks each key up by itself (``OFFSET 0``)."""
    wanted = values(column("key", Integer), name="wanted").data([(key,) for key in _keys])
    of_key = _in_time.where(sketch.c.key == wanted.c.key).offset(0).lateral()
    return select(of_key).select_from(wanted.join(of_key, true())).lateral()


def _candidates_by(same: FromClause) -> Prepared:
    """The likeliest articles, by how many keys they share; one that is even counts once, else it
    counts twice."""
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


def neighbours(connection: Connection, made: ArticleSketch, besides: int = 0) -> list[Neighbour]:
    """The stored articles that the article is alike to, with the verdict on each."""
    if not made.keys:
        return []
    candidates = _candidates[connection.dialect.name]
    asked = dict(_numbered("key", [*sorted(made.keys), _NO_KEY], MAX_KEYS))
    buckets = _buckets(connection, made.fingerprint.day)
    found = []
    for start in range(0, len(buckets), _BUCKETS):
        asked.update(_numbered("bucket", buckets[start : start + _BUCKETS], _BUCKETS))
        for row in candidates.rows(connection, asked):
            if row.id != besides:
                other = fingerprint(row.headline, row.body, row.date_published)
                relation = relate(made.fingerprint, other)
                if relation.kind != "none":
                    near = Neighbour(row.id, row.cluster_id, row.contested, row.first, relation)
                    found.append(near)
    return found


def _numbered(name: str, values: list[int], count: int) -> Iterator[tuple[str, int]]:
    """The values under numbered names, the last one again for the names that are left."""
    for at in range(count):
        yield f"{name}{at}", values[min(at, len(values) - 1)]


def bucket_of(day: int | None) -> int:
    return UNDATED_BUCKET if day is None else 1 + day // WINDOW_DAYS


def _buckets(connection: Connection, day: int | None) -> list[int]:
    """Where copies of an article of that day can be."""
    if day is not None:
        return [UNDATED_BUCKET, *range(bucket_of(day) - 1, bucket_of(day) + 2)]
    every = []
    next_one = select(func.min(sketch.c.bucket))
    bucket = connection.scalar(next_one)
    while bucket is not None:
        every.append(bucket)
        bucket = connection.scalar(next_one.where(sketch.c.bucket > bucket))
    return every or [UNDATED_BUCKET]
