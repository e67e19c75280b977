"""피앤피뉴스 (전국), on the ncode family."""

from crawler.cms.ncode import NCODE
from crawler.outlet import Outlet


class Gosiweek(Outlet):
    name = "gosiweek"
    paper = "피앤피뉴스"
    region = "전국"
    home = "https://www.gosiweek.com"
    family = NCODE
