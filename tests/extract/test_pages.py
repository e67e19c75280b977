"""Page extraction by data: blocks, selectors, URLs, list entries, error pages."""

import pytest
from parsel import Selector

from crawler.article import Article
from crawler.extract.blocks import read_blocks
from crawler.extract.cms import CMSES, cms_of
from crawler.extract.cms.breaknews import BREAKNEWS
from crawler.extract.cms.dadamedia import DADAMEDIA
from crawler.extract.cms.gnuboard import GNUBOARD
from crawler.extract.cms.model import Cms
from crawler.extract.cms.ncode import NCODE
from crawler.extract.pages import NO_ARTICLE, Publisher, read_article, read_feed, read_rows
from crawler.urls import host_of

AT = "2024-09-11T00:20:00Z"
PAPNS = Publisher("papns", "PAPNS", "https://www.papns.kr")
KB = Publisher("breaknews_kb", "브레이크뉴스 경기북부", "https://kb.breaknews.com")


def lines(html: str) -> list[str]:
    return [block.text for block in read_blocks(Selector(text=html).css("body")[0].root, {})]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>하나</p><p>둘</p>", ["하나", "둘"]),
        ("하나<br>둘<br><br>셋", ["하나", "둘", "셋"]),
        ("<p>한 <b>줄</b>에\n  이어 <a href=#>쓴</a> 말</p>", ["한 줄에 이어 쓴 말"]),
        ("<p>&nbsp;</p><div> </div>", []),
        ("<p>앞&nbsp;&nbsp;뒤</p>", ["앞\u00a0\u00a0뒤"]),
        ("<p>앞</p><script>var x</script><style>p{}</style><!-- 주석 --><p>뒤</p>", ["앞", "뒤"]),
        ("<p>2<sup>2</sup>과 H<sub>2</sub>O</p>", ["22과 H2O"]),
        ("<table><tr><td>읍내</td><td>-12℃</td></tr><tr><td>나루</td><td>-9℃</td></tr></table>",
         ["읍내 | -12℃", "나루 | -9℃"]),
        ("<table><tr><td><p>칸 하나</p></td></tr></table>", ["칸 하나"]),
        ("<p>제목<span class=sound_only>페이지</span></p>", ["제목"]),
        ("<p>깨진\ufffd 글자</p>", ["깨진 글자"]),
        ("<ul><li>하나<ul><li>둘</li></ul></li></ul>", ["하나", "둘"]),
    ],
)  # fmt: skip
def test_lines_are_what_a_reader_sees(html: str, shown: list[str]) -> None:
    assert lines(f"<html><body>{html}</body></html>") == shown


def test_deeply_nested_markup_is_no_trouble() -> None:
    assert lines("<html><body>" + "<div>" * 200 + "안" + "</div>" * 200 + "</body></html>") == [
        "안"
    ]


@pytest.mark.parametrize(
    ("family", "url", "canonical", "article_id"),
    [
        (GNUBOARD, "https://www.papns.kr/bbs/board.php?bo_table=news&page=2834&wr_id=8854",
         "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8854", "news/8854"),
        (GNUBOARD, "http://papns.kr/bbs/board.php?wr_id=8854&me_id=7&device=pc&bo_table=news#c_1",
         "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8854", "news/8854"),
        (GNUBOARD, "https://m.papns.kr/news/8854",
         "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8854", "news/8854"),
        (BREAKNEWS, "http://kb.breaknews.com/sub_read.html?uid=12895&section=sc1&section2=%BB",
         "https://kb.breaknews.com/12895", "12895"),
        (BREAKNEWS, "https://kb.breaknews.com/12895", "https://kb.breaknews.com/12895", "12895"),
        (NCODE, "https://m.gosiweek.com/news/amp.html?ncode=179585490367361",
         "https://www.gosiweek.com/article/179585490367361", "179585490367361"),
        (NCODE, "https://www.gosiweek.com/news/view/179585490367361",
         "https://www.gosiweek.com/article/179585490367361", "179585490367361"),
        (DADAMEDIA, "http://seonamtoday.com/m/view.php?idx=32755&mcode=m641vf2&page=3",
         "http://seonamtoday.com/news/view.php?idx=32755", "32755"),
    ],
)  # fmt: skip
def test_one_article_has_one_address(
    family: Cms, url: str, canonical: str, article_id: str
) -> None:
    home = {
        "gnuboard": "https://www.papns.kr",
        "breaknews": "https://kb.breaknews.com",
        "ncode": "https://www.gosiweek.com",
        "dadamedia": "http://seonamtoday.com",
    }[family.name]
    assert family.identify(url, home) == (canonical, article_id)


@pytest.mark.parametrize(
    ("family", "url"),
    [
        (GNUBOARD, "https://www.papns.kr/bbs/board.php?bo_table=news&page=3"),
        (GNUBOARD, "https://www.papns.kr/bbs/password.php?w=s&bo_table=news&wr_id=8911"),
        (GNUBOARD, "https://www.akomnews.com/bbs/board.php?bo_table=news&wr_id=35219"),
        (BREAKNEWS, "https://www.papns.kr/report_view.html?newsuid=12895"),
        (BREAKNEWS, "https://www.papns.kr/default.html?html=login.html"),
        (NCODE, "https://www.papns.kr/news/newsList.php?tid=181930993&pagenum=0"),
        (DADAMEDIA, "https://www.papns.kr/news/list.php?mcode=m641vf2"),
    ],
)
def test_what_is_no_article_of_the_outlet_has_none(family: Cms, url: str) -> None:
    assert family.identify(url, "https://www.papns.kr") is None


def test_a_host_is_known_without_www_and_m() -> None:
    assert {host_of(f"https://{name}papns.kr/x") for name in ("", "www.", "m.")} == {"papns.kr"}
    assert host_of("https://kb.breaknews.com/") != host_of("https://www.breaknews.com/")


@pytest.mark.parametrize("family", CMSES, ids=lambda family: family.name)
def test_selectors_are_tuples_of_selectors_that_parse(family: Cms) -> None:
    page = Selector(text="<html><body><p>x</p></body></html>")
    for group in (family.selectors, family.rows):
        for name in group.__slots__:
            chosen = getattr(group, name)
            assert isinstance(chosen, tuple), f"{family.name}.{name}: write (…,) with a comma"
            for selector in chosen:
                page.xpath(selector) if selector.startswith(("/", "./")) else page.css(selector)


LIST = """<html><body><ul class="news_list">
<li><a href="/bbs/board.php?bo_table=news&amp;wr_id=9&amp;page=1"><h2>아홉</h2></a>
 <ul><li>홍길동 기자</li><li class="date">2024-09-11 09:26</li></ul></li>
<li><a href="/bbs/board.php?bo_table=news&amp;page=1&amp;wr_id=9"><h2>아홉</h2></a></li>
<li><a href="https://elsewhere.example/bbs/board.php?bo_table=news&amp;wr_id=1">남의 기사</a></li>
<li><a href="/bbs/board.php?bo_table=news&amp;wr_id=8"><h2>여덟</h2></a>
 <ul><li class="date">09-10</li></ul></li>
</ul></body></html>"""


def test_rows_give_each_article_once_with_its_date_and_byline() -> None:
    rows = read_rows(Selector(text=LIST), "https://www.papns.kr/bbs/board.php", GNUBOARD, PAPNS, AT)
    found = [(row.canonical_url[-1], row.date, row.byline) for row in rows]
    assert found == [("9", "2024-09-11 09:26", "홍길동 기자"), ("8", "09-10", None)]


def test_a_broken_link_is_no_row_and_stops_none() -> None:
    broken = LIST.replace(
        '<ul class="news_list">', '<ul class="news_list"><li><a href="http://[wr_id=1">?</a></li>'
    )
    rows = read_rows(
        Selector(text=broken), "https://www.papns.kr/bbs/board.php", GNUBOARD, PAPNS, AT
    )
    assert [row.canonical_url[-1] for row in rows] == ["9", "8"]


def test_a_pinned_row_is_told_from_the_others() -> None:
    table = """<html><body><div id="bo_list"><table><tbody>
    <tr class="bo_notice"><td><strong class="notice_icon">공지</strong></td>
     <td class="td_subject"><a href="/bbs/board.php?bo_table=news&amp;wr_id=1">공지</a></td></tr>
    <tr><td class="td_subject"><a href="/bbs/board.php?bo_table=news&amp;wr_id=2">기사</a></td>
     <td class="td_datetime">09:26</td></tr></tbody></table></div></body></html>"""
    rows = read_rows(Selector(text=table), "https://www.papns.kr/", GNUBOARD, PAPNS, AT)
    assert [(row.canonical_url[-1], row.pinned) for row in rows] == [("1", True), ("2", False)]


@pytest.mark.parametrize("link", ["sub_read.html?uid=77777&amp;section=sc1", "77777"])
def test_a_feed_gives_links_and_dates(link: str) -> None:
    feed = f"""<?xml version="1.0" encoding="euc-kr"?><rss version="2.0"><channel><item>
    <title>제목</title><link>https://kb.breaknews.com/{link.replace("&", "&amp;")}</link>
    <pubDate>Wed, 11 Sep 2024 09:14:32 +0900</pubDate></item></channel></rss>"""
    (row,) = read_feed(feed, BREAKNEWS, KB, AT)
    assert row.canonical_url == "https://kb.breaknews.com/77777"
    assert row.date == "Wed, 11 Sep 2024 09:14:32 +0900"


@pytest.mark.parametrize(
    "text", ["", "RSS 보기가 금지되어 있습니다.", "<html><body>오류</body></html>"]
)
def test_what_is_no_feed_has_no_rows(text: str) -> None:
    assert read_feed(text, GNUBOARD, PAPNS, AT) == []


def article(html: str, family: Cms = GNUBOARD, place: Publisher = PAPNS) -> Article:
    url = {
        "gnuboard": "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=1",
        "breaknews": "https://kb.breaknews.com/11111",
    }[family.name]
    return read_article(Selector(text=html), url, family, place, fetched_at=AT, whole=True)


ALERT = """<html><head><title>오류안내 페이지 | 시범신문</title></head><body><script>alert("{}");
document.location.replace("/");</script><noscript><div id="validation_check"><h1>오류</h1>
<p class="cbg">{}</p></div></noscript></body></html>"""


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (
            ALERT.format(
                *["글이 존재하지 않습니다.\\n\\n글이 삭제되었거나 이동된 경우입니다."] * 2
            ),
            "gone",
        ),
        (ALERT.format(*["글을 읽을 권한이 없습니다."] * 2), "members"),
        (ALERT.format(*["알 수 없는 까닭입니다."] * 2), "not_article"),
        ("<html><body><meta charset=utf-8>접근이 가능하지 않습니다.</body></html>", "temporary"),
        ("<html><body>MySQL Connect Error!!!</body></html>", "temporary"),
        ("<html><body><h1>새 모양</h1></body></html>", "not_article"),
    ],
)
def test_an_error_page_is_no_article(html: str, kind: str) -> None:
    assert str(article(html).error_page).split(":")[0] == kind


def test_an_article_about_missing_posts_is_an_article() -> None:
    html = '<div id="bo_v_con">‘글이 존재하지 않습니다’는 알림이 늘었다.</div>'
    assert article(html).error_page is None


def test_an_empty_page_is_said_not_to_be_an_article() -> None:
    assert article("<html></html>").error_page == NO_ARTICLE


def test_a_picture_takes_the_caption_below_it() -> None:
    html = """<html><body><h1 class="read_title">제목</h1><div id="CLtag">
    <img src="/a.jpg"><p>글 하나.</p><img src="/b.jpg"><div class="img_caption">▲ 둘째 사진</div>
    </div></body></html>"""
    read = article(html, BREAKNEWS, KB)
    assert read.images == [
        {"url": "https://kb.breaknews.com/a.jpg", "caption": None},
        {"url": "https://kb.breaknews.com/b.jpg", "caption": "▲ 둘째 사진"},
    ]
    assert ("▲ 둘째 사진", "caption") in [(block.text, block.kind) for block in read.blocks]


@pytest.mark.parametrize(
    ("shown", "title", "headline"),
    [
        ("긴 제목이 여기…", "긴 제목이 여기서 끝난다 > 지역 | 신문", "긴 제목이 여기서 끝난다"),
        ("지역 | 제목", "제목 > 지역 | 신문", "제목"),
        ("제목 > 화살표", "제목 > 화살표 > 지역 | 신문", "제목 > 화살표"),
        ("제목", "아주 다른 것 > 지역 | 신문", "제목"),
        ("제목", "신문", "제목"),
    ],
)  # fmt: skip
def test_a_headline_that_the_skin_cuts_is_whole_in_the_title(
    shown: str, title: str, headline: str
) -> None:
    html = f"<html><title>{title}</title><body><h1 id=bo_v_title>{shown}</h1></body></html>"
    assert article(html).headline_raw == headline


def test_a_page_of_no_family_has_none() -> None:
    assert cms_of(Selector(text="<html><body><article>글</article></body></html>")) is None
    look_alike = "<body><div class=view_head_title></div><div id=view_content_body></div></body>"
    assert cms_of(Selector(text=look_alike)) is None


@pytest.mark.parametrize("tags", [("div",), ("span",), ("table", "tr", "td")])
def test_a_page_that_nests_deeper_than_python_can_is_read(tags: tuple[str, ...]) -> None:
    deep = "".join(f"<{tag}>" for tag in tags) * (1800 // len(tags))
    blocks = list(read_blocks(Selector(f"<body>{deep}가온시가 문을 열었다.</body>").root, {}))
    assert [block.text for block in blocks] == ["가온시가 문을 열었다."]
