"""Speed and size of exports by format: ``python3 -m bench export``.

Invented changes of realistic size (a body of about 900 letters, lists, dates over a year in random
order) go through ``crawler.export.feeds.FeedTarget`` into a file, or into a folder by day.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import psutil
from scrapy.utils.project import get_project_settings

from bench import ROOT
from crawler.article import FEED_FIELDS
from crawler.export.feeds import FeedTarget
from crawler.store.changes.feed import CHANGE_FIELDS

ROWS = 20_000
FORMATS = ("jsonl", "json", "csv", "xml", "parquet")
FIELDS = [*CHANGE_FIELDS, *FEED_FIELDS]


def main(arguments: list[str]) -> int:
    """Print a line per format."""
    parser = argparse.ArgumentParser(prog="python3 -m bench export", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="export-") as name:
        for form in FORMATS:
            measure(form, Path(name) / f"rows.{form}", options.rows)
        measure("parquet by day", Path(name) / "days", options.rows, by_day=True)
    return 0


def measure(title: str, path: Path, number: int, by_day: bool = False) -> None:
    """Write once to warm up and once for the figures, without the cost of making the rows."""
    target = FeedTarget(str(path), get_project_settings(), by_day=by_day)
    target.write(rows(10), FIELDS)
    made = seconds(lambda: sum(1 for _ in rows(number)))
    took = seconds(lambda: target.write(rows(number), FIELDS)) - made
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    memory = psutil.Process().memory_info().rss >> 20
    print(f"{title:15} {number / took:8.0f} rows/s {size / number:8.0f} bytes/row {memory:6} MB")


def seconds(work: Any) -> float:
    """Return the processor seconds of some work; other load on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def rows(number: int) -> Iterator[dict[str, Any]]:
    """Yield the same rows each time, each with a body of its own."""
    random = Random(7)  # noqa: S311 - no secret
    letters = [chr(letter) for letter in range(0xAC00, 0xD7A3, 7)]
    words = ["".join(random.choices(letters, k=random.randint(2, 4))) for _ in range(5000)]
    sample = [row(random, words) for _ in range(1000)]
    for seq in range(1, number + 1):
        body = "\n".join(" ".join(random.choices(words, k=45)) for _ in range(5))
        yield random.choice(sample) | {"seq": seq, "article_id": str(seq), "body": body}


def row(random: Random, words: list[str]) -> dict[str, Any]:
    """Return an invented change."""
    day = f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    address = f"http://paper.example/news/view.php?idx={random.randrange(10**6)}"
    headline = " ".join(random.choices(words, k=8))
    known = {
        "change": "new", "changed_at": f"{day}T00:14:32Z", "fetched_at": f"{day}T00:14:32Z",
        "url": f"{address}&mcode=m641vf2", "canonical_url": address, "outlet": "paper",
        "headline": headline, "headline_raw": headline,
        "date_published": random.choice([f"{day}T09:14+09:00", f"{day}T09:14:32+09:00", day]),
        "date_published_raw": f"등록 {day}", "date_source": "label", "date_precision": "minute",
        "authors": ["장이든"], "byline_raw": "장이든 기자", "in_language": "ko",
        "author_details": [{"name": "장이든", "email": "a@paper.example", "role": "기자"}],
        "images": [{"url": f"{address}.jpg", "caption": headline}], "keywords": words[:3],
        "rights": {"notice": "무단전재 금지", "holder": "나래", "ai_training": None},
        "mentioned_dates": [{"text": "2일", "start": 3, "end": 5, "from": day, "to": day}],
        "content_hash": f"{random.getrandbits(256):064x}", "cluster_id": address,
        "revision": 1, "revised_by": "outlet", "extractor_version": "0.2.0+1f3a5c7e",
    }  # fmt: skip
    return dict.fromkeys(FIELDS) | known
