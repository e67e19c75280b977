"""The families, and which of them a page belongs to."""

from parsel import Selector

from crawler.extract.cms.breaknews import BREAKNEWS
from crawler.extract.cms.dadamedia import DADAMEDIA
from crawler.extract.cms.gnuboard import GNUBOARD
from crawler.extract.cms.model import Cms
from crawler.extract.cms.ncode import NCODE

CMSES: tuple[Cms, ...] = (GNUBOARD, BREAKNEWS, NCODE, DADAMEDIA)


def cms_of(page: Selector) -> Cms | None:
    """The family with the most marks on a page, or None where none has two."""
    best = max(CMSES, key=lambda family: family.matches(page))
    return best if best.matches(page) >= 2 else None
