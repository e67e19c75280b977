"""Spider of 서남투데이 (서울 서남권), on the dadamedia CMS."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.dadamedia import DADAMEDIA


class Seonamtoday(OutletSpider):
    name = "seonamtoday"
    display_name = "서남투데이"
    region = "서울 서남권"
    home = "http://seonamtoday.com"
    cms = DADAMEDIA
