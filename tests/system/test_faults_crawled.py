"""Crawls of a faulty newsstand: error pages are classified, never stored, and retried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from newsstand import gold
from newsstand.content import KST
from newsstand.faults import Faults
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from tests.support.newsstand_crawl import Stand, stat

NOW = datetime.now(KST)
AT_ONCE = ("500", "503", "reset", "truncated", "stall", "empty", "mysql-connect", "mysql-db")
"""Faults that a second or third try gets over, in the same run."""
LATER = ("bomb", "loop", "stranger", "inwards", "ftp", "firewall", "firewall-403")
"""Faults after which a page is left for the next run."""
FOR_GOOD = ("no-right", "login", "password", "login-form", "deleted")


Wanted = set[frozenset[str]]
"""The articles of a perfect crawl, each under any of its addresses: the first met is its own."""


@contextmanager
def misbehaving(
    folder: Path, kinds: tuple[str, ...], rate: float
) -> Iterator[tuple[Stand, Wanted]]:
    newsstand = Newsstand(9, NOW, 20, faults=Faults(9, kinds, rate=rate, stall=3.0))
    gold.write(newsstand.posts, folder / "gold.jsonl")
    pages = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    wanted = {
        frozenset((page["canonical_url"], *page["aliases"]))
        for page in pages
        if page["outlet"] == "papns"
    }
    with beside(newsstand, NOW) as proxy:
        yield Stand(proxy, folder / "store.db", []), wanted


def missing(stand: Stand, wanted: Wanted) -> Wanted:
    """Those that are not stored; nothing else may be, and none twice."""
    stored = stand.stored().keys()
    assert stored <= set().union(*wanted)
    assert all(len(addresses & stored) < 2 for addresses in wanted)
    return {addresses for addresses in wanted if not addresses & stored}


def crawl(stand: Stand):
    return stand.crawl("papns", "-a", "since=60d", "-s", "DOWNLOAD_TIMEOUT=2")


def test_what_passes_at_once_costs_a_try(tmp_path: Path) -> None:
    with misbehaving(tmp_path, AT_ONCE, 0.4) as (stand, wanted):
        run = crawl(stand)
        assert run.returncode == 0, run.stderr[-3000:]
        assert stat(run, "retry/count") > 5
        assert missing(stand, wanted) == set()


def test_what_is_left_for_later_is_told_apart_and_stored_in_the_end(tmp_path: Path) -> None:
    with misbehaving(tmp_path, LATER, 0.5) as (stand, wanted):
        run = crawl(stand)
        assert run.returncode in (3, 5), run.stderr[-3000:]
        for kind in ("blocked", "broken", "other_host"):
            assert stat(run, f"malgeum/page/{kind}") > 0, kind
        assert missing(stand, wanted) != set()
        codes = [crawl(stand).returncode for _ in range(4)]
        assert codes[-1] == 0
        assert missing(stand, wanted) == set()


def test_what_stays_an_error_is_no_article_and_no_crash(tmp_path: Path) -> None:
    with misbehaving(tmp_path, FOR_GOOD, 0.3) as (stand, wanted):
        for _ in range(2):
            run = crawl(stand)
        assert missing(stand, wanted) != set()
        assert "Traceback" not in run.stderr


@pytest.mark.parametrize("kind", ["firewall", "500", "stranger", "no-list-right"])
def test_an_outlet_that_shows_nothing_else_is_no_quiet_day(tmp_path: Path, kind: str) -> None:
    with misbehaving(tmp_path, (kind,), 1.0) as (stand, _):
        run = stand.crawl("papns", "-a", "since=60d", "-s", "RETRY_TIMES=0")
        assert run.returncode in (1, 4, 5), run.stderr[-3000:]
        assert not stand.stored()
