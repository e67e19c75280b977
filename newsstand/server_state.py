"""The five newspapers together: one edition, asked by host, under a clock that can be moved."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any
from urllib.parse import urlencode

from newsstand.breaks import Broken
from newsstand.calendar import weekly_rhythm
from newsstand.clock import Happening, coming, evenly
from newsstand.content import KST, Post, edition
from newsstand.faults import Faults
from newsstand.sitemaps import in_robots, sitemap
from newsstand.sites import Ask, Reply, Site
from newsstand.sites.breaknews import Breaknews
from newsstand.sites.dadamedia import Dadamedia
from newsstand.sites.gnuboard import Gnuboard
from newsstand.sites.ncode import Ncode
from newsstand.sites.scripted import Scripted

REMEMBERED = 10_000
"""Requests that the stand remembers."""

FEW_ROWS, STOCK_ROWS = 5, 15
"""Rows on a page of papns's list: few, so that few articles fill many pages; and as many as
Gnuboard sets up, where what a list costs by the hour is measured."""


class NewsstandState:
    """Everything that the newsstand sells: deterministic in its arguments.

    ``articles`` is the number of ordinary articles per outlet, at least 1; the traps come on top.
    ``faults`` says what goes wrong. In the ``hours`` after ``now`` every outlet prints
    ``per_hour`` new articles; they appear as ``step`` moves the clock. Or in the ``days`` after it
    they print as papers do, ``per_day`` on a common working day, fewer on others (days.py).
    What happens then to a post takes the place of what ``change`` made of it. ``scripted`` opens
    the sixth paper too. With ``sitemaps`` every paper has one, and names it in its robots.txt.
    Raises ValueError for hours and days at once.
    """

    def __init__(
        self,
        seed: int,
        now: datetime,
        articles: int,
        *,
        faults: Faults | None = None,
        hours: float = 0.0,
        per_hour: float = 2.0,
        days: float = 0.0,
        per_day: float = 12.0,
        scripted: bool = False,
        sitemaps: bool = False,
    ) -> None:
        if hours and days:
            raise ValueError("either hours pass or days")
        now = now.astimezone(KST)
        self.posts: dict[str, list[Post]] = edition(seed, now, articles, scripted=scripted)
        """What stands in each outlet's lists at this time, in their order."""
        moments = weekly_rhythm(now, days, per_day) if days else evenly(now, hours, per_hour)
        self.coming: deque[Happening] = deque(
            coming(seed, self.posts, now, timedelta(days, hours=hours), moments)
        )
        """What has still to happen, in order."""
        self.happened: list[Happening] = []
        sites = open_sites(self.posts, now, STOCK_ROWS if hours or days else FEW_ROWS)
        self.sites = {host: site for site in sites for host in site.hosts}
        self.outlets = dict(zip(self.posts, sites, strict=True))
        self.broken: dict[str, Broken] = {}
        """What is broken now, by outlet."""
        self.opened, self.now, self.faults, self.sitemaps = now, now, faults, sitemaps
        self.asked: deque[str] = deque(maxlen=REMEMBERED)
        """What was asked for, as ``host/path?query``, the last last."""
        self.lock = RLock()  # whoever moves the clock need not be in the proxy's thread

    @property
    def passed(self) -> timedelta:
        """How far the clock was moved since the stand opened."""
        return self.now - self.opened

    def change(self, outlet: str, number: str, **changes: Any) -> None:
        """Print a post otherwise from now on: another story, a trap, an HTTP status."""
        with self.lock:
            posts = self.posts[outlet]
            at = next(at for at, post in enumerate(posts) if post.number == number)
            posts[at] = replace(posts[at], **changes)

    def turn(self) -> None:
        """Let an hour pass for all that stands around the articles: weather, lists, counters."""
        with self.lock:
            for site in set(self.sites.values()):
                site.turn += 1

    def break_outlet(self, outlet: str, kind: str) -> None:
        """Break an outlet, from now on and in this way alone (``breaks.kinds``).

        Raises ValueError, a sentence, for an outlet or kind that there is not.
        """
        with self.lock:
            self.broken[outlet] = Broken(outlet, self.site_of(outlet), kind)

    def mend(self, outlet: str) -> None:
        """Let an outlet be whole again; raises ValueError where there is none of that name."""
        with self.lock:
            self.site_of(outlet)
            self.broken.pop(outlet, None)

    def site_of(self, outlet: str) -> Site:
        if outlet not in self.outlets:
            raise ValueError(f"no outlet is called {outlet!r}; there are {', '.join(self.outlets)}")
        return self.outlets[outlet]

    def step(self, hours: float = 1.0) -> list[Happening]:
        """Let time pass: what has come until then happens, and is returned."""
        with self.lock:
            self.now += timedelta(hours=hours)
            news = []
            while self.coming and self.coming[0].at <= self.now:
                news.append(self.coming.popleft())
                put(self.posts[news[-1].outlet], news[-1])
            for site in self.sites.values():
                site.now = self.now
        self.happened += news
        return news

    def answer(self, ask: Ask) -> Reply:
        """A site's answer, or a fault's; 502 for a host that has no stall here."""
        self.asked.append(
            f"{ask.host}{ask.path}" + ("?" if ask.query else "") + urlencode(ask.query)
        )
        if not (site := self.sites.get(ask.host)):
            sold = ", ".join(sorted(self.sites))
            text = f"The newsstand does not carry {ask.host}; it carries {sold}.\n"
            return Reply(text.encode(), 502, "text/plain; charset=utf-8")
        with self.lock:
            fault = self.faults and self.faults.answer(ask, site)
            return fault or self.met(ask, site)

    def met(self, ask: Ask, site: Site) -> Reply:
        """What is met at a site if nothing goes wrong on the way: whole or broken."""
        outlet = next(name for name, one in self.outlets.items() if one is site)

        def own() -> Reply:
            return (self.sitemaps and self.mapped(ask, outlet)) or site.answer(ask)

        broken = self.broken.get(outlet)
        return broken.answer(ask, own) if broken else own()

    def mapped(self, ask: Ask, outlet: str) -> Reply | None:
        """What an outlet answers otherwise since it has a sitemap."""
        site = self.outlets[outlet]
        if ask.path == "/robots.txt":
            rules = site.answer(ask)
            return replace(rules, body=in_robots(outlet, rules.body))
        return sitemap(ask.path, outlet, site.posts, self.now)


def put(posts: list[Post], happening: Happening) -> None:
    """Let it happen in an outlet's list: a post stays where it is unless its rank has changed."""
    post = happening.post
    at = next((at for at, other in enumerate(posts) if other.number == post.number), None)
    if at is not None:
        if posts[at].rank == post.rank:
            posts[at] = post
            return
        del posts[at]
    below = (at for at, other in enumerate(posts) if other.rank <= post.rank)
    posts.insert(next(below, len(posts)), post)


def open_sites(posts: dict[str, list[Post]], now: datetime, rows: int) -> tuple[Site, ...]:
    return (
        Gnuboard("https://www.papns.kr", "PAP뉴스", posts["papns"], now, rows=rows, stock_from=3),
        Gnuboard(
            "http://www.gyeonggitv.com",
            "경기티비종합뉴스",
            posts["gyeonggitv"],
            now,
            suffix=" -경기티비종합뉴스-",
            has_feed=True,
        ),
        Breaknews(posts["breaknews_kb"], now),
        Ncode(posts["gosiweek"], now),
        Dadamedia(posts["seonamtoday"], now),
        *([Scripted(posts["gaonilbo"], now)] if "gaonilbo" in posts else ()),
    )
