"""PAPNS (인천), on the gnuboard family; its Korean name stands on no page seen so far."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD


class Papns(OutletSpider):
    name = "papns"
    display_name = "PAPNS"
    region = "인천"
    home = "https://www.papns.kr"
    cms = GNUBOARD
