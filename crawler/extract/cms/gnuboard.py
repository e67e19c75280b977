"""CMS Gnuboard 5 with the commercial news theme (vendor most likely netfu), and its stock skins.

Evidence: the stock skins and the error pages are Gnuboard's own source; the theme's parts
(``.news_title01``, ``li.date``, 기사입력, ``#bo_v_con``) were seen on sister outlets, not on
papns.kr and gyeonggitv.com themselves. The date in the page header is the day of the visit and is
in no selector here.
"""

from crawler.extract.cms.model import Cms, ErrorMark
from crawler.extract.selectors import ArticleSelectors, ListSelectors
from crawler.outcomes.pages import PageOutcome
from crawler.urls import CMS_URLS

GNUBOARD = Cms(
    name="gnuboard",
    fingerprint=(
        "#bo_v_con",
        "#bo_v",
        "#bo_list",
        "a#device_change",
        '//script[contains(., "g5_bbs_url")]',
        '//comment()[contains(., "본문 내용 시작")]',
    ),
    addresses=CMS_URLS["gnuboard"],
    list_page="/bbs/board.php?bo_table=news&page={page}",
    section_page="/bbs/board.php?bo_table=news&me_id={section}&page={page}",
    feeds=("/bbs/rss.php?bo_table=news",),
    empty_list=(".empty_list", ".empty_table"),
    rows=ListSelectors(
        row=(
            ".news_list > li",  # theme; the class is a guess, one li per article is evidence
            "#bo_list tbody > tr",
            "#gall_ul > li.gall_li",
            "#bo_list .list_01 > ul > li",
            "#bo_list > ul > li",
        ),
        link=('a[href*="wr_id"]::attr(href)',),
        date=("li.date", "td.td_datetime", "td.td_date", ".gall_date", ".bo_date"),
        pinned=('./self::*[contains(@class, "notice")]', ".notice_icon"),
        byline=('.//ul/li[not(@class)][contains(., "기자")]', "td.td_name"),
    ),
    selectors=ArticleSelectors(
        headline=(
            ".news_title01 h2",
            "#bo_v_title .bo_v_tit",
            "h1#bo_v_title",
            "#bo_v_title",
        ),
        body=(
            "#bo_v_con",
            '//comment()[contains(., "본문 내용 시작")]/following-sibling::*[1]',
            "#view_content",  # the vendor's product without Gnuboard
        ),
        byline=(
            '//ul[contains(@class, "view_info")]/li[contains(., "기자")]',
            "#bo_v_info .sv_guest",
            "#bo_v_info .sv_member",
            "#bo_v_info strong:not(.if_date)",
            '//ul[contains(@class, "view_info")]/li[not(contains(@class, "date"))][1]',
        ),
        date=(
            ".view_info .date",
            ".view01_date",
            "#bo_v_info .if_date",
            '#bo_v_info .sound_only:contains("작성일") + strong',
        ),
        section=(".news_title01 h3", ".bo_v_cate"),
    ),
    full_headline=r"(?P<headline>.+) > [^>|]+ \| [^|]+",
    error_marks=(
        ErrorMark(PageOutcome.GONE, r"글이 존재하지 않습니다|존재하지 않는 게시판"),
        ErrorMark(
            PageOutcome.MEMBERS,
            r"권한이 없|접근할 권한|글읽기가 (?:가능|불가)|전용 게시판|비밀번호 입력",
        ),
        ErrorMark(
            PageOutcome.TEMPORARY,
            r"접근이 가능하지 않습니다|접근 불가합니다|MySQL (?:Connect|DB) Error",
        ),
        ErrorMark(
            PageOutcome.NOT_ARTICLE, r'id="validation_check"|<title>(?:오류|결과)안내 페이지'
        ),
    ),
)
