"""서남투데이 (서울 서남권), on the dadamedia family."""

from crawler.cms.dadamedia import DADAMEDIA
from crawler.outlet import Outlet


class Seonamtoday(Outlet):
    name = "seonamtoday"
    paper = "서남투데이"
    region = "서울 서남권"
    home = "http://seonamtoday.com"
    family = DADAMEDIA
