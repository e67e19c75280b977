"""Newsstand server with cached responses and as many different texts as real outlets have.

``python -m bench.trials.cheap_server ARTICLES`` prints the proxy's address and serves until it is
terminated. Every response is rendered once; ordinary posts print the releases of
``press_release_generator.py``, since the newsstand's own are so few that each has dozens of copies.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from bench import ROOT
from bench.trials.press_release_generator import release
from newsstand.content import KST
from newsstand.server import serve
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, SiteRequest
from newsstand.stories import Story

NOW = datetime(2026, 3, 11, 6, tzinfo=KST)


class CachingNewsstand(NewsstandState):
    """A newsstand that caches its responses."""

    def __init__(self, articles: int) -> None:
        super().__init__(1, NOW, articles)
        self.kept: dict[str, Reply] = {}
        numbers = count()
        for outlet, posts in self.posts.items():
            for post in list(posts):
                if not post.trap:
                    press_release = release(next(numbers), post.at.date())
                    story = Story(
                        town=press_release.town,
                        headline=press_release.headline,
                        paragraphs=(
                            press_release.lead,
                            *press_release.sentences,
                            press_release.quote,
                        ),
                    )
                    self.change(outlet, post.number, story=story)

    def answer(self, request: SiteRequest) -> Reply:
        """Return the cached response."""
        if request.url not in self.kept:
            self.kept[request.url] = super().answer(request)
        return self.kept[request.url]


@contextmanager
def cheap_server(articles: int) -> Iterator[str]:
    """Start the server as a process; yield the proxy's address."""
    command = [sys.executable, "-m", "bench.trials.cheap_server", str(articles)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    newsstand = CachingNewsstand(int(sys.argv[1]))
    asyncio.run(serve(newsstand, NOW, 0, lambda address: print(address, flush=True)))
