"""브레이크뉴스 경기북부 (경기북부), on the breaknews family."""

from crawler.cms.breaknews import BREAKNEWS
from crawler.outlet import Outlet


class BreaknewsKb(Outlet):
    name = "breaknews_kb"
    paper = "브레이크뉴스 경기북부"
    region = "경기북부"
    home = "https://kb.breaknews.com"
    family = BREAKNEWS
