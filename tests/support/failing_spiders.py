"""Spiders that cannot crawl: ``-s SPIDER_MODULES=spiders,tests.support.failing_spiders``."""

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD


class Failing(OutletSpider):
    """Its spider cannot be made."""

    name = "failing"
    display_name = "실패일보"
    region = "제주"
    home = "https://failing.test"
    cms = GNUBOARD

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        raise ValueError("no \x1b[31mway\x1b[0m [red]in")


class Rendered(OutletSpider):
    """Its pages need a browser."""

    name = "rendered"
    display_name = "화면일보"
    region = "제주"
    home = "https://rendered.test"
    cms = GNUBOARD
    render = "article"
