"""From verdicts on pairs to clusters, whatever the order in which the articles came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A verdict on two articles, by their canonical addresses."""

    one: str
    other: str
    kind: Literal["same", "different"]
    weight: float


def clusters(articles: Iterable[str], links: Iterable[Link]) -> list[frozenset[str]]:
    """The articles in clusters, each a press release.

    The likest pairs are joined first, ties by address, and two groups are not joined where at
    least as many pairs between them are different releases as the same: a short copy that fits
    two years' releases does not make them one. Made of the set of links, not of its order.
    """
    group = {article: frozenset([article]) for article in articles}
    verdict: Mapping[frozenset[str], int] = {
        frozenset((link.one, link.other)): 1 if link.kind == "same" else -1 for link in links
    }
    alike = (link for link in links if link.kind == "same")
    for link in sorted(alike, key=lambda link: (-link.weight, *sorted((link.one, link.other)))):
        ours, theirs = group[link.one], group[link.other]
        if ours is theirs:
            continue
        between = (verdict.get(frozenset(pair), 0) for pair in product(ours, theirs))
        if sum(between) > 0:
            joined = ours | theirs
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=min)
