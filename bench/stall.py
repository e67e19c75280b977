"""The newsstand as a server that costs next to nothing, with texts as different as real ones.

``python -m bench.stall ARTICLES`` prints the proxy's address and serves until it is ended. Every
answer is written once and kept; ordinary posts tell the releases of ``bench/prints.py``, since the
newsstand's own are so few that each has dozens alike.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from bench.prints import release
from newsstand.content import KST
from newsstand.server import serve
from newsstand.server_state import NewsstandState
from newsstand.sites import Ask, Reply
from newsstand.stories import Story

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 11, 6, tzinfo=KST)


class Stall(NewsstandState):
    """A stand that keeps its answers."""

    def __init__(self, articles: int) -> None:
        super().__init__(1, NOW, articles)
        self.kept: dict[str, Reply] = {}
        numbers = count()
        for outlet, posts in self.posts.items():
            for post in list(posts):
                if not post.trap:
                    told = release(next(numbers), post.at.date())
                    story = Story(
                        town=told.town,
                        headline=told.headline,
                        paragraphs=(told.lead, *told.sentences, told.quote),
                    )
                    self.change(outlet, post.number, story=story)

    def answer(self, ask: Ask) -> Reply:
        if ask.url not in self.kept:
            self.kept[ask.url] = super().answer(ask)
        return self.kept[ask.url]


@contextmanager
def stall(articles: int) -> Iterator[str]:
    """Open it as a process of its own; yields the proxy's address."""
    command = [sys.executable, "-m", "bench.stall", str(articles)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    opened = Stall(int(sys.argv[1]))
    asyncio.run(serve(opened, NOW, 0, lambda address: print(address, flush=True)))
