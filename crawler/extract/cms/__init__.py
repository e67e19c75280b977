"""The families, and which of them a page belongs to."""

from parsel import Selector

from crawler.extract.cms.breaknews import BREAKNEWS
from crawler.extract.cms.dadamedia import DADAMEDIA
from crawler.extract.cms.gnuboard import GNUBOARD
from crawler.extract.cms.model import Family
from crawler.extract.cms.ncode import NCODE

FAMILIES: tuple[Family, ...] = (GNUBOARD, BREAKNEWS, NCODE, DADAMEDIA)


def family_of(page: Selector) -> Family | None:
    """The family with the most marks on a page, or None where none has two."""
    best = max(FAMILIES, key=lambda family: family.matches(page))
    return best if best.matches(page) >= 2 else None
