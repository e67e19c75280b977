"""Whether a page without a body looks as if scripts had to write it."""

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

FEW = 200
"""Characters that a page without a body may show at most, menus and footer taken together, if
nothing else says that it is a shell."""

SHOWN = "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"


def stands(page: Selector, kind: str, family: Cms) -> bool:
    """Whether what a page is there for stands on it: a list's rows, an article's body."""
    if kind == "list":
        return bool(find_all(page, family.rows.row))
    return find_body(page, family.selectors) is not None


def is_shell(page: Selector, source: str, kind: str, family: Cms) -> bool:
    """Scripts, and an empty place for them to write to; no error page that the family knows."""
    if not page.xpath("//script") or family.error_page(source, whole=is_whole(source)):
        return False
    places = MOUNTS if kind == "list" else (*MOUNTS, *family.selectors.body)
    if any(not one.xpath("normalize-space(.)").get() for one in _all(page, places)):
        return True
    return len("".join("".join(page.xpath(SHOWN).getall()).split())) < FEW


def _all(page: Selector, selectors: Selectors) -> list[Selector]:
    return [one for selector in selectors for one in find_all(page, (selector,))]
