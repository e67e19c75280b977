"""What a break is: a name, what happened, and what is answered from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsstand.content import Post
from newsstand.faults.fault import Meeting
from newsstand.page_type import Kind
from newsstand.sites import Reply, Site

PAPERS = ("gnuboard", "breaknews", "ncode", "dadamedia")
"""The families of the five papers; the sixth, which scripts write, breaks in fewer ways."""


@dataclass(frozen=True, kw_only=True)
class Case(Meeting):
    """A request to a broken site."""

    own: Callable[[], Reply]
    """Says what the site means to answer."""
    before: list[Post]
    """What stood in its lists when it broke."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """One way to break; ``answer`` is asked in place of the site."""

    name: str
    why: str
    answer: Callable[[Case], Reply]
    on: tuple[Kind, ...] = ()
    """The kinds of page that show it; none named: all, robots.txt among them."""
    families: tuple[str, ...] = PAPERS
    share: float = 1.0
    """The share of the articles that are hit, by their numbers."""
    mute: bool = False
    """Whether no page of the site's own comes any more."""

    def fits(self, site: Site) -> bool:
        return family_of(site) in self.families


def family_of(site: Site) -> str:
    """The name of a site's family, which its templates' folder and its class have too."""
    return type(site).__name__.lower()
