"""Model of a fault: a name, the cause, whether it passes, and the response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsstand.page_type import Kind
from newsstand.sites import Reply, Site, SiteRequest
from newsstand.sites.gnuboard import Gnuboard


@dataclass(frozen=True)
class Meeting:
    """A request that meets a fault; ``stall`` is in seconds."""

    request: SiteRequest
    site: Site
    stall: float

    @property
    def board(self) -> Gnuboard:
        """The site, for faults that only Gnuboard has."""
        assert isinstance(self.site, Gnuboard)
        return self.site


Answer = Callable[[Meeting], Reply]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of fault."""

    name: str
    why: str
    answer: Answer
    passes: bool = True
    """True if the same URL answers correctly after one or two attempts."""
    board: bool = False
    """True if only Gnuboard shows it."""
    on: tuple[Kind, ...] = ()
    """The types of page that show it; empty: any."""

    def fits(self, kind: Kind, site: Site) -> bool:
        """Return True if a page of this type at this site can show it."""
        return (not self.on or kind in self.on) and (not self.board or isinstance(site, Gnuboard))
