"""Fuzzing: saved pages with broken bytes must neither raise nor take long.

A case is a page of ``tests/pages`` after a few mutations that its number decides, read as a crawl
reads it, cleaned and dated. ``python3 -m bench fuzz`` runs 200,000, the test suite some of them.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench import ROOT
from bench.quality.our_extractor import outlet_of
from crawler.encoding import charset_of
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import Dates

PAGES = ROOT / "tests" / "pages"
ADDRESS = {
    "papns": "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=7",
    "gyeonggitv": "http://www.gyeonggitv.com/bbs/board.php?bo_table=news&wr_id=7",
    "breaknews_kb": "https://kb.breaknews.com/7",
    "gosiweek": "https://www.gosiweek.com/article/1795000000000007",
    "seonamtoday": "http://seonamtoday.com/news/view.php?idx=7",
}
FETCHED = "2026-03-11T06:00:00Z"
LIMIT = 1.0
"""Maximum processor seconds per case; other load on the machine does not count."""
CASES = 200_000
BARE = 0.25
"""Share of the cases that are read as lines of text."""
_TAG = re.compile(r"<[^<>]*>")


class Hang(Exception):
    """A case took longer than `LIMIT`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that raised or hung, with its page and traceback."""

    case: int
    page: str
    error: str


def run(cases: range, done: Callable[[int], None] = lambda _: None) -> Iterator[Failure]:
    """Yield the cases that raised or hung; each depends on its number alone."""
    sources = sorted(PAGES.glob("*/*.html"))
    pieces = _pieces(sources)
    for case in cases:
        rng = Random(case)  # noqa: S311
        source = rng.choice(sources)
        try:
            with _time_limit():
                body = mutate(source.read_bytes(), pieces, rng)
                _read(body, ADDRESS[source.parent.name], bare=rng.random() < BARE)
        except Exception:
            name = f"{source.parent.name}/{source.name}"
            yield Failure(case, name, traceback.format_exc())
        done(case)


def mutate(body: bytes, pieces: Sequence[bytes], rng: Random) -> bytes:
    """Apply one to eight changes: bytes set, cut, doubled, or replaced by a piece of any page."""
    changed = bytearray(body)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(changed) + 1)
        length = rng.choice((1, 2, 9, 80, 700))
        match rng.randrange(6):
            case 0:
                changed[at : at + 1] = rng.randbytes(1)
            case 1:
                changed[at : at + length] = rng.randbytes(min(length, 80))
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 20))
            case 4:
                changed[at:at] = rng.choice(pieces)
            case 5:
                changed[at : at + length] = rng.choice(SIGNS)
    return bytes(changed)


SIGNS = tuple(
    sign.encode()
    for sign in ("", "\0", "<", ">", "<!--", "</div>", "<p>", "&#0;", "&#xd800;", "℃" * 300, "▲",
                 "\u200b", "\ufeff", "\u202e", "가\u0301", "각", " ", "\n" * 9, "(" * 99, "9" * 300,
                 "2026-13-45", "오후 25시", "기자 " * 50, "ⓒ" * 50, "#" * 99, "가나다. " * 200)
)  # fmt: skip
"""Texts that have broken readers before."""


def _pieces(sources: Sequence[Path]) -> list[bytes]:
    return [line for source in sources for line in source.read_bytes().splitlines() if line]


def _read(body: bytes, url: str, *, bare: bool) -> None:
    """Read, clean and date a page as a crawl does; ``bare`` passes every line to the stages."""
    html = body.decode(charset_of(body) or "utf-8", "replace")
    page = (
        SavedPage(url, FETCHED, text=_TAG.sub("\n", html))
        if bare
        else SavedPage(url, FETCHED, html=html)
    )
    article = extract_saved(page, outlet_of(page.url))
    clean_article(article, load_rules())
    Dates().process_item(article)


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang(f"more than {LIMIT} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def main(arguments: list[str]) -> int:
    """Run the long form; print each failing case and the command that repeats it."""
    parser = argparse.ArgumentParser(prog="python3 -m bench fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help=f"how many (default {CASES:,})")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    options = parser.parse_args(arguments)
    started = time.perf_counter()

    def done(case: int) -> None:
        if (case + 1 - options.first) % 10_000 == 0:
            print(f"up to case {case:,}: {time.perf_counter() - started:.0f} s", flush=True)

    failed = 0
    for failure in run(range(options.first, options.first + options.cases), done):
        failed += 1
        again = f"python3 -m bench fuzz --first {failure.case} --cases 1"
        print(f"{failure.page}: {again}\n{failure.error}", file=sys.stderr)
    print(f"{options.cases:,} cases, {failed} failed")
    return 1 if failed else 0
