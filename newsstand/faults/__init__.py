"""Faults, the same in every run: which URL meets which fault, and how often.

registry.py holds the table of faults, soft.py the error pages under HTTP 200.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from newsstand.faults.fault import Fault, Meeting
from newsstand.faults.redirects import LAP
from newsstand.faults.registry import FAULTS
from newsstand.page_type import kind_of
from newsstand.sites import Reply, Site, SiteRequest
from newsstand.stories import dice

PASSING = tuple(name for name, fault in FAULTS.items() if fault.passes)
"""Faults after which the same URL answers correctly: a crawl with them can miss nothing."""

HIT = frozenset({"article", "list", "feed"})
"""Types of page that are hit: a failing robots.txt has a meaning of its own."""


class Faults:
    """The faults of a newsstand: deterministic in ``seed``, for each URL separately.

    ``kinds`` are names of ``FAULTS``, ``rate`` is the share of URLs that are hit, ``stall`` the
    seconds for which a stalled response is held. Raises ValueError for an unknown kind.
    """

    def __init__(
        self,
        seed: int,
        kinds: Iterable[str] = PASSING,
        *,
        rate: float = 0.1,
        stall: float = 20.0,
        robots: bool = False,
    ) -> None:
        self.kinds = dict.fromkeys(kinds)
        if unknown := [name for name in self.kinds if name not in FAULTS]:
            raise ValueError(f"no fault is called {unknown[0]!r}; use {', '.join(FAULTS)}")
        self.seed, self.rate, self.stall = seed, rate, stall
        self.hit = HIT | {"robots"} if robots else HIT
        self.met: Counter[str] = Counter()
        """Number of requests to each URL that is hit."""

    def planned(self, request: SiteRequest, site: Site) -> tuple[Fault, int] | None:
        """Return a URL's fault and for how many attempts it lasts, unless it stays for good."""
        if (kind := kind_of(request)) not in self.hit:
            return None
        if LAP in request.query and "loop" in self.kinds:  # in the loop already
            return replace(FAULTS["loop"], passes=False), 0
        rng = dice(self.seed, "fault", request.address)
        fits = [FAULTS[name] for name in self.kinds if FAULTS[name].fits(kind, site)]
        if not fits or rng.random() >= self.rate:
            return None
        return rng.choice(fits), rng.randint(1, 2)

    def answer(self, request: SiteRequest, site: Site) -> Reply | None:
        """Return the fault's response this time; None if the site answers itself."""
        if not (planned := self.planned(request, site)):
            return None
        fault, tries = planned
        self.met[request.address] += 1
        if fault.passes and self.met[request.address] > tries:
            return None
        return replace(fault.answer(Meeting(request, site, self.stall)), fault=fault.name)
