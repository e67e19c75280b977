"""What a fault is: a name, why it happens, whether it passes, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsstand.page_type import Kind
from newsstand.sites import Ask, Reply, Site
from newsstand.sites.gnuboard import Gnuboard


@dataclass(frozen=True)
class Meeting:
    """A request that meets a fault; ``stall`` is in seconds."""

    ask: Ask
    site: Site
    stall: float

    @property
    def board(self) -> Gnuboard:
        """The site, for faults that only a Gnuboard has."""
        assert isinstance(self.site, Gnuboard)
        return self.site


Answer = Callable[[Meeting], Reply]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of misbehaviour."""

    name: str
    why: str
    answer: Answer
    passes: bool = True
    """Whether the same address answers whole after a try or two."""
    board: bool = False
    """Whether only a Gnuboard shows it."""
    on: tuple[Kind, ...] = ()
    """The kinds of page that show it; none named: any."""

    def fits(self, kind: Kind, site: Site) -> bool:
        return (not self.on or kind in self.on) and (not self.board or isinstance(site, Gnuboard))
