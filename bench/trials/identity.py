"""Cost of deduplicating, clustering and storing an article, as the store grows.

Invented articles (``press_release_generator.py``) go through the last two stages, one by one as in
a crawl, into a new SQLite database. ``python3 -m bench identity`` goes up to a million, which takes
about an hour and a few gigabytes in ``output/``, and draws ``docs/identity.svg``.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

from bench import ROOT
from bench.trials.press_release_generator import generate_articles
from crawler.article import Article
from crawler.store import StoreError, open_store
from crawler.store.session import DuplicateAddress, SameArticle
from pipelines.dedupe import Dedupe
from pipelines.store import SaveArticle

PLOT = ROOT / "docs" / "identity.svg"
SIZES = (10_000, 100_000, 1_000_000)
SAMPLE = 2_000
"""Articles per point of the curve, which is their mean."""
TARGET = 2.0
"""Maximum milliseconds per article, for all three together, in the largest store."""
GROWTH = 1.5
"""Maximum ratio of the cost at the largest and at the smallest size."""


@dataclass(frozen=True, slots=True)
class Point:
    """The mean of the last articles before the store reached ``size``."""

    size: int
    ms: float
    processor_ms: float
    megabytes: float
    """Peak memory of the process so far."""


def main(arguments: list[str]) -> int:
    """Print and draw the curve. Returns 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python3 -m bench identity", description=__doc__)
    parser.add_argument("--articles", type=int, default=SIZES[-1], help="how large the store grows")
    parser.add_argument("--points", type=Path, help="write the curve as JSON Lines, too")
    options = parser.parse_args(arguments)
    sizes = [size for size in SIZES if size <= options.articles]
    if not sizes:
        print(f"bench: --articles must be at least {SIZES[0]}", file=sys.stderr)
        return 2
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="identity-") as folder:
        points = curve(f"sqlite:///{folder}/store.db", options.articles, _print_at(sizes))
    if options.points:
        lines = [json.dumps(asdict(point)) + "\n" for point in points]
        options.points.write_text("".join(lines), "utf-8")
    at = {point.size: point for point in points}
    first, last = at[sizes[0]], at[sizes[-1]]
    growth = last.ms / first.ms
    print(f"\n{last.ms:.2f} ms at {last.size:,} (target {TARGET}); {growth:.2f} times that at "
          f"{first.size:,} (target {GROWTH})")  # fmt: skip
    if options.articles == SIZES[-1]:
        draw(points, PLOT)
        print(f"drawn in {PLOT.relative_to(ROOT)}")
    return 1 if last.ms > TARGET or growth > GROWTH else 0


def curve(url: str, articles: int, show: Callable[[Point], None]) -> list[Point]:
    """Fill a new store and measure all the way."""
    points = []
    with open_store(url) as store:
        process = through(Dedupe(), SaveArticle(store, end))
        stream = generate_articles()
        for size in range(SAMPLE, articles + 1, SAMPLE):
            sample = list(islice(stream, SAMPLE))
            started, started_work = time.perf_counter(), time.process_time()
            for article in sample:
                process(article)
            point = Point(
                size,
                1000 * (time.perf_counter() - started) / SAMPLE,
                1000 * (time.process_time() - started_work) / SAMPLE,
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            )
            points.append(point)
            show(point)
    return points


def through(dedupe: Dedupe, store: SaveArticle) -> Callable[[Article], None]:
    """Return a function that passes an article through the two stages, as a crawl does."""

    def process(article: Article) -> None:
        with suppress(DuplicateAddress, SameArticle):
            store.process_item(dedupe.process_item(article))

    return process


def draw(points: list[Point], file: Path) -> None:
    """Draw cost and memory over the size of the store."""
    from matplotlib import use
    from matplotlib.figure import Figure

    use("svg")
    figure = Figure(figsize=(8, 5), layout="constrained")
    cost, memory = figure.subplots(2, 1, sharex=True)
    sizes = [point.size for point in points]
    cost.plot(sizes, [point.ms for point in points], label="by the clock")
    cost.plot(sizes, [point.processor_ms for point in points], label="processor")
    cost.axhline(TARGET, linestyle="--", color="grey", label="target at 1 million")
    cost.set(ylabel="ms per article", ylim=(0, None), xscale="log")
    cost.legend()
    memory.plot(sizes, [point.megabytes for point in points])
    memory.set(xlabel="articles in the store", ylabel="MB of the process", ylim=(0, None))
    figure.savefig(file, metadata={"Date": None})


def _print_at(sizes: list[int]) -> Callable[[Point], None]:
    def show(point: Point) -> None:
        if point.size in sizes or point.size % 50_000 == 0:
            print(
                f"{point.size:>9,} articles {point.ms:7.2f} ms {point.processor_ms:7.2f} ms "
                f"processor {point.megabytes:6.0f} MB",
                flush=True,
            )

    return show


def end(error: StoreError) -> NoReturn:
    """Raise the error of the store."""
    raise error
