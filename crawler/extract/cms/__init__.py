"""Table of all CMSs, and recognition of the CMS of a page."""

from parsel import Selector

from crawler.extract.cms.breaknews import BREAKNEWS
from crawler.extract.cms.dadamedia import DADAMEDIA
from crawler.extract.cms.gnuboard import GNUBOARD
from crawler.extract.cms.model import Cms
from crawler.extract.cms.ncode import NCODE

CMSES: tuple[Cms, ...] = (GNUBOARD, BREAKNEWS, NCODE, DADAMEDIA)


def cms_of(page: Selector) -> Cms | None:
    """Return the CMS with the most marks on a page, or None if no CMS has at least two."""
    best = max(CMSES, key=lambda cms: cms.matches(page))
    return best if best.matches(page) >= 2 else None
