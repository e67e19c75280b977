"""Breaks of outlets that last for days: a relaunch, a renamed element, a block.

registry.py holds the table of breaks; markup.py changes pages by markup.toml, content.py the
printed content; responses without a page come from faults/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsstand.breaks.model import Case
from newsstand.breaks.registry import BREAKS
from newsstand.page_type import article_of, kind_of
from newsstand.sites import Reply, Site, SiteRequest
from newsstand.stories import dice


def kinds_for(site: Site) -> list[str]:
    """Return the names of the breaks that a site can have."""
    return [name for name, kind in BREAKS.items() if kind.fits(site)]


class Broken:
    """A site from its break on. Raises ValueError for a kind that it cannot have."""

    def __init__(self, outlet: str, site: Site, kind: str) -> None:
        if kind not in (able := kinds_for(site)):
            raise ValueError(f"{outlet} cannot break by {kind!r}; use {', '.join(able)}")
        self.site, self.kind = site, BREAKS[kind]
        self.before = list(site.posts)

    def answer(self, request: SiteRequest, own: Callable[[], Reply]) -> Reply:
        """Return the broken response; ``own`` gives the site's normal one."""
        if self.kind.on and kind_of(request) not in self.kind.on:
            return own()
        if dice(self.kind.name, article_of(request)).random() >= self.kind.share:
            return own()
        reply = self.kind.answer(Case(request, self.site, 0.0, own=own, before=self.before))
        return replace(reply, fault=self.kind.name) if self.kind.mute else reply
