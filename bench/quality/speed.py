"""Speed of cleaning and dating a page, and proof that it grows linearly with the page.

Parsing is not counted: the raw half of the item is read before the clock starts.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import cycle

from parsel import Selector

from bench.quality.our_extractor import ELSEWHERE, outlet_of
from bench.quality.pages import Page, newsstand_pages
from crawler.article import Article
from crawler.extract.blocks import read_blocks
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import Dates

SIZE = 60_000
"""Size in bytes of the pages of the target."""
TARGET = 1.5
"""Maximum milliseconds for cleaning and dating such a page."""
ROUNDS = 101
STEEP = 3.0
"""A page of twice the size that takes this many times as long grows more than linearly."""
MIN_SECONDS = 0.2
"""Seconds below which a single measurement is unreliable."""
FETCHED = "2026-03-11T06:00:00Z"

GROWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "2 MB in one line of sentences": (
        2_000_000,
        lambda n: "가온시는 도서관을 열었다. " * (n // 36),
    ),
    "2 MB in one line of digits": (2_000_000, lambda n: "2026-3 " * (n // 7)),
    "2 MB in one line of notices": (
        2_000_000,
        lambda n: "밝혔다. [ⓒ 가온뉴스. 무단전재 금지] " * (n // 51),
    ),
    "2 MB in one line of dates": (2_000_000, lambda n: "date 2026-03-11 " * (n // 16)),
    "2 MB in one line without a space": (2_000_000, lambda n: "가" * (n // 3)),
    "2 MB of ℃ in one line": (2_000_000, lambda n: "℃" * (n // 3)),
    "100,000 lines of ℃": (100_000, lambda n: "℃\n" * n),
    "100,000 lines of a weather strip": (100_000, lambda n: "맑음서울 12.3℃\n" * n),
    "100,000 sentences": (100_000, lambda n: "가온시는 11일 도서관을 열었다고 밝혔다.\n" * n),
    "100,000 short lines": (100_000, lambda n: "".join(f"가온 {i}\n" for i in range(n))),
    "100,000 bylines": (100_000, lambda n: "김하늘 기자 2026-03-11 10:00\n" * n),
    "100,000 lines, half of them copyright": (
        100_000,
        lambda n: "ⓒ 가온뉴스 무단전재 금지\n책을 빌려 준다고 밝혔다.\n" * (n // 2),
    ),
    "100,000 lines, half of them English": (
        100_000,
        lambda n: "The library opened its doors today.\n책을 빌려 준다고 밝혔다.\n" * (n // 2),
    ),
}
"""Maximum size, and the text of a page of a given size: bytes of a line, or lines."""


def main(arguments: list[str]) -> int:
    """Print both tables. Returns 1 if the target is missed or a page grows too steeply."""
    argparse.ArgumentParser(prog="python3 -m bench speed", description=__doc__).parse_args(
        arguments
    )
    print(f"A page of {SIZE:,} bytes: median of {ROUNDS}, target {TARGET} ms", flush=True)
    slow = 0
    for name, page in large_pages(newsstand_pages()):
        raw = extract_saved(page, outlet_of(page.url))
        median = 1000 * sorted(_seconds(raw, ROUNDS))[ROUNDS // 2]
        slow += median > TARGET
        print(f"{median:9.2f} ms  {name}, {len(raw.blocks)} lines", flush=True)
    print("\nA page that grows to its size by doubling: the last four in ms, the last ratio")
    steep = 0
    for name, (size, text) in GROWING.items():
        times = growth(text, size)
        steep += times[-1] > STEEP * times[-2]
        columns = " ".join(f"{1000 * seconds:6.0f}" for seconds in times[-4:])
        print(f"{columns:28} {times[-1] / times[-2]:5.1f}  {name}", flush=True)
    return 1 if slow or steep else 0


def growth(text: Callable[[int], str], size: int) -> list[float]:
    """Return the seconds at 1/64, 1/32 … 1 of the size; stops at the first long and steep one."""
    times: list[float] = []
    for part in (64, 32, 16, 8, 4, 2, 1):
        page = SavedPage(ELSEWHERE, FETCHED, text=text(size // part))
        times.append(min(_seconds(extract_saved(page, outlet_of(page.url)), 2)))
        if len(times) > 1 and times[-1] > max(MIN_SECONDS, STEEP * times[-2]):
            break
    return times


def large_pages(pages: list[Page]) -> Iterator[tuple[str, SavedPage]]:
    """Yield pages of `SIZE` bytes: an article in much markup, known and unknown, and plain text."""
    page = max(pages, key=lambda page: len(page.body))
    lines = cycle([line for other in pages for line in other.body])
    links = cycle(
        [f'<li><a class="news_link" href="{p.url}">{p.body[0][:30]}</a></li>' for p in pages]
    )
    html = page.html.replace(
        "</body>", f"<ul>{_fill(links, SIZE - len(page.html.encode()))}</ul></body>"
    )
    yield "an article of a known CMS", SavedPage(page.url, FETCHED, html=html)
    visible = "\n".join(block.text for block in read_blocks(Selector(html).root, {}))
    yield "all lines of that page, CMS unknown", SavedPage(ELSEWHERE, FETCHED, text=visible)
    text = f"새 도서관\n김하늘 기자 | 입력 2026-03-11 10:00\n{_fill(lines, SIZE)}"
    yield "an article that fills the page", SavedPage(ELSEWHERE, FETCHED, text=text)


def _fill(pieces: Iterator[str], size: int) -> str:
    parts: list[str] = []
    while size > 0:
        parts.append(next(pieces))
        size -= len(parts[-1].encode())
    return "\n".join(parts)


def _seconds(raw: Article, rounds: int) -> Iterator[float]:
    """Yield the processor time of each round; each round works on a copy of the item."""
    book = load_rules()
    for _ in range(rounds):
        article = deepcopy(raw)
        gc.collect()
        started = time.process_time()
        clean_article(article, book)
        Dates().process_item(article)
        yield time.process_time() - started
