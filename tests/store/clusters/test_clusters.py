"""Clusters of press releases: the same for every order of storing and any number of processes."""

import random
import subprocess
import sys
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest

from bench.trials.press_release_generator import generate_articles
from crawler.similarity.decide import relate
from crawler.similarity.fingerprint import fingerprint
from crawler.store import open_store
from crawler.store.clusters.queries import memberships
from crawler.store.clusters.recluster import recluster

ARTICLES = 60
STORING = """
import sys
from itertools import islice
from bench.trials.press_release_generator import generate_articles
from crawler.store import open_store
with open_store(sys.argv[1]) as store:
    for article in list(islice(generate_articles(), int(sys.argv[2])))[int(sys.argv[3])::2]:
        store.upsert(article)
"""


def groups(url: str) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with open_store(url) as store:
        for row in memberships(store):
            found[row.cluster_id].add(f"{row.url} {row.edit_kind}")
    return {frozenset(members) for members in found.values()}


def stored(url: str, seed: int) -> set[frozenset[str]]:
    articles = list(islice(generate_articles(), ARTICLES))
    random.Random(seed).shuffle(articles)  # noqa: S311
    with open_store(url) as store:
        for article in articles:
            store.upsert(article)
    return groups(url)


def test_the_order_of_storing_does_not_matter(tmp_path: Path):
    first, *others = [stored(f"sqlite:///{tmp_path}/{seed}.db", seed) for seed in range(4)]
    assert any(len(group) > 1 for group in first)
    assert all(other == first for other in others)


def test_two_processes_make_the_clusters_of_one(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/two.db"
    halves = [
        subprocess.Popen([sys.executable, "-c", STORING, url, str(ARTICLES), half]) for half in "01"
    ]
    assert [half.wait(120) for half in halves] == [0, 0]
    assert groups(url) == stored(f"sqlite:///{tmp_path}/one.db", 1)


def test_recluster_gives_the_same(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    before = stored(url, 2)
    with open_store(url) as store:
        assert list(recluster(store, "2026-01-01T00:00:00Z"))[-1] == ARTICLES
    assert groups(url) == before


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("도담군(군수 김나래)은 제18회 사과축제를 연다고 밝혔다.", "도담군(군수 김나래)은 제19회 사과축제를 연다고 밝혔다.", "different"),
        ("도담군(군수 김나래)은 1945억 원을 들여 다리를 놓는다고 밝혔다.", "도담군(군수 김나래)은 1천945억을 들여 다리를 놓는다고 밝혔다.", "same"),
        ("도담군은 150여 명과 함께 하천을 치웠다고 밝혔다.", "가온군은 150여 명과 함께 하천을 치웠다고 밝혔다.", "different"),
    ],
)  # fmt: skip
def test_a_pair(one: str, other: str, kind: str):
    a, b = (fingerprint(text[:20], text, "2026-03-02") for text in (one, other))
    assert relate(a, b).kind == relate(b, a).turned().kind == kind
