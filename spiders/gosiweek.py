"""Spider of 피앤피뉴스 (전국), on the ncode CMS."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.ncode import NCODE


class Gosiweek(OutletSpider):
    name = "gosiweek"
    display_name = "피앤피뉴스"
    region = "전국"
    home = "https://www.gosiweek.com"
    cms = NCODE
