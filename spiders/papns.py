"""PAPNS (인천), on the gnuboard family; its Korean name stands on no page seen so far."""

from crawler.cms.gnuboard import GNUBOARD
from crawler.outlet import Outlet


class Papns(Outlet):
    name = "papns"
    paper = "PAPNS"
    region = "인천"
    home = "https://www.papns.kr"
    family = GNUBOARD
