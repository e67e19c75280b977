"""CMS of the breaknews type: kb.breaknews.com and some thirty outlets; its vendor is unknown.

Evidence: current template from four public crawlers, the 2012 template from one whole page, the
middle template from a text copy only (its selectors are guesses). Some hosts are EUC-KR, others
UTF-8. Deleted articles were never seen: a page without headline and body is taken for one (guess).
"""

from crawler.extract.cms.model import Cms, ErrorMark
from crawler.extract.selectors import ArticleSelectors, ListSelectors
from crawler.outcomes.pages import PageOutcome
from crawler.urls import CMS_URLS

BREAKNEWS = Cms(
    name="breaknews",
    fingerprint=(
        "h1.read_title",
        "#sub_read_list",
        "#news_read_list",
        "#CLtag",
        "td.td_sub_read_contents",
        "td.read_title",
    ),
    addresses=CMS_URLS["breaknews"],
    list_page="/sub_view.html?page={page}",
    section_page="/sub.html?section={section}&section2=&page={page}",
    feeds=("/rss/rss_news.php",),
    rows=ListSelectors(
        row=("div.sub_read_list_box",),
        link=("dl > dt > a::attr(href)", "a::attr(href)"),
        date=("dd.etc",),
        byline=("dd.etc",),
    ),
    selectors=ArticleSelectors(
        headline=("h1.read_title", "td.read_title", ".read_title"),
        subtitle=("h2.read_subtitle", "td.read_subtitle", ".read_subtitle"),
        body=("#CLtag", "#textinput", "#_article", "td.td_sub_read_contents", "td.read_body"),
        byline=("div.writer_time .writer", "span.writer", "div.writer"),
        date=(
            "div.writer_time",
            '//*[contains(text(), "기사입력")]',  # middle and 2012 templates: above or below
        ),
        caption=(
            ".img_caption",
            '//table//table//td[starts-with(normalize-space(.), "▲")]',  # 2012 template
        ),
        copyright=('//*[contains(text(), "저작권자")]', '//*[contains(text(), "무단전재")]'),
        tags=('//*[@id="news_read_list"]/text()[normalize-space()]',),
    ),
    error_marks=(
        ErrorMark(
            PageOutcome.GONE,
            r"(?s)\A(?!.*(?:read_title|CLtag|textinput|_article|read_contents|read_body))"
            r".*(?:news|sub)_read_list",
            whole=True,
        ),
    ),
)
