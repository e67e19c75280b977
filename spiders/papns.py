"""PAPNS (인천), on the gnuboard family; its Korean name stands on no page seen so far."""

from crawler.crawl.spider import Outlet
from crawler.extract.cms.gnuboard import GNUBOARD


class Papns(Outlet):
    name = "papns"
    paper = "PAPNS"
    region = "인천"
    home = "https://www.papns.kr"
    family = GNUBOARD
