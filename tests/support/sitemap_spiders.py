"""Spiders of the newsstand's outlets with sitemaps, which none of the real outlets has.

``scrapy newsstand --sitemaps``, then
``scrapy crawl gosiweek -s SPIDER_MODULES=tests.support.sitemap_spiders``.
"""

import spiders.gosiweek
import spiders.papns


class Gosiweek(spiders.gosiweek.Gosiweek):
    sitemaps = ("/robots.txt",)


class Papns(spiders.papns.Papns):
    sitemaps = ("/sitemap.xml",)
