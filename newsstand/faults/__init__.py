"""Misbehaviour, the same in every run: which address meets which fault, and how often.

kinds.py holds the table of faults, soft.py the pages that say an error under HTTP 200.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from newsstand.faults.fault import Fault, Meeting
from newsstand.faults.redirects import LAP
from newsstand.faults.registry import FAULTS
from newsstand.page_type import kind_of
from newsstand.sites import Ask, Reply, Site
from newsstand.stories import dice

PASSING = tuple(name for name, fault in FAULTS.items() if fault.passes)
"""The kinds after which the same address answers whole: a crawl with them can miss nothing."""

HIT = frozenset({"article", "list", "feed"})
"""Kinds of page that are hit: a failing robots.txt has a meaning of its own."""


class Faults:
    """What goes wrong at a stand: deterministic in ``seed``, for each address by itself.

    ``kinds`` are names of ``FAULTS``, ``rate`` the share of addresses that are hit, ``stall`` the
    seconds for which a stalled answer is held. Raises ValueError for a kind that is not known.
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
            raise ValueError(f"no fault is called {unknown[0]!r}; there are {', '.join(FAULTS)}")
        self.seed, self.rate, self.stall = seed, rate, stall
        self.hit = HIT | {"robots"} if robots else HIT
        self.met: Counter[str] = Counter()
        """How often each address that is hit was asked for."""

    def planned(self, ask: Ask, site: Site) -> tuple[Fault, int] | None:
        """What an address has in store, and for how many tries; a fault that stays ignores them."""
        if (kind := kind_of(ask)) not in self.hit:
            return None
        if LAP in ask.query and "loop" in self.kinds:  # on its way round already
            return replace(FAULTS["loop"], passes=False), 0
        rng = dice(self.seed, "fault", ask.address)
        fits = [FAULTS[name] for name in self.kinds if FAULTS[name].fits(kind, site)]
        if not fits or rng.random() >= self.rate:
            return None
        return rng.choice(fits), rng.randint(1, 2)

    def answer(self, ask: Ask, site: Site) -> Reply | None:
        """The fault that is met this time; None where the site answers for itself."""
        if not (planned := self.planned(ask, site)):
            return None
        fault, tries = planned
        self.met[ask.address] += 1
        if fault.passes and self.met[ask.address] > tries:
            return None
        return replace(fault.answer(Meeting(ask, site, self.stall)), fault=fault.name)
