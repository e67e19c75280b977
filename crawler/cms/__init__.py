"""The families, and which of them a page belongs to."""

from parsel import Selector

from crawler.cms.breaknews import BREAKNEWS
from crawler.cms.dadamedia import DADAMEDIA
from crawler.cms.gnuboard import GNUBOARD
from crawler.cms.ncode import NCODE
from crawler.family import Family

FAMILIES: tuple[Family, ...] = (GNUBOARD, BREAKNEWS, NCODE, DADAMEDIA)


def family_of(page: Selector) -> Family | None:
    """The family with the most marks on a page, or None where none has two."""
    best = max(FAMILIES, key=lambda family: family.matches(page))
    return best if best.matches(page) >= 2 else None
