"""How long a search takes in a store of a million articles, and what its index costs.

Short bodies of words that do not exist, as frequent as words are (Zipf) and with particles behind
them, in an SQLite file. ``python3 -m bench search`` takes about half an hour and eight gigabytes in
``output/``; *cold* is with nothing of the file in the memory.
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

from crawler.store import Store, open_store
from crawler.store.db.schema import article
from crawler.store.search.index import prepare
from crawler.store.search.query import Asked, search, words_of

ROOT = Path(__file__).resolve().parent.parent
SIZE = 1_000_000
FIRST = datetime(2015, 1, 1, 9, tzinfo=UTC)
STEMS = 60_000
PARTICLES = (
    *("은", "는", "이", "가", "을", "를", "에", "에서", "으로", "의", "도", "과", "와", "", "", ""),
    *("했다.", "한다.", "하는", "하고", "된다.", "할"),
)
OUTLETS = tuple(f"outlet{number}" for number in range(40))
FORMER = "옛시장님"
"""A word that stands in every fifth article of the older half, and in no newer one."""
AT_ONCE = 2000
RUNS = 5
STORED = 300
"""Articles that are stored one by one with the index, and without it."""


def main(arguments: list[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python3 -m bench search", description=__doc__)
    parser.add_argument("--articles", type=int, default=SIZE, help="how many (default: 1,000,000)")
    parser.add_argument("--keep", type=Path, help="a folder for the store, which stays there")
    options = parser.parse_args(arguments)
    if options.articles < AT_ONCE:
        print(f"bench: --articles is {AT_ONCE} or more", file=sys.stderr)
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
    language = Language(Random(1))  # noqa: S311
    with open_store(f"sqlite:///{file}") as store:
        if not file_holds(store):
            fill(store, language, articles)
        before = file.stat().st_size
        took = seconds(lambda: prepare(store))
        size = file.stat().st_size - before
        print(f"{articles:,} articles in {before / 1e9:.2f} GB; the index: {took:.0f} s, "
              f"{size / 1e9:.2f} GB ({size / before:.0%})", flush=True)  # fmt: skip
        print("| words | hits shown | cold ms | warm ms |\n|---|--:|--:|--:|")
    for name, words in language.asked().items():
        shown, cold, warm = timed(file, words)
        print(f"| {name}: {words} | {shown} | {cold:.0f} | {warm:.1f} |", flush=True)
    with open_store(f"sqlite:///{file}") as store:
        with_index = stored_one_by_one(store, language, articles)
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER search_insert")
        without = stored_one_by_one(store, language, articles + STORED)
    print(f"An article's row is written in {with_index:.2f} ms, {without:.2f} ms without the index")


class Language:
    """Words that do not exist, the frequent ones first."""

    def __init__(self, said: Random) -> None:
        self.said = said
        letters = said.sample([chr(code) for code in range(0xAC00, 0xD7A4)], 1200)
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(letters))))
        self.stems = [
            "".join(said.choices(letters, cum_weights=weights, k=said.choice((2, 2, 2, 3, 3, 4))))
            for _ in range(STEMS)
        ]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(STEMS)))

    def sentence(self, words: int) -> str:
        stems = self.said.choices(self.stems, cum_weights=self.weights, k=words)
        return " ".join(
            map("".join, zip(stems, self.said.choices(PARTICLES, k=words), strict=True))
        )

    def asked(self) -> dict[str, str]:
        """What is searched for, by what it is."""
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
    with store.engine.begin() as connection:
        return connection.execute(article.select().limit(1)).first() is not None


def fill(store: Store, language: Language, articles: int) -> None:
    """Rows as a crawl leaves them, without what is not searched: releases, addresses."""
    for start in range(0, articles, AT_ONCE):
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.execute(insert(article), list(invented(language, start, articles)))
        if start % 100_000 == 0:
            print(f"{start:,} articles", file=sys.stderr, flush=True)


def invented(language: Language, start: int, of: int) -> Iterator[dict[str, Any]]:
    for number in range(start, min(start + AT_ONCE, of)):
        former = f" {FORMER}" if number < of / 2 and number % 5 == 0 else ""
        yield row(language, number, former)


def row(language: Language, number: int, more: str = "") -> dict[str, Any]:
    body = language.sentence(language.said.randint(90, 150)) + more
    at = FIRST + timedelta(minutes=5 * number - language.said.randrange(5000))
    url = f"https://paper.example/news/{number}"
    return {
        "url": url, "canonical_url": url, "outlet": language.said.choice(OUTLETS),
        "fetched_at": "2024-09-11T00:14:32Z", "keywords": [], "images": [], "in_language": "ko",
        "headline": language.sentence(6), "body": body, "authors": [], "author_details": [],
        "date_published": at.strftime("%Y-%m-%dT%H:%M+09:00"), "mentioned_dates": [], "revision": 1,
        "blocks": [{"text": line, "kind": "body", "inside": ""} for line in body.split(". ")],
        "date_candidates": [],
    }  # fmt: skip


def timed(file: Path, words: str) -> tuple[int, float, float]:
    """How many are shown, and the milliseconds: the first search of a process on a quiet disk, and
    the median of the next."""
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    took = []
    with open_store(f"sqlite:///{file}") as store:
        for _ in range(1 + RUNS):
            began = time.perf_counter()
            hits = search(store, Asked(words_of(words)), 20)
            took.append(1000 * (time.perf_counter() - began))
    return len(hits), took[0], median(took[1:])


def stored_one_by_one(store: Store, language: Language, first: int) -> float:
    rows: Sequence[dict[str, Any]] = [row(language, first + one) for one in range(STORED)]
    began = time.perf_counter()
    for one in rows:
        with store.engine.execution_options(writing=True).begin() as connection:
            connection.execute(insert(article), one)
    return 1000 * (time.perf_counter() - began) / STORED


def seconds(what: Any) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began
