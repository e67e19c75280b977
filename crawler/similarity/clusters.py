"""Builds clusters from relations between pairs, independent of the order of the articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two articles, by their canonical URLs."""

    first: str
    second: str
    kind: Literal["same", "different"]
    weight: float


def clusters(articles: Iterable[str], links: Iterable[Link]) -> list[frozenset[str]]:
    """Return the articles in clusters, one cluster per press release.

    The most similar pairs are joined first, ties by URL. Two groups are not joined if at least as
    many pairs between them are ``different`` as ``same``: a short copy that fits the releases of
    two years does not merge them.
    """
    group = {article: frozenset([article]) for article in articles}
    relation: Mapping[frozenset[str], int] = {
        frozenset((link.first, link.second)): 1 if link.kind == "same" else -1 for link in links
    }
    alike = (link for link in links if link.kind == "same")
    for link in sorted(alike, key=lambda link: (-link.weight, *sorted((link.first, link.second)))):
        ours, theirs = group[link.first], group[link.second]
        if ours is theirs:
            continue
        between = (relation.get(frozenset(pair), 0) for pair in product(ours, theirs))
        if sum(between) > 0:
            joined = ours | theirs
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=min)
