"""Spider that gets SIGTERM while it opens.

``-s SPIDER_MODULES=tests.support.slow_opening_spider``.
"""

import os
import signal
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.gnuboard import GNUBOARD


class Untimely(OutletSpider):
    name = "untimely"
    display_name = "때이른일보"
    region = "제주"
    home = "https://untimely.test"
    cms = GNUBOARD

    @classmethod
    def from_crawler(cls, crawler: Crawler, *arguments: Any, **named: Any) -> Self:
        self = super().from_crawler(crawler, *arguments, **named)
        crawler.signals.connect(self.end, signals.spider_opened)
        return self

    def end(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
