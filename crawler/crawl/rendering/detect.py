"""Detects pages that scripts have to fill."""

from __future__ import annotations

from parsel import Selector

from crawler.extract.cms.model import Cms
from crawler.extract.pages import is_whole
from crawler.extract.selectors import Selectors, find_all, find_body

MOUNTS: Selectors = (
    "#root", "#app", "#__next", "#__nuxt", "#___gatsby", "#svelte", "app-root", "[data-reactroot]",
    "[ng-app]", "[v-cloak]",
)  # fmt: skip
"""Elements that frameworks fill: React, Vue, Next, Nuxt, Gatsby, Svelte, Angular."""

MAX_SHELL_CHARS = 200
"""Characters that a page without a body shows at most, menus and footer included, if nothing else
says that it is a shell."""

VISIBLE_TEXT = "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"


def is_filled(page: Selector, kind: str, cms: Cms) -> bool:
    """Return True if a page shows its content: a list's rows, an article's body."""
    if kind == "list":
        return bool(find_all(page, cms.rows.row))
    return find_body(page, cms.selectors) is not None


def is_shell(page: Selector, source: str, kind: str, cms: Cms) -> bool:
    """Return True if a page has scripts and an empty element for them to fill.

    Known error pages are not shells.
    """
    if not page.xpath("//script") or cms.error_page(source, whole=is_whole(source)):
        return False
    places = MOUNTS if kind == "list" else (*MOUNTS, *cms.selectors.body)
    if any(not place.xpath("normalize-space(.)").get() for place in _all(page, places)):
        return True
    return len("".join("".join(page.xpath(VISIBLE_TEXT).getall()).split())) < MAX_SHELL_CHARS


def _all(page: Selector, selectors: Selectors) -> list[Selector]:
    return [element for selector in selectors for element in find_all(page, (selector,))]
