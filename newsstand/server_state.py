"""State of the newsstand: all outlets with one edition, under a clock that can be moved."""

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
from newsstand.sites import Reply, Site, SiteRequest
from newsstand.sites.breaknews import Breaknews
from newsstand.sites.dadamedia import Dadamedia
from newsstand.sites.gnuboard import Gnuboard
from newsstand.sites.ncode import Ncode
from newsstand.sites.scripted import Scripted

REMEMBERED = 10_000
"""Number of requests that are remembered."""

FEW_ROWS, STOCK_ROWS = 5, 15
"""Rows on a page of papns's list: few, so that few articles fill many pages; or Gnuboard's default,
if the hourly cost of lists is measured."""


class NewsstandState:
    """All outlets of the newsstand: deterministic in its arguments.

    ``articles`` is the number of ordinary articles per outlet, at least 1, without the edge cases.
    ``faults`` are injected. In the ``hours`` after ``now`` every outlet prints ``per_hour`` new
    articles, which appear as ``step`` moves the clock. Or, in the ``days`` after ``now``, outlets
    print ``per_day`` articles on a normal working day, fewer on others (calendar.py). An event of a
    post overwrites what ``change`` made of it. ``scripted`` opens the sixth outlet. With
    ``sitemaps`` every outlet has a sitemap, named in its robots.txt. Raises ValueError for both
    hours and days.
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
        """The posts of each outlet's lists at present, in list order."""
        moments = weekly_rhythm(now, days, per_day) if days else evenly(now, hours, per_hour)
        self.coming: deque[Happening] = deque(
            coming(seed, self.posts, now, timedelta(days, hours=hours), moments)
        )
        """Events to come, in order."""
        self.happened: list[Happening] = []
        sites = open_sites(self.posts, now, STOCK_ROWS if hours or days else FEW_ROWS)
        self.sites = {host: site for site in sites for host in site.hosts}
        self.outlets = dict(zip(self.posts, sites, strict=True))
        self.broken: dict[str, Broken] = {}
        """Present breaks, by outlet."""
        self.opened, self.now, self.faults, self.sitemaps = now, now, faults, sitemaps
        self.requested: deque[str] = deque(maxlen=REMEMBERED)
        """Requests, as ``host/path?query``, oldest first."""
        self.lock = RLock()  # the clock may be moved from another thread

    @property
    def passed(self) -> timedelta:
        """Time by which the clock was moved since the opening."""
        return self.now - self.opened

    def change(self, outlet: str, number: str, **changes: Any) -> None:
        """Change a post from now on: another story, an edge case, an HTTP status."""
        with self.lock:
            posts = self.posts[outlet]
            at = next(at for at, post in enumerate(posts) if post.number == number)
            posts[at] = replace(posts[at], **changes)

    def turn(self) -> None:
        """Change everything around the articles by an hour: weather, lists, counters."""
        with self.lock:
            for site in set(self.sites.values()):
                site.turn += 1

    def break_outlet(self, outlet: str, kind: str) -> None:
        """Break an outlet from now on, in this way only (``breaks.registry``).

        Raises ValueError with a sentence for an unknown outlet or kind.
        """
        with self.lock:
            self.broken[outlet] = Broken(outlet, self.site_of(outlet), kind)

    def mend(self, outlet: str) -> None:
        """Repair an outlet. Raises ValueError for an unknown name."""
        with self.lock:
            self.site_of(outlet)
            self.broken.pop(outlet, None)

    def site_of(self, outlet: str) -> Site:
        """Return an outlet's site. Raises ValueError for an unknown name."""
        if outlet not in self.outlets:
            raise ValueError(f"no outlet is called {outlet!r}; use {', '.join(self.outlets)}")
        return self.outlets[outlet]

    def step(self, hours: float = 1.0) -> list[Happening]:
        """Move the clock; return the events that happened."""
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

    def answer(self, request: SiteRequest) -> Reply:
        """Return a site's or a fault's response; 502 for an unknown host."""
        self.requested.append(
            f"{request.host}{request.path}"
            + ("?" if request.query else "")
            + urlencode(request.query)
        )
        if not (site := self.sites.get(request.host)):
            hosts = ", ".join(sorted(self.sites))
            text = f"The newsstand does not carry {request.host}; it carries {hosts}.\n"
            return Reply(text.encode(), 502, "text/plain; charset=utf-8")
        with self.lock:
            fault = self.faults and self.faults.answer(request, site)
            return fault or self.met(request, site)

    def met(self, request: SiteRequest, site: Site) -> Reply:
        """Return a site's response without faults: whole or broken."""
        outlet = next(name for name, other in self.outlets.items() if other is site)

        def own() -> Reply:
            return (self.sitemaps and self.mapped(request, outlet)) or site.answer(request)

        broken = self.broken.get(outlet)
        return broken.answer(request, own) if broken else own()

    def mapped(self, request: SiteRequest, outlet: str) -> Reply | None:
        """Return the response that a sitemap adds or changes, or None."""
        site = self.outlets[outlet]
        if request.path == "/robots.txt":
            rules = site.answer(request)
            return replace(rules, body=in_robots(outlet, rules.body))
        return sitemap(request.path, outlet, site.posts, self.now)


def put(posts: list[Post], happening: Happening) -> None:
    """Apply an event to an outlet's list: a post moves only if its rank has changed."""
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
    """Return the sites of all outlets."""
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
