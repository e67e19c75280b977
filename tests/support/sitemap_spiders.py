"""Outlets of the newsstand as if they had a sitemap, which no real one of ours is known to have.

``scrapy newsstand --sitemaps``, then ``scrapy crawl gosiweek -s SPIDER_MODULES=tests.support.sitemap_spiders``.
"""

import spiders.gosiweek
import spiders.papns


class Gosiweek(spiders.gosiweek.Gosiweek):
    sitemaps = ("/robots.txt",)


class Papns(spiders.papns.Papns):
    sitemaps = ("/sitemap.xml",)
