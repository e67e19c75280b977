"""What the long crawls have in common: one outlet's crawl of the newsstand, and its store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from crawler.dates.utc import utc_now

ROOT = Path(__file__).resolve().parent.parent
STALL = 6.0
"""Seconds for which the newsstand holds an answer back; a crawl waits for half of them."""

ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds of the gold: how many are missing, there twice, and in no gold."""

    gold: int
    lost: int
    twice: int
    foreign: int

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.twice or self.foreign)

    def __str__(self) -> str:
        return f"lost {self.lost}, stored twice {self.twice}, not in the gold {self.foreign}"


def crawl(
    outlet: str, store: str, proxy: str, folder: Path, *, stall: float = STALL
) -> subprocess.Popen[bytes]:
    """All that an outlet has, with a guest's delays off; ``folder`` gets log and archive."""
    command = [sys.executable, "-m", "scrapy", "crawl", outlet, "-a", "since=2000-01-01"]
    settings = (
        "DOWNLOAD_DELAY=0",
        "REQUEST_BUDGET=0",
        f"DOWNLOAD_TIMEOUT={stall / 2}",
        f"DATABASE_URL={store}",
        f"ARCHIVE={folder / ARCHIVE}",
    )
    command += [part for setting in settings for part in ("-s", setting)]
    with (folder / f"{outlet}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def held(gold: Path, store: str, outlets: tuple[str, ...]) -> Held:
    """Compare a store with the newsstand's gold."""
    lines = (json.loads(line) for line in gold.read_text("utf-8").splitlines())
    wanted = [page for page in lines if page["outlet"] in outlets]
    # which of an article's addresses is its own is decided by the order in which they come
    own = {url: page["canonical_url"] for page in wanted for url in addresses(page)}
    found = Counter(own.get(url, "") for url in stored(store))
    return Held(
        gold=len(wanted),
        lost=sum(not found[page["canonical_url"]] for page in wanted),
        twice=sum(found[page["canonical_url"]] > 1 for page in wanted),
        foreign=found[""],
    )


def addresses(page: dict[str, Any]) -> list[str]:
    return [page["canonical_url"], *page["aliases"]]


def stored(store: str) -> list[str]:
    return rows(store, "SELECT canonical_url FROM article")


def is_unfinished(store: str) -> bool:
    """Whether something is due that a next run would fetch."""
    now = utc_now()
    due = (
        "SELECT outlet FROM page WHERE due_at <= :now"
        " AND (outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'outside'))"
    )
    return bool(rows(store, due, now=now) or rows(store, "SELECT outlet FROM list_cursor"))


def rows(store: str, query: str, **values: str) -> list[Any]:
    """The first column; nothing as long as there is no table, or no server."""
    with suppress(DBAPIError), _engine(store).connect() as database:
        return list(database.execute(text(query), values).scalars())
    return []


@cache
def _engine(store: str) -> Engine:
    return create_engine(store, poolclass=NullPool)
