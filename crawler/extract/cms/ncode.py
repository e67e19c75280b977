"""CMS of the ``ncode`` type, named after its old URL parameter; its vendor is unknown.

Evidence: selectors from five public crawlers and a selector dictionary of 14 hosts, none of them
gosiweek.com itself. Ids are not ordered by time. Deleted articles were never seen; an alert that
names the article and leaves the page is a guess.
"""

from crawler.extract.cms.model import Cms, ErrorMark
from crawler.extract.selectors import ArticleSelectors, ListSelectors
from crawler.outcomes.pages import PageOutcome
from crawler.urls import CMS_URLS

NCODE = Cms(
    name="ncode",
    fingerprint=("#viewConts", "div.viewTitle", "#listWrap > div.listPhoto", ".naviLink"),
    addresses=CMS_URLS["ncode"],
    list_page="/newslist/?pagenum={page}",
    section_page="/news/newsList.php?tid={section}&pagenum={page}",
    first_page=0,
    rows=ListSelectors(
        row=("#listWrap > div.listPhoto", "#listWrap dl"),
        link=("dl > dt > a::attr(href)", "a::attr(href)"),
        date=("span.date",),
        byline=("span.name",),
    ),
    selectors=ArticleSelectors(
        headline=("div.viewTitle > h3", "div.viewTitle > h1", "div.viewTitle h1, div.viewTitle h3"),
        body=("#viewConts", '[itemprop="articleBody"]', "#article", "#articleBody"),
        subtitle=("#viewConts .summary_title", '#viewConts [style*="24pt"]'),
        byline=("div.viewTitle > dl > dd", "div.viewTitle dd"),
        date=("div.viewTitle > dl > dd", "div.viewTitle dd"),
        caption=(
            "#viewConts figcaption",
            '#viewConts [class*="_caption"]',
            "//*[@id='viewConts']//table[.//img]//td[not(.//img)]",  # older: a table of three rows
        ),
        section=(".naviLink",),
        outside=('#viewConts > div[id^="articleBody"]',),
    ),
    error_marks=(
        ErrorMark(PageOutcome.MEMBERS, r"alert\([^)]{0,80}(?:권한|로그인|회원)"),
        ErrorMark(
            PageOutcome.GONE,
            r"alert\((?=[^)]{0,80}(?:기사|글|게시물))[^)]{0,80}(?:삭제|존재하지|없는|없습니다)[^)]{0,80}\)"
            r"[;\s]*(?:history|location|document|window|self|parent|top)\b",
        ),
    ),
)
