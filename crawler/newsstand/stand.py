"""The five newspapers together: one edition, asked by host."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from crawler.newsstand.edition import KST, Post, edition
from crawler.newsstand.sites import Ask, Reply, Site
from crawler.newsstand.sites.breaknews import Breaknews
from crawler.newsstand.sites.dadamedia import Dadamedia
from crawler.newsstand.sites.gnuboard import Gnuboard
from crawler.newsstand.sites.ncode import Ncode

REMEMBERED = 10_000
"""Requests that the stand remembers."""


class Stand:
    """Everything that the newsstand sells: deterministic in seed, ``now`` and ``articles``.

    ``articles`` is the number of ordinary articles per outlet, at least 1; the traps come on top.
    """

    def __init__(self, seed: int, now: datetime, articles: int) -> None:
        now = now.astimezone(KST)
        self.posts: dict[str, list[Post]] = edition(seed, now, articles)
        sites: tuple[Site, ...] = (
            Gnuboard(
                "https://www.papns.kr", "PAP뉴스", self.posts["papns"], now, rows=5, stock_from=3
            ),
            Gnuboard(
                "http://www.gyeonggitv.com",
                "경기티비종합뉴스",
                self.posts["gyeonggitv"],
                now,
                suffix=" -경기티비종합뉴스-",
                has_feed=True,
            ),
            Breaknews(self.posts["breaknews_kb"], now),
            Ncode(self.posts["gosiweek"], now),
            Dadamedia(self.posts["seonamtoday"], now),
        )
        self.sites = {host: site for site in sites for host in site.hosts}
        self.asked: deque[str] = deque(maxlen=REMEMBERED)
        """What was asked for, as ``host/path?query``, the last last."""

    def change(self, outlet: str, number: str, **changes: Any) -> None:
        """Print a post otherwise from now on: another story, a trap, an HTTP status."""
        posts = self.posts[outlet]
        at = next(at for at, post in enumerate(posts) if post.number == number)
        posts[at] = replace(posts[at], **changes)

    def turn(self) -> None:
        """Let an hour pass for all that stands around the articles: weather, lists, counters."""
        for site in set(self.sites.values()):
            site.turn += 1

    def answer(self, ask: Ask) -> Reply:
        """A site's answer; 502 for a host that has no stall here."""
        self.asked.append(
            f"{ask.host}{ask.path}" + ("?" if ask.query else "") + urlencode(ask.query)
        )
        if site := self.sites.get(ask.host):
            return site.answer(ask)
        sold = ", ".join(sorted(self.sites))
        text = f"The newsstand does not carry {ask.host}; it carries {sold}.\n"
        return Reply(text.encode(), 502, "text/plain; charset=utf-8")
