"""Spiders of the newsstand's outlet that needs scripts; its CMS is invented.

``scrapy crawl gaonilbo -s SPIDER_MODULES=tests.support.rendered_spiders`` crawls it.
"""

from dataclasses import replace

from crawler.crawl.spider import OutletSpider
from crawler.extract.cms.model import Cms, ErrorMark
from crawler.extract.selectors import ArticleSelectors, ListSelectors
from crawler.outcomes.pages import PageOutcome
from crawler.urls import AddressForm, CmsUrls

SCRIPTED = Cms(
    name="scripted",
    fingerprint=("body.gaon-app", "#news-list", "#news-view"),
    addresses=CmsUrls(
        name="scripted",
        why="invented",
        forms=(AddressForm(path=r"/news/(?P<id>\d+)", home=True),),
        canonical="/news/{id}",
        article_id="{id}",
    ),
    list_page="/news",
    section_page="/news?section={section}",
    rows=ListSelectors(row=("#news-list > li",), date=("time",)),
    selectors=ArticleSelectors(
        headline=("h1.headline",),
        body=("#news-body",),
        byline=("p.byline",),
        date=("#news-view > time",),
        caption=("#news-body figcaption",),
    ),
    error_marks=(ErrorMark(PageOutcome.GONE, "삭제되었거나 없는 기사입니다"),),
    render=("list", "article"),
    more=("#more",),
)


class Gaonilbo(OutletSpider):
    name = "gaonilbo"
    display_name = "가온일보"
    region = "가온"
    home = "https://www.gaonilbo.example"
    cms = SCRIPTED


class GaonilboAuto(Gaonilbo):
    name = "gaonilbo_auto"
    render = "auto"


class GaonilboPlain(Gaonilbo):
    """Says of no page that it needs a browser."""

    name = "gaonilbo_plain"
    cms = replace(SCRIPTED, render=())
