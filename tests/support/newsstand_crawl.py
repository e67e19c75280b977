"""Crawls of the newsstand: a proxy, a store, the gold records, and the stats of a run."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.scrapy_process import Run, scrapy

OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")
EQUAL = (
    "article_id",
    "headline",
    "alternative_headline",
    "body",
    "date_published",
    "date_modified",
)


@dataclass
class Stand:
    proxy: str
    database: Path
    gold: list[dict[str, Any]]
    ended: int = 0

    def crawl(self, outlet: str, *arguments: str, by: Callable[..., Run] = scrapy) -> Run:
        """Not in the second in which the last one ended: a store's times are whole seconds."""
        while int(time.time()) == self.ended:
            time.sleep(0.02)
        options = ("-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL=sqlite:///{self.database}")
        run = by("crawl", outlet, *options, *arguments, proxy=self.proxy)
        self.ended = int(time.time())
        return run

    def stored(self, outlet: str | None = None) -> dict[str, dict[str, Any]]:
        with sqlite3.connect(self.database) as database:
            database.row_factory = sqlite3.Row
            rows = [dict(row) for row in database.execute("SELECT * FROM article ORDER BY id")]
        database.close()
        return {row["canonical_url"]: row for row in rows if outlet in (None, row["outlet"])}


def stat(run: Run, name: str) -> int:
    """A number of the stats that Scrapy prints when a crawl ends."""
    found = re.search(rf"'{re.escape(name)}': (\d+)", run.stderr)
    return int(found[1]) if found else 0
