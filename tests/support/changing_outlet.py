"""Outlet of the newsstand whose articles a test edits, deletes and restores between crawls."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from newsstand.content import KST, Post
from newsstand.gold import ADDRESS
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.newsstand_crawl import Stand
from tests.support.scrapy_process import Run


class Paper:
    """An outlet at the newsstand, and the store of who crawls it."""

    def __init__(self, outlet: str, proxy: str, sold: Newsstand, folder: Path) -> None:
        self.outlet, self.sold = outlet, sold
        self.crawler = Stand(proxy, folder / f"{outlet}.db", [])

    def crawl(self, *arguments: str) -> Run:
        quick = ("-s", "RETRY_TIMES=1")
        return self.crawler.crawl(self.outlet, "-a", "since=60d", *quick, *arguments)

    def address(self, post: Post) -> str:
        return ADDRESS[self.outlet].format(post.number)

    def rows(self, table: str = "article") -> list[dict[str, Any]]:
        with sqlite3.connect(self.crawler.database) as database:
            database.row_factory = sqlite3.Row
            rows = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608
        database.close()
        return rows

    def stored(self) -> dict[str, dict[str, Any]]:
        return self.crawler.stored()

    def ordinary(self) -> list[Post]:
        """Posts without a trap that the crawl has stored."""
        stored = self.stored()
        posts = [post for post in self.sold.posts[self.outlet] if not post.trap]
        return [post for post in posts if self.address(post) in stored]

    def change(self, post: Post, **changes: Any) -> None:
        self.sold.change(self.outlet, post.number, **changes)


@contextmanager
def paper(outlet: str, folder: Path, articles: int = 6) -> Iterator[Paper]:
    now = datetime.now(KST)
    sold = Newsstand(seed=3, now=now, articles=articles)
    with beside(sold, now) as proxy:
        yield Paper(outlet, proxy, sold, folder)


def edited(post: Post) -> Post:
    first, *rest = post.story.paragraphs
    story = replace(
        post.story, paragraphs=(first, *rest, "시는 이 글을 나중에 바로잡았다고 밝혔다.")
    )
    return replace(post, story=story)
