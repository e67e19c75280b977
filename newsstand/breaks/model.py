"""Model of a break: a name, the cause, and the response from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsstand.content import Post
from newsstand.faults.fault import Meeting
from newsstand.page_type import Kind
from newsstand.sites import Reply, Site

OUTLET_CMSES = ("gnuboard", "breaknews", "ncode", "dadamedia")
"""CMSs of the five outlets; the sixth, rendered by scripts, breaks in fewer ways."""


@dataclass(frozen=True, kw_only=True)
class Case(Meeting):
    """A request to a broken site."""

    own: Callable[[], Reply]
    """Gives the site's normal response."""
    before: list[Post]
    """The posts in its lists when it broke."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """One way to break; ``answer`` replaces the site's response."""

    name: str
    why: str
    answer: Callable[[Case], Reply]
    on: tuple[Kind, ...] = ()
    """The types of page that show it; empty: all, with robots.txt."""
    cmses: tuple[str, ...] = OUTLET_CMSES
    share: float = 1.0
    """The share of the articles that are hit, by their numbers."""
    mute: bool = False
    """True if the site serves no page of its own any more."""

    def fits(self, site: Site) -> bool:
        """Return True if the site's CMS can break in this way."""
        return cms_of(site) in self.cmses


def cms_of(site: Site) -> str:
    """Return the name of a site's CMS, which is also its templates' folder."""
    return type(site).__name__.lower()
