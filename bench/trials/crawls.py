"""Shared parts of the long crawls: a crawl of the newsstand as a process, and its store."""

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

from bench import ROOT
from crawler.dates.utc import utc_now

STALL = 6.0
"""Seconds for which the newsstand holds a stalled response; a crawl waits half as long."""

ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Held:
    """A store compared with the gold: articles missing, stored twice, and not in the gold."""

    gold: int
    lost: int
    twice: int
    foreign: int

    @property
    def is_right(self) -> bool:
        """True if the store equals the gold."""
        return not (self.lost or self.twice or self.foreign)

    def __str__(self) -> str:
        return f"lost {self.lost}, stored twice {self.twice}, not in the gold {self.foreign}"


def crawl(
    outlet: str, store: str, proxy: str, folder: Path, *, stall: float = STALL
) -> subprocess.Popen[bytes]:
    """Start a crawl of a whole outlet without delays; ``folder`` gets log and archive."""
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
    # the URL that comes first becomes the canonical one
    own = {url: page["canonical_url"] for page in wanted for url in addresses(page)}
    counts = Counter(own.get(url, "") for url in stored(store))
    return Held(
        gold=len(wanted),
        lost=sum(not counts[page["canonical_url"]] for page in wanted),
        twice=sum(counts[page["canonical_url"]] > 1 for page in wanted),
        foreign=counts[""],
    )


def addresses(page: dict[str, Any]) -> list[str]:
    """Return all URLs of a gold article."""
    return [page["canonical_url"], *page["aliases"]]


def stored(store: str) -> list[str]:
    """Return the canonical URLs in a store."""
    return rows(store, "SELECT canonical_url FROM article")


def is_unfinished(store: str) -> bool:
    """Return True if a next run would have something to fetch."""
    now = utc_now()
    due = (
        "SELECT outlet FROM page WHERE due_at <= :now"
        " AND (outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'outside'))"
    )
    return bool(rows(store, due, now=now) or rows(store, "SELECT outlet FROM list_cursor"))


def rows(store: str, query: str, **values: str) -> list[Any]:
    """Return the first column; empty while the table or the server does not exist."""
    with suppress(DBAPIError), _engine(store).connect() as database:
        return list(database.execute(text(query), values).scalars())
    return []


@cache
def _engine(store: str) -> Engine:
    return create_engine(store, poolclass=NullPool)
