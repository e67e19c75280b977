"""Outlets that break as real ones do, for days on end: a relaunch, a renamed element, a block.

kinds.py holds the table of breaks; markup.py changes pages by markup.toml, printed.py what is
printed on them; what an outlet answers when there is no page at all is faults/'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsstand.breaks.model import Case
from newsstand.breaks.registry import BREAKS
from newsstand.page_type import article_of, kind_of
from newsstand.sites import Ask, Reply, Site
from newsstand.stories import dice


def kinds_for(site: Site) -> list[str]:
    """The names of the breaks that a site can have."""
    return [name for name, kind in BREAKS.items() if kind.fits(site)]


class Broken:
    """A site from the moment at which it broke. Raises ValueError for a kind it cannot have."""

    def __init__(self, outlet: str, site: Site, kind: str) -> None:
        if kind not in (able := kinds_for(site)):
            raise ValueError(f"{outlet} cannot break by {kind!r}; it can by {', '.join(able)}")
        self.site, self.kind = site, BREAKS[kind]
        self.before = list(site.posts)

    def answer(self, ask: Ask, own: Callable[[], Reply]) -> Reply:
        """What is answered now; ``own`` is what the site means to answer."""
        if self.kind.on and kind_of(ask) not in self.kind.on:
            return own()
        if dice(self.kind.name, article_of(ask)).random() >= self.kind.share:
            return own()
        reply = self.kind.answer(Case(ask, self.site, 0.0, own=own, before=self.before))
        return replace(reply, fault=self.kind.name) if self.kind.mute else reply
