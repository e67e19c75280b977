"""Duration of a search in a store of a million articles, and cost of its index.

Short bodies of invented words, with natural frequencies (Zipf) and particles, in an SQLite file.
``python3 -m bench search`` takes about half an hour and eight gigabytes in ``output/``; *cold*
means that nothing of the file is cached.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import insert

from bench import ROOT
from crawler.store import Store, open_store
from crawler.store.db.schema import article
from crawler.store.search.index import build_index
from crawler.store.search.query import SearchQuery, search, words_of

SIZE = 1_000_000
FIRST = datetime(2015, 1, 1, 9, tzinfo=UTC)
STEMS = 60_000
PARTICLES = (
    *("은", "는", "이", "가", "을", "를", "에", "에서", "으로", "의", "도", "과", "와", "", "", ""),
    *("했다.", "한다.", "하는", "하고", "된다.", "할"),
)
OUTLETS = tuple(f"outlet{number}" for number in range(40))
FORMER = "옛시장님"
"""A word in every fifth article of the older half, and in no newer one."""
BATCH_SIZE = 2000
RUNS = 5
STORED = 300
"""Articles that are stored one by one with the index, and without it."""


def main(arguments: list[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python3 -m bench search", description=__doc__)
    parser.add_argument("--articles", type=int, default=SIZE, help="how many (default: 1,000,000)")
    parser.add_argument("--keep", type=Path, help="a folder for the store, which stays there")
    options = parser.parse_args(arguments)
    if options.articles < BATCH_SIZE:
        print(f"bench: --articles must be at least {BATCH_SIZE}", file=sys.stderr)
        return 2
    (ROOT / "output").mkdir(exist_ok=True)
    folder = options.keep or Path(tempfile.mkdtemp(dir=ROOT / "output", prefix="search-"))
    folder.mkdir(exist_ok=True)
    try:
        measure(folder / "store.db", options.articles)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    return 0


def measure(file: Path, articles: int) -> None:
    """Fill the store, and print the figures of its index and of searches."""
    language = Language(Random(1))  # noqa: S311
    with open_store(f"sqlite:///{file}") as store:
        if not file_holds(store):
            fill(store, language, articles)
        before = file.stat().st_size
        took = seconds(lambda: build_index(store))
        size = file.stat().st_size - before
        print(f"{articles:,} articles in {before / 1e9:.2f} GB; the index: {took:.0f} s, "
              f"{size / 1e9:.2f} GB ({size / before:.0%})", flush=True)  # fmt: skip
        print("| words | hits | cold ms | warm ms |\n|---|--:|--:|--:|")
    for name, words in language.queries().items():
        hits, cold, warm = timed(file, words)
        print(f"| {name}: {words} | {hits} | {cold:.0f} | {warm:.1f} |", flush=True)
    with open_store(f"sqlite:///{file}") as store:
        with_index = stored_one_by_one(store, language, articles)
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER search_insert")
        without = stored_one_by_one(store, language, articles + STORED)
    print(f"An article's row is written in {with_index:.2f} ms, {without:.2f} ms without the index")


class Language:
    """Invented words, the frequent ones first."""

    def __init__(self, random: Random) -> None:
        self.random = random
        letters = random.sample([chr(code) for code in range(0xAC00, 0xD7A4)], 1200)
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(letters))))
        self.stems = [
            "".join(
                random.choices(letters, cum_weights=weights, k=random.choice((2, 2, 2, 3, 3, 4)))
            )
            for _ in range(STEMS)
        ]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(STEMS)))

    def sentence(self, words: int) -> str:
        """Return a sentence of so many words."""
        stems = self.random.choices(self.stems, cum_weights=self.weights, k=words)
        return " ".join(
            map("".join, zip(stems, self.random.choices(PARTICLES, k=words), strict=True))
        )

    def queries(self) -> dict[str, str]:
        """Return the queries, by their description."""
        of_two = [stem for stem in self.stems if len(stem) == 2]
        longer = [stem for stem in self.stems if len(stem) > 2]
        return {
            "common": longer[0],
            "less common": longer[200],
            "rare": next(stem for stem in reversed(longer) if len(stem) == 4),
            "none": "없는말이다",
            "two syllables, common": of_two[0],
            "two syllables, rare": of_two[-1],
            "one syllable, rare": of_two[-1][0],
            "three words": f"{longer[0]} {longer[3]} {of_two[2]}",
            "three rarer words": f"{longer[100]} {longer[150]} {of_two[200]}",
            "common once": FORMER,
        }


def file_holds(store: Store) -> bool:
    """Return True if the store has an article."""
    with store.engine.begin() as connection:
        return connection.execute(article.select().limit(1)).first() is not None


def fill(store: Store, language: Language, articles: int) -> None:
    """Write rows as a crawl does, without the parts that are not searched: releases, URLs."""
    for start in range(0, articles, BATCH_SIZE):
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.execute(insert(article), list(invented(language, start, articles)))
        if start % 100_000 == 0:
            print(f"{start:,} articles", file=sys.stderr, flush=True)


def invented(language: Language, start: int, of: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch."""
    for number in range(start, min(start + BATCH_SIZE, of)):
        former = f" {FORMER}" if number < of / 2 and number % 5 == 0 else ""
        yield row(language, number, former)


def row(language: Language, number: int, more: str = "") -> dict[str, Any]:
    """Return an invented article's row."""
    body = language.sentence(language.random.randint(90, 150)) + more
    at = FIRST + timedelta(minutes=5 * number - language.random.randrange(5000))
    url = f"https://paper.example/news/{number}"
    return {
        "url": url, "canonical_url": url, "outlet": language.random.choice(OUTLETS),
        "fetched_at": "2024-09-11T00:14:32Z", "keywords": [], "images": [], "in_language": "ko",
        "headline": language.sentence(6), "body": body, "authors": [], "author_details": [],
        "date_published": at.strftime("%Y-%m-%dT%H:%M+09:00"), "mentioned_dates": [], "revision": 1,
        "blocks": [{"text": line, "kind": "body", "inside": ""} for line in body.split(". ")],
        "date_candidates": [],
    }  # fmt: skip


def timed(file: Path, words: str) -> tuple[int, float, float]:
    """Return the number of hits, and milliseconds: cold and warm.

    Cold is the first search of a process with an empty disk cache, warm the median of the next
    ones.
    """
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    took = []
    with open_store(f"sqlite:///{file}") as store:
        for _ in range(1 + RUNS):
            started = time.perf_counter()
            hits = search(store, SearchQuery(words_of(words)), 20)
            took.append(1000 * (time.perf_counter() - started))
    return len(hits), took[0], median(took[1:])


def stored_one_by_one(store: Store, language: Language, first: int) -> float:
    """Return the milliseconds per article stored in its own transaction."""
    rows: Sequence[dict[str, Any]] = [row(language, first + number) for number in range(STORED)]
    started = time.perf_counter()
    for values in rows:
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.execute(insert(article), values)
    return 1000 * (time.perf_counter() - started) / STORED


def seconds(work: Any) -> float:
    """Return the seconds of some work."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
