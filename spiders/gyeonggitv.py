"""Spider of 경기티비종합뉴스 (경기), on the gnuboard CMS."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD


class Gyeonggitv(OutletSpider):
    name = "gyeonggitv"
    display_name = "경기티비종합뉴스"
    region = "경기"
    home = "http://www.gyeonggitv.com"
    cms = GNUBOARD
    sections = {"지역뉴스": "7"}  # the only me_id seen on this outlet
