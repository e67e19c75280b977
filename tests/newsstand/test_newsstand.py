"""Newsstand: deterministic content, correct gold records, edge cases, proxy and command."""

from __future__ import annotations

import html
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.extract.sitemap import named_in_robots, read_sitemap
from newsstand.content import KST, Post
from newsstand.gold import ADDRESS, GoldArticle, records, write
from newsstand.server import PROJECT, serving
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, SiteRequest
from tests.support.scrapy_process import started

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=KST)
OUTLETS = tuple(ADDRESS)
PAPNS, GYEONGGI = ADDRESS["papns"], ADDRESS["gyeonggitv"]
BREAK, WEEK, SEONAM = ADDRESS["breaknews_kb"], ADDRESS["gosiweek"], ADDRESS["seonamtoday"]
BOARD = "https://www.papns.kr/bbs/board.php"


@pytest.fixture
def stand() -> NewsstandState:
    return NewsstandState(seed=1, now=NOW, articles=30)


def ask(stand: NewsstandState, url: str, user_agent: str = "Malgeum") -> Reply:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return stand.answer(SiteRequest(parts.hostname or "", parts.path or "/", query, user_agent))


def text(reply: Reply, encoding: str = "utf-8") -> str:
    return html.unescape(reply.body.decode(encoding))


def trapped(stand: NewsstandState, outlet: str, trap: str) -> Post:
    return next(post for post in stand.posts[outlet] if post.trap == trap)


def test_sitemaps_name_what_can_be_read_and_only_on_demand() -> None:
    plain, mapped = (NewsstandState(1, NOW, 10, sitemaps=sitemaps) for sitemaps in (False, True))
    for outlet, posts in mapped.posts.items():
        home = "://".join(urlsplit(ADDRESS[outlet])[:2])
        assert ask(plain, f"{home}/sitemap.xml").status == 404
        assert b"itemap" not in ask(plain, f"{home}/robots.txt").body
        named = named_in_robots(ask(mapped, f"{home}/robots.txt").body, home)
        assert named == [f"{home}/sitemap.xml"]
        index = read_sitemap(ask(mapped, named[0]).body, home, 0)
        assert index.is_index
        files = list(index.entries)
        assert [file.url.endswith(".gz") for file in files] == [False] * (len(files) - 1) + [True]
        entries = [
            entry
            for file in files
            for entry in read_sitemap(ask(mapped, file.url).body, home, 0).entries
        ]
        readable = [post for post in posts if post.readable]
        assert {entry.url for entry in entries} == {
            ADDRESS[outlet].format(post.number) for post in readable
        }
        fresh = [post for post in readable if NOW - post.at < timedelta(days=2)]
        assert sum(entry.published is not None for entry in entries) == len(fresh) > 0


def gold_of(stand: NewsstandState, outlet: str, post: Post) -> GoldArticle:
    url = ADDRESS[outlet].format(post.number)
    return next(record for record in records(stand.posts) if record["canonical_url"] == url)


def addresses(stand: NewsstandState) -> Iterator[str]:
    for outlet, posts in stand.posts.items():
        yield from (ADDRESS[outlet].format(post.number) for post in posts)
    yield from (
        f"{BOARD}?bo_table=news&page=1",
        f"{BOARD}?bo_table=news&page=3",
        "http://www.gyeonggitv.com/bbs/rss.php?bo_table=news",
        "https://kb.breaknews.com/sub_view.html",
        "https://kb.breaknews.com/rss/rss_news.php",
        "https://www.gosiweek.com/newslist/?pagenum=0",
        "http://seonamtoday.com/news/list.php",
        "http://seonamtoday.com/rss.php",
    )


# -- one edition, for ever ------------------------------------------------------------


def test_same_seed_and_time_give_the_same_bytes(stand: NewsstandState, tmp_path: Path) -> None:
    again = NewsstandState(seed=1, now=NOW, articles=30)
    assert [ask(stand, url) for url in addresses(stand)] == [
        ask(again, url) for url in addresses(again)
    ]
    write(stand.posts, tmp_path / "one")
    write(again.posts, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_another_seed_tells_other_stories(stand: NewsstandState) -> None:
    other = NewsstandState(seed=2, now=NOW, articles=30)
    one, two = (
        {post.story.body for post in posts if post.trap not in ("posts", "column")}
        for posts in (chain(*stand.posts.values()), chain(*other.posts.values()))
    )
    assert len(one) > 150
    assert not one & two


@pytest.mark.parametrize("articles", [1, 7, 60])
def test_any_size_holds_every_trap(articles: int) -> None:
    small = NewsstandState(seed=3, now=NOW, articles=articles)
    for outlet, posts in small.posts.items():
        assert sum(not post.trap for post in posts) >= articles, outlet
    assert trapped(small, "papns", "secret")
    assert trapped(small, "breaknews_kb", "lying_header")


# -- the gold tells what the pages say ---------------------------------------------------


@pytest.mark.parametrize("outlet", OUTLETS)
def test_every_gold_article_stands_on_its_page(stand: NewsstandState, outlet: str) -> None:
    encoding = "cp949" if outlet == "breaknews_kb" else "utf-8"
    gold = [record for record in records(stand.posts) if record["outlet"] == outlet]
    assert len(gold) >= 30
    for record in gold:
        reply = ask(stand, record["canonical_url"])
        if b"MySQL" in reply.body:
            reply = ask(stand, record["canonical_url"])
        page = reply.body.decode(encoding, errors="replace")
        shown = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert record["headline"] in html.unescape(page)
        for line in [*record["body"].split("\n"), *record["authors"]]:
            assert line in shown, record["canonical_url"]
        for line in (record["alternative_headline"] or "").split("\n"):
            assert line in shown, record["canonical_url"]


LISTS = {
    "papns": (f"{BOARD}?bo_table=news&page={{}}", 1),
    "gyeonggitv": ("http://www.gyeonggitv.com/bbs/board.php?bo_table=news&page={}", 1),
    "breaknews_kb": ("https://kb.breaknews.com/sub_view.html?page={}", 1),
    "gosiweek": ("https://www.gosiweek.com/newslist/?pagenum={}", 0),
    "seonamtoday": ("http://seonamtoday.com/news/list.php?page={}", 1),
}
ROW_LINK = re.compile(r"(?:wr_id=|href=\"/|/article/|idx=)(\d+)\b(?!#c_)")


@pytest.mark.parametrize("outlet", OUTLETS)
def test_lists_reach_every_article(stand: NewsstandState, outlet: str) -> None:
    pattern, first = LISTS[outlet]
    pages = [
        set(ROW_LINK.findall(ask(stand, pattern.format(page)).body.decode("cp949", "replace")))
        for page in range(first, first + 12)
    ]
    reached = set().union(*pages)
    assert {post.number for post in stand.posts[outlet]} <= reached
    past_the_end = pages[-1]
    assert past_the_end == (pages[-2] if outlet == "gosiweek" else set())


def test_sections_hold_everything_between_them(stand: NewsstandState) -> None:
    for outlet, pattern, codes in (
        ("breaknews_kb", "https://kb.breaknews.com/sub.html?section={}&page={}", "sc1 sc2 sc3"),
        (
            "gosiweek",
            "https://www.gosiweek.com/news/newsList.php?tid={}&pagenum={}",
            "181930993 181932624",
        ),
        (
            "seonamtoday",
            "http://seonamtoday.com/news/list.php?mcode={}&vg=photo&page={}",
            "m641vf2 m125yxs2",
        ),
    ):
        reached = {
            number
            for code in codes.split()
            for page in range(5)
            for number in ROW_LINK.findall(
                ask(stand, pattern.format(code, page)).body.decode("cp949", "replace")
            )
        }
        assert {post.number for post in stand.posts[outlet]} <= reached


def test_times_spread_over_twenty_days_newest_first(stand: NewsstandState) -> None:
    for posts in stand.posts.values():
        times = [post.at for post in posts if post.trap != "redated"]
        assert times == sorted(times, reverse=True)
        ages = [(NOW - at).days for at in times]
        assert 18 <= max(ages) <= 20
        assert 5 <= sum(age < 7 for age in ages) < len(ages) / 2


def test_releases_twins_and_short_notices(stand: NewsstandState) -> None:
    gold = {record["canonical_url"]: record for record in records(stand.posts)}
    copies = [record for record in gold.values() if record["duplicate_of"]]
    assert len(copies) == 4 + 3 + 2 + 3 + 2 - 5
    for copy in copies:
        first = gold[copy["duplicate_of"] or ""]
        assert first["body"] == copy["body"]
        assert (first["date_published"] or "") < (copy["date_published"] or "")
        assert first["outlet"] != copy["outlet"]
    (twin,) = [record for record in gold.values() if record["aliases"]]
    assert text(ask(stand, twin["aliases"][0])).count(twin["body"].split("\n")[0]) == 1
    assert twin["aliases"][0] not in gold
    notices = [record for record in gold.values() if record["headline"].startswith("[인사]")]
    assert len(notices) == 2
    assert notices[0]["body"] == notices[1]["body"]
    assert notices[0]["duplicate_of"] is notices[1]["duplicate_of"] is None


def test_the_prose_holds_what_a_cleaner_might_take_for_furniture(stand: NewsstandState) -> None:
    bodies = "\n".join(record["body"] for record in records(stand.posts))
    for word in ("맑음", "23℃", "저작권", "구글 번역", "기자", "▲", "모바일 버전", "펲", "똠"):
        assert word in bodies


# -- Gnuboard ------------------------------------------------------------------------------


def test_the_visit_date_stands_on_every_page_and_is_no_articles_date(stand: NewsstandState) -> None:
    for url in (PAPNS.format(stand.posts["papns"][-1].number), f"{BOARD}?bo_table=news"):
        page = text(ask(stand, url))
        assert '<p class="today">2026.03.11 (수)</p>' in page
        assert page.count('<li><img src="/img/weather/') == 97
        assert "기상청 제공" not in page
    assert "기상청 제공" in text(ask(stand, GYEONGGI.format(stand.posts["gyeonggitv"][0].number)))


@pytest.mark.parametrize(
    ("trap", "message"),
    [("deleted", "글이 존재하지 않습니다."), ("forbidden", "글을 읽을 권한이 없습니다.")],
)
def test_mishaps_answer_200_and_an_alert(stand: NewsstandState, trap: str, message: str) -> None:
    post = trapped(stand, "papns", trap)
    reply = ask(stand, PAPNS.format(post.number))
    assert reply.status == 200
    assert f'alert("{message}' in text(reply)
    assert 'id="validation_check"' in text(reply)
    assert post.number not in {record["article_id"][5:] for record in records(stand.posts)}


def test_board_errors(stand: NewsstandState) -> None:
    assert "존재하지 않는 게시판입니다." in text(ask(stand, f"{BOARD}?bo_table=x"))
    assert "bo_table 값이 넘어오지 않았습니다." in text(ask(stand, BOARD))
    assert "접근이 가능하지 않습니다." in text(ask(stand, BOARD, user_agent=""))
    assert ask(stand, "https://www.papns.kr/nothing").status == 404


def test_a_database_error_comes_once(stand: NewsstandState) -> None:
    post = trapped(stand, "papns", "mysql")
    assert text(ask(stand, PAPNS.format(post.number))) == "MySQL Connect Error!!!"
    assert post.story.paragraphs[0] in text(ask(stand, PAPNS.format(post.number)))


def test_secret_posts_and_comments_redirect(stand: NewsstandState) -> None:
    secret = ask(stand, PAPNS.format(trapped(stand, "papns", "secret").number))
    assert secret.status == 302
    assert "/bbs/password.php?w=s" in dict(secret.headers)["Location"]
    parent = int(stand.posts["papns"][0].number)
    comment = ask(stand, PAPNS.format(parent + 1))
    assert dict(comment.headers)["Location"] == f"{PAPNS.format(parent)}#c_{parent + 1}"


def test_notices_are_pinned_to_page_one_and_stand_nowhere_else(stand: NewsstandState) -> None:
    notice = trapped(stand, "papns", "notice")
    first, second = (text(ask(stand, f"{BOARD}?bo_table=news&page={page}")) for page in (1, 2))
    assert first.count("bo_notice") == 1
    assert first.count("<h2>") == second.count("<h2>") == 5
    others = [text(ask(stand, f"{BOARD}?bo_table=news&page={page}")) for page in range(2, 12)]
    assert not any(f"wr_id={notice.number}&" in page for page in others)
    assert "게시물이 없습니다." in others[-1]


def test_a_post_is_linked_twice_in_different_order(stand: NewsstandState) -> None:
    number = stand.posts["papns"][0].number
    page = text(ask(stand, f"{BOARD}?bo_table=news&page=1&me_id=7"))
    assert f"bo_table=news&me_id=7&page=1&wr_id={number}" in page
    assert f"bo_table=news&wr_id={number}&me_id=7&page=1" in page


def test_stock_lists_show_no_year_and_todays_time(stand: NewsstandState) -> None:
    page = text(ask(stand, f"{BOARD}?bo_table=news&page=3"))
    dates = re.findall(r'td_datetime">([^<]+)<', page)
    assert "13:00" in dates
    assert [date for date in dates if re.fullmatch(r"\d\d-\d\d", date)]
    deep = text(ask(stand, f"{BOARD}?bo_table=news&page=6"))
    assert len(re.findall(r'<td class="td_date">\d\d-\d\d</td>', deep)) == 5


def test_skins_by_age_and_cut_titles(stand: NewsstandState) -> None:
    skins = {
        "theme": ("news_title01", r"기사입력 \d{4}\.\d\d\.\d\d \d\d:\d\d"),
        "stock53": ('h2 id="bo_v_title"', r"작성일</span> 26-0[23]-\d\d \d\d:\d\d</strong>"),
        "stock50": ('h1 id="bo_v_title"', r"작성일</span><strong>26-0[23]-\d\d \d\d:\d\d</strong>"),
    }
    for skin, (mark, date) in skins.items():
        post = [post for post in stand.posts["papns"] if post.template == skin and post.readable][
            -1
        ]
        page = text(ask(stand, PAPNS.format(post.number)))
        assert mark in page
        assert re.search(date, page)
    long = trapped(stand, "papns", "long")
    page = text(ask(stand, PAPNS.format(long.number)))
    assert f"<title>{long.story.headline} > 지역뉴스" in page
    assert f"{long.story.headline[:69]}…</span>" in page


@pytest.mark.parametrize(
    ("trap", "row", "view", "gold"),
    [
        ("no_view_date", r"\d{4}-\d\d-\d\d \d\d:\d\d", None, r".{10}T.{5}\+09:00"),
        ("day_view", r"\d{4}-\d\d-\d\d \d\d:\d\d", r"기사입력 [\d.]{10}<", r".{10}T.{5}\+09:00"),
        ("day_row", r"\d{4}-\d\d-\d\d", None, r".{10}"),
        ("undated", None, None, None),
        ("image_date", None, None, r".{10}"),
    ],
)
def test_where_dates_stand(
    stand: NewsstandState, trap: str, row: str | None, view: str | None, gold: str | None
) -> None:
    post = trapped(stand, "gyeonggitv", trap)
    page = text(ask(stand, GYEONGGI.format(post.number)))
    assert bool(re.search(view, page)) if view else "기사입력" not in page
    lists = (text(ask(stand, LISTS["gyeonggitv"][0].format(n))) for n in range(1, 7))
    rows = [li for page in lists for li in page.split("\n<li") if f"wr_id={post.number}&" in li]
    date = re.search(r'class="date">([^<]*)<', rows[0])
    assert bool(date and re.fullmatch(row, date[1])) if row else date is None
    dated_image = f"/thumb-{post.at:%Y%m%d%H%M%S}_" in page
    assert dated_image == (trap != "undated")
    published = gold_of(stand, "gyeonggitv", post)["date_published"]
    assert bool(published and re.fullmatch(gold, published)) if gold else published is None


def test_feeds_off_and_on(stand: NewsstandState) -> None:
    off = ask(stand, "https://www.papns.kr/bbs/rss.php?bo_table=news")
    assert (off.content_type, text(off)) == (
        "text/html; charset=utf-8",
        "RSS 보기가 금지되어 있습니다.",
    )
    on = ask(stand, "http://www.gyeonggitv.com/bbs/rss.php?bo_table=news").body.decode()
    fed = [record for record in records(stand.posts) if f"wr_id={record['article_id'][5:]}<" in on]
    assert {len(record["date_published"] or "") for record in fed} == {
        len("2026-03-11T09:14:32+09:00")
    }
    assert on.count("<item>") == 15
    assert "bo_table=news&amp;amp;wr_id=" in on
    assert re.search(r"<dc:date>\w{3}, \d\d \w{3} 2026 [\d:]{8} \+0900</dc:date>", on)


def test_a_telephone_gets_the_mobile_skin(stand: NewsstandState) -> None:
    url = f"{BOARD}?bo_table=news"
    assert "bo_subject" in text(ask(stand, url, "Mozilla/5.0 (Linux; Android 14)"))
    assert "bo_subject" in text(ask(stand, f"{url}&device=mobile"))
    assert "bo_subject" not in text(ask(stand, f"{url}&device=pc", "iPhone"))


# -- the breaknews type ----------------------------------------------------------------------


def test_both_forms_of_an_address_give_the_same_article(stand: NewsstandState) -> None:
    number = stand.posts["breaknews_kb"][0].number
    old = ask(stand, f"https://kb.breaknews.com/sub_read.html?uid={number}&section=sc1")
    assert old == ask(stand, BREAK.format(number))


def test_charsets_declared_missing_and_wrong(stand: NewsstandState) -> None:
    silent = ask(stand, BREAK.format(trapped(stand, "breaknews_kb", "no_charset").number))
    assert silent.content_type == "text/html"
    assert b"charset" not in silent.body
    lying = ask(stand, BREAK.format(trapped(stand, "breaknews_kb", "lying_header").number))
    assert lying.content_type == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        lying.body.decode("utf-8")
    rare = next(post for post in stand.posts["breaknews_kb"] if "똠" in post.story.body)
    page = ask(stand, BREAK.format(rare.number)).body
    with pytest.raises(UnicodeDecodeError):
        page.decode("euc-kr")
    assert "똠" in page.decode("cp949")


def test_three_skins_and_their_tails(stand: NewsstandState) -> None:
    by_skin = {
        skin: [
            text(ask(stand, BREAK.format(post.number)), "cp949")
            for post in stand.posts["breaknews_kb"]
            if post.template == skin and post.readable and post.trap == ""
        ]
        for skin in ("current", "middle", "tables")
    }
    assert all('<div class="article_head">' in page for page in by_skin["current"])
    assert all("| 입력 : 2026/" in page for page in by_skin["current"])
    assert all("기사입력: 2026/" in page for page in by_skin["middle"])
    assert all("<title>브레이크뉴스 경기북부</title>" in page for page in by_skin["tables"])
    assert all("최종편집:    ⓒ" in page for page in by_skin["tables"])
    tails = [page for page in by_skin["current"] + by_skin["middle"] if "[Reporter " in page]
    for marker in ("as'Google Translate'", "전문]입니다.", "구글번역기로", "전문 입니다."):
        assert [page for page in tails if marker in page], marker
    assert all("<저작권자 ⓒ 브레이크뉴스 경기북부" in page for page in tails)
    column = trapped(stand, "breaknews_kb", "column")
    page = text(ask(stand, BREAK.format(column.number)), "cp949")
    assert "구글 번역" in column.story.body
    assert "[Reporter " not in page


@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_furniture_turns_and_posts_change(stand: NewsstandState, outlet: str) -> None:
    post = next(post for post in stand.posts[outlet][6:] if not post.trap)
    url = ADDRESS[outlet].format(post.number)
    first = ask(stand, url)
    assert ask(stand, url) == first
    stand.turn()
    turned = ask(stand, url)
    assert turned.body != first.body
    stand.change(outlet, post.number, story=replace(post.story, headline="고친 제목"))
    encoding = "cp949" if outlet == "breaknews_kb" else "utf-8"
    assert "고친 제목" in text(ask(stand, url), encoding)
    for status in (404, 410, 500):
        stand.change(outlet, post.number, status=status)
        assert ask(stand, url).status == status
    assert len(stand.requested) == 7
    assert set(stand.requested) == {url.split("://")[1]}


def test_gone_without_a_word(stand: NewsstandState) -> None:
    for number in (trapped(stand, "breaknews_kb", "deleted").number, "1"):
        reply = ask(stand, BREAK.format(number))
        assert reply.status == 200
        assert b"read_title" not in reply.body
        assert b"CLtag" not in reply.body
    alert = ask(stand, WEEK.format(trapped(stand, "gosiweek", "deleted").number))
    assert b"alert(" in alert.body
    assert b"viewTitle" not in alert.body
    empty = ask(stand, SEONAM.format(trapped(stand, "seonamtoday", "deleted").number))
    assert b"article-head-title" not in empty.body
    assert "많이 본 뉴스" in text(empty)


# -- the ncode type and 다다미디어 ----------------------------------------------------------------


def test_ncode_addresses_lists_and_numbers(stand: NewsstandState) -> None:
    posts = stand.posts["gosiweek"]
    number = posts[0].number
    pages = {
        ask(stand, f"https://www.gosiweek.com{form}{number}").body
        for form in ("/article/", "/news/view/", "/news/newsview.php?ncode=")
    }
    assert len(pages) == 1
    assert [post.number for post in posts] != sorted((p.number for p in posts), reverse=True)
    amp = text(ask(stand, f"https://m.gosiweek.com/news/amp.html?ncode={number}"))
    assert "[ⓒ 피앤피뉴스. 무단전재-재배포 금지]" in amp


def test_ncode_bytes_that_lie_or_stray(stand: NewsstandState) -> None:
    lying = ask(stand, WEEK.format(trapped(stand, "gosiweek", "lying_meta").number))
    assert lying.content_type == "text/html"
    assert '<meta charset="euc-kr">' in lying.body.decode("utf-8")
    stray = ask(stand, WEEK.format(trapped(stand, "gosiweek", "stray_bytes").number))
    head, _, tail = stray.body.partition(b"WEEKLY HOTISSUE")
    head.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        tail.decode("utf-8")


def test_ncode_pages(stand: NewsstandState) -> None:
    pages = {
        post.number: text(ask(stand, WEEK.format(post.number)))
        for post in stand.posts["gosiweek"]
        if post.readable and post.trap != "stray_bytes"
    }
    assert all("[저작권자ⓒ 피앤피뉴스. 무단전재-재배포 금지]" in page for page in pages.values())
    everything = "\n".join(pages.values())
    assert re.search(r"/ 기사승인 : 2026-\d\d-\d\d \d\d:\d\d:\d\d", everything)
    assert re.search(r"기자 desk@\S+ \| 2026-\d\d-\d\d \d\d:\d\d:\d\d", everything)
    assert "font-size: 24pt;" in everything
    assert re.search(r"img_caption\">dfgdf\d\.JPG<", everything)
    assert "article:published_time" in everything
    photo = trapped(stand, "gosiweek", "photo")
    assert pages[photo.number].count(photo.story.body) == 2
    assert pages[photo.number].count("[저작권자ⓒ") == 2
    strips = {re.findall(r"<li>[^<]*<b>(\S+?)</b>", page)[0] for page in pages.values()}
    assert len(strips) > 5


def test_dadamedia_pages(stand: NewsstandState) -> None:
    newer, older = (
        [
            text(ask(stand, SEONAM.format(post.number)))
            for post in stand.posts["seonamtoday"]
            if post.template == skin and post.readable
        ]
        for skin in ("newer", "older")
    )
    assert all('<h1 class="article-head-title">' in page for page in newer)
    assert any("<li>수정 2026-" in page for page in newer)
    assert any('<ul class="subj">' in page for page in newer)
    assert all("기사등록 <span>2026-" in page for page in older)
    assert any("boxPointColor" in page for page in older)
    assert all(len(re.findall(r"<li><a href=\"/news/view", page)) == 7 for page in newer)
    listed = text(ask(stand, "http://seonamtoday.com/news/list.php?page=1"))
    assert len(re.findall(r'registDate">2026-\d\d-\d\d</dd>', listed)) == 10
    number = stand.posts["seonamtoday"][0].number
    plain = ask(stand, SEONAM.format(number))
    assert plain == ask(stand, f"{SEONAM.format(number)}&mcode=m641vf2&page=2&sm=w_total&stx=")
    assert plain == ask(stand, f"http://seonamtoday.com/m/view.php?idx={number}")


@pytest.mark.parametrize("home", ["https://www.papns.kr", "http://www.gyeonggitv.com"])
def test_gnuboard_says_modified_now(stand: NewsstandState, home: str) -> None:
    headers = dict(ask(stand, f"{home}/bbs/board.php?bo_table=news").headers)
    assert headers["Last-Modified"] == "Wed, 11 Mar 2026 06:00:00 GMT"


def test_every_host_has_a_home_and_rules_for_robots(stand: NewsstandState) -> None:
    for host in stand.sites:
        assert ask(stand, f"http://{host}/").status == 200
        assert text(ask(stand, f"http://{host}/robots.txt")).startswith("User-agent: *\n")


# -- over the wire ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    gold = tmp_path_factory.mktemp("newsstand") / "gold.jsonl"
    with serving(seed=1, now=NOW, articles=30, gold=gold) as proxy_url:
        yield urlsplit(proxy_url).port or 0, gold


def test_http_through_the_proxy_keeps_the_connection(
    stand: NewsstandState, open_stand: tuple[int, Path]
) -> None:
    proxy = HTTPConnection("127.0.0.1", open_stand[0], timeout=60)
    for path in ("/news/list.php?page=1", "/news/list.php?page=2"):
        proxy.request("GET", f"http://seonamtoday.com{path}", headers={"User-Agent": "Malgeum"})
        answer = proxy.getresponse()
        assert answer.status == 200
        # Another process, the same bytes.
        assert answer.read() == ask(stand, f"http://seonamtoday.com{path}").body
        assert proxy.sock is not None
    proxy.request("HEAD", "http://seonamtoday.com/")
    assert proxy.getresponse().read() == b""
    proxy.close()


def test_https_through_the_proxy(stand: NewsstandState, open_stand: tuple[int, Path]) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    proxy = HTTPSConnection("127.0.0.1", open_stand[0], timeout=60, context=context)
    proxy.set_tunnel("kb.breaknews.com", 443)
    for path in ("/", "/sub_view.html?page=2"):
        proxy.request("GET", path)
        answer = proxy.getresponse()
        assert answer.getheader("Content-Type") == "text/html; charset=euc-kr"
        assert answer.read() == ask(stand, f"https://kb.breaknews.com{path}").body
    proxy.close()


def test_other_hosts_are_not_carried(open_stand: tuple[int, Path]) -> None:
    proxy = HTTPConnection("127.0.0.1", open_stand[0], timeout=60)
    proxy.request("GET", "http://example.org/")
    answer = proxy.getresponse()
    assert answer.status == 502
    assert answer.read().startswith(b"The newsstand does not carry example.org; it carries ")
    proxy.close()
    tunnel = HTTPSConnection("127.0.0.1", open_stand[0], timeout=60)
    tunnel.set_tunnel("example.org", 443)
    with pytest.raises(OSError, match="502"):
        tunnel.connect()


def test_gold_is_written_before_the_stand_opens(
    stand: NewsstandState, open_stand: tuple[int, Path]
) -> None:
    written = [json.loads(line) for line in open_stand[1].read_text("utf-8").splitlines()]
    assert written == list(records(stand.posts))


# -- the command -----------------------------------------------------------------------------------


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "newsstand", *options]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_stand(number: signal.Signals) -> None:
    with subprocess.Popen(
        command("--articles", "1"),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(3)]
        customer = HTTPConnection("127.0.0.1", int(lines[0].rpartition(":")[2]), timeout=60)
        customer.request("GET", "http://seonamtoday.com/")
        customer.getresponse().read()  # and the connection stays open
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        customer.close()
    assert process.returncode == 0
    assert said == ""
    assert re.fullmatch(r"export http_proxy=http://127\.0\.0\.1:\d+\n", lines[0])
    assert lines[1] == lines[0].replace("http_proxy", "https_proxy")


def test_bad_usage_gets_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = {
            ("--port", port): f"Cannot open the newsstand on port {port}: Address already in use.",
            ("--gold", str(tmp_path / "no" / "gold")): "No such file or directory.",
            ("--now", "yesterday"): "--now must be a time such as 2024-09-11T09:00",
            ("--articles", "0"): "--articles must be 1 or more, not 0.",
        }
        running = {
            options: subprocess.Popen(
                command(*options), cwd=PROJECT, stderr=subprocess.PIPE, text=True
            )
            for options in cases
        }
        for options, process in running.items():
            _, said = process.communicate(timeout=60)
            assert process.returncode == 2, options
            assert cases[options] in said
            assert said.count("\n") == 1


def test_serving_hands_on_the_commands_sentence() -> None:
    with pytest.raises(RuntimeError, match="--articles must be 1 or more"), serving(articles=0):
        pass


@pytest.mark.parametrize("command", ["demo", "newsstand"])
def test_without_the_extra_its_commands_say_how_to_install_it(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "raise ModuleNotFoundError('trustme', name='trustme')"
    (tmp_path / "trustme.py").write_text(missing, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = started(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"scrapy: {command} needs trustme; install it with "
        ".venv/bin/python -m pip install --require-hashes -r requirements-extras.lock\n"
    )
