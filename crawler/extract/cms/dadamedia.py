"""CMS of 다다미디어: seonamtoday.com and some twenty outlets.

Evidence: newer template from seonamtoday's page text, a site migration and two crawlers; older
template from four crawlers. Look-alikes with the same path run another CMS
(``#view_content_body``). A deleted article is a normal page without its headline.
"""

from crawler.extract.cms.model import Cms, ErrorMark
from crawler.extract.selectors import ArticleSelectors, ListSelectors
from crawler.outcomes.pages import PageOutcome
from crawler.urls import CMS_URLS

DADAMEDIA = Cms(
    name="dadamedia",
    fingerprint=(
        "#viewContent",
        ".article-head-title",
        ".article-head-nav",
        "div.basicList",
        "div.viewContentWrap",
        'a[href*="list.php?mcode="]',
    ),
    addresses=CMS_URLS["dadamedia"],
    list_page="/news/list.php?page={page}",
    section_page="/news/list.php?mcode={section}&vg=photo&page={page}",
    feeds=("/rss.php",),
    rows=ListSelectors(
        row=("div.basicList > ul > li",),
        link=("dt.title > a::attr(href)", "a::attr(href)"),
        date=("dd.registDate",),
    ),
    selectors=ArticleSelectors(
        headline=(".article-head-title", "div.titleWrap > strong"),
        subtitle=("#viewContent ul.subj > li",),
        body=("#viewContent .fr-view", "#viewContent"),
        byline=(
            '//*[contains(@class, "info-text")]/li[contains(., "기자")]',
            ".info-text li:first-child",
            ".else-area p",
            '//*[contains(@class, "registModifyDate")]//li[1][not(contains(., "등록"))]',  # oldest
            "strong.writer",
        ),
        date=(
            '.info-text li:contains("등록")',
            ".registModifyDate li span",
            ".registModifyDate li",
        ),
        modified=('.info-text li:contains("수정")', '.registModifyDate li:contains("수정")'),
        caption=(".fr-inner", "#img_caption"),
        section=(".article-head-nav a:last-child",),
    ),
    error_marks=(
        ErrorMark(
            PageOutcome.GONE,
            r"(?s)\A(?!.*(?:article-head-title|titleWrap|viewContent)).*article-head-nav",
            whole=True,
        ),
    ),
)
