"""Spider of PAPNS (인천), on the gnuboard CMS; its Korean name has not been seen on any page."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD


class Papns(OutletSpider):
    name = "papns"
    display_name = "PAPNS"
    region = "인천"
    home = "https://www.papns.kr"
    cms = GNUBOARD
