"""Spider of 브레이크뉴스 경기북부 (경기북부), on the breaknews CMS."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.breaknews import BREAKNEWS


class BreaknewsKb(OutletSpider):
    name = "breaknews_kb"
    display_name = "브레이크뉴스 경기북부"
    region = "경기북부"
    home = "https://kb.breaknews.com"
    cms = BREAKNEWS
