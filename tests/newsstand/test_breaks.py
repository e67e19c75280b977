"""Breaks of the newsstand's outlets: each break loses exactly what it announces."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import pytest
from parsel import Selector
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.article import Article
from crawler.crawl.spider import OutletSpider, publisher_of
from crawler.encoding import charset_of
from crawler.extract.pages import NO_ARTICLE, read_rows
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from newsstand.breaks import kinds_for
from newsstand.breaks.content import APPEAL
from newsstand.breaks.markup import MARKUP
from newsstand.breaks.model import cms_of
from newsstand.breaks.registry import BREAKS
from newsstand.cli import break_outlets
from newsstand.content import KST, Post
from newsstand.gold import ADDRESS
from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, SiteRequest
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=KST)
AT = NOW.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
ARTICLES = 8
LISTS = {
    "papns": "https://www.papns.kr/bbs/board.php?bo_table=news&page=1",
    "gyeonggitv": "http://www.gyeonggitv.com/bbs/board.php?bo_table=news&page=1",
    "breaknews_kb": "https://kb.breaknews.com/sub_view.html?page=1",
    "gosiweek": "https://www.gosiweek.com/newslist/?pagenum=0",
    "seonamtoday": "http://seonamtoday.com/news/list.php?page=1",
}
FEEDS = {
    "gyeonggitv": "http://www.gyeonggitv.com/bbs/rss.php?bo_table=news",
    "breaknews_kb": "https://kb.breaknews.com/rss/rss_news.php",
    "seonamtoday": "http://seonamtoday.com/rss.php",
}
LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
SPIDERS: dict[str, type[OutletSpider]] = {name: LOADER.load(name) for name in ADDRESS}  # type: ignore[misc]
FIELDS = (
    "headline", "alternative_headline", "body", "authors", "byline_raw", "images", "keywords",
    "date_published", "date_source", "date_modified", "translation", "rights", "error_page",
    "source_organization", "article_section",
)  # fmt: skip
INSIDE = {"body", "images", "alternative_headline", "translation", "rights", "error_page"}
MAY_CHANGE = {
    "label": {"date_published", "date_source", "byline_raw", "images"},
    "container": INSIDE,
    "byline": {"authors", "byline_raw"},
    "images": {"images"},
    "captions": {"body", "images"},
    "boilerplate": {"body"},
    "short": {"body", "images"},
}
"""Fields in which an ordinary article may change; ``label``: the byline's element held the date,
and Gnuboard's pictures had it in their names."""
OUTLETS = NewsstandState(1, NOW, 1).outlets
CASES = [(outlet, kind) for outlet in ADDRESS for kind in kinds_for(OUTLETS[outlet])]
READ = [(outlet, kind) for outlet, kind in CASES if kind in MAY_CHANGE]


@cache
def rules() -> Any:
    return load_rules()


@cache
def whole() -> NewsstandState:
    """The stand that the tests share, each mending what it breaks; no database error is left."""
    stand = NewsstandState(3, NOW, ARTICLES)
    for outlet in ADDRESS:
        replies(stand, outlet)
    return stand


@contextmanager
def broken(outlet: str, kind: str) -> Iterator[NewsstandState]:
    whole().break_outlet(outlet, kind)
    try:
        yield whole()
    finally:
        whole().mend(outlet)


def replies(stand: NewsstandState, outlet: str) -> dict[str, Reply]:
    """What is answered for an outlet's articles, list and feed, by address."""
    urls = [ADDRESS[outlet].format(post.number) for post in stand.posts[outlet]]
    urls += [LISTS[outlet], *([FEEDS[outlet]] if outlet in FEEDS else [])]
    return {url: reply_of(stand, url) for url in urls}


@cache
def well(outlet: str) -> dict[str, Article]:
    """The articles of an outlet that is not broken, by number."""
    return {post.number: article(whole(), outlet, post) for post in readable(whole(), outlet)}


def readable(stand: NewsstandState, outlet: str) -> list[Post]:
    return [post for post in stand.posts[outlet] if post.readable]


def reply_of(stand: NewsstandState, url: str) -> Reply:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return stand.answer(SiteRequest(parts.hostname or "", parts.path or "/", query, "Malgeum", url))


def source(stand: NewsstandState, url: str) -> str:
    body = reply_of(stand, url).body
    return body.decode(charset_of(body) or "utf-8", "replace")


def article(stand: NewsstandState, outlet: str, post: Post) -> Article:
    """What our extraction makes of an article's page alone, without its row in a list."""
    url = ADDRESS[outlet].format(post.number)
    read = extract_saved(SavedPage(url, AT, html=source(stand, url)), SPIDERS[outlet])
    clean_article(read, rules())
    date_article(read)
    return read


def rows(stand: NewsstandState, outlet: str) -> list[str]:
    """The addresses on the first page of an outlet's list."""
    spider = SPIDERS[outlet]
    page = Selector(text=source(stand, LISTS[outlet]))
    read = read_rows(page, LISTS[outlet], spider.cms, publisher_of(spider), AT)
    return [row.canonical_url for row in read]


# -- what an article page loses ------------------------------------------------------------------


def no_date(before: Article, after: Article, post: Post) -> None:
    assert after.date_published is None
    assert after.body == before.body


def no_body(before: Article, after: Article, post: Post) -> None:
    assert after.body is None
    assert after.error_page == NO_ARTICLE
    assert (after.headline, after.authors) == (before.headline, before.authors)


def no_authors(before: Article, after: Article, post: Post) -> None:
    assert after.authors == []


def no_pictures(before: Article, after: Article, post: Post) -> None:
    assert not any(image["url"] for image in after.images)


def captions_in_body(before: Article, after: Article, post: Post) -> None:
    assert before.body
    assert after.body
    if post.trap:
        return
    old, lines = before.body.split("\n"), after.body.split("\n")
    new = [line for line in lines if not any(line.endswith(known) for known in old)]
    assert len(lines) - len(new) == len(old)
    captions = [str(image["caption"]) for image in before.images if image["caption"]]
    assert len(new) == sum(not caption.endswith(".JPG") for caption in captions)
    for line in new:
        assert any(caption.startswith(line) for caption in captions)


def with_appeal(before: Article, after: Article, post: Post) -> None:
    if post.trap != "photo":  # ncode prints its one sentence and nothing else
        assert after.body == f"{before.body}\n{APPEAL}"


def first_paragraph(before: Article, after: Article, post: Post) -> None:
    assert after.body == post.story.paragraphs[0]


CHECKS: dict[str, Callable[[Article, Article, Post], None]] = {
    "label": no_date,
    "container": no_body,
    "byline": no_authors,
    "images": no_pictures,
    "captions": captions_in_body,
    "boilerplate": with_appeal,
    "short": first_paragraph,
}


@pytest.mark.parametrize(("outlet", "kind"), READ)
def test_an_article_loses_what_the_break_says_and_nothing_else(outlet: str, kind: str) -> None:
    before, touched = well(outlet), 0
    with broken(outlet, kind) as stand:
        for post in readable(stand, outlet):
            was, now = before[post.number], article(stand, outlet, post)
            CHECKS[kind](was, now, post)
            changed = {name for name in FIELDS if getattr(was, name) != getattr(now, name)}
            touched += bool(changed)
            if not post.trap:
                assert changed <= MAY_CHANGE[kind], post
    assert touched >= ARTICLES / 4


@pytest.mark.parametrize("outlet", ADDRESS)
def test_half_of_the_articles_come_in_a_template_that_nobody_knows(outlet: str) -> None:
    before, changed = replies(whole(), outlet), []
    with broken(outlet, "template") as stand:
        for post in stand.posts[outlet]:
            url = ADDRESS[outlet].format(post.number)
            if reply_of(stand, url) != before[url]:
                changed.append(post)
        assert 0.25 * len(before) < len(changed) < 0.75 * len(before)
        assert all(post.readable for post in changed)
        for post in changed:
            read = article(stand, outlet, post)
            assert read.error_page == NO_ARTICLE
            assert (read.headline, read.body, read.date_published) == (None, None, None)
            page = Selector(text=source(stand, ADDRESS[outlet].format(post.number)))
            text = " ".join(page.css("body ::text").getall())
            for part in (post.story.headline, *post.story.paragraphs, f"{post.at:%Y.%m.%d. %H:%M}"):
                assert part in text


def test_half_is_half_of_many() -> None:
    stand = NewsstandState(1, NOW, 150)
    stand.break_outlet("seonamtoday", "template")
    urls = [ADDRESS["seonamtoday"].format(post.number) for post in readable(stand, "seonamtoday")]
    new = sum("np-story" in source(stand, url) for url in urls)
    assert 0.42 * len(urls) < new < 0.58 * len(urls)


@pytest.mark.parametrize("outlet", ADDRESS)
def test_a_mended_outlet_is_as_before(outlet: str) -> None:
    before = replies(whole(), outlet)
    for kind in kinds_for(OUTLETS[outlet]):
        with broken(outlet, kind) as stand:
            is_same = replies(stand, outlet) == before
            assert is_same == (kind == "silent"), kind  # nothing has happened meanwhile
        assert replies(whole(), outlet) == before, kind


def test_one_outlet_breaks_and_the_others_do_not() -> None:
    before = {outlet: reply_of(whole(), url) for outlet, url in LISTS.items()}
    with broken("papns", "down") as stand:
        after = {outlet: reply_of(stand, url) for outlet, url in LISTS.items()}
    assert {outlet for outlet in LISTS if before[outlet] != after[outlet]} == {"papns"}


@cache
def pages_of(family: str) -> str:
    """Pages of a family's outlets in all their skins, one behind the other."""
    stand = NewsstandState(3, NOW, 30)
    urls = [
        url
        for outlet, site in stand.outlets.items()
        if cms_of(site) == family
        for url in replies(stand, outlet)
    ]
    urls += [LISTS["papns"].replace("page=1", f"page={page}") for page in (3, 6)]
    return "".join(source(stand, url) for url in urls)


@pytest.mark.parametrize(
    ("kind", "family"), [(kind, family) for kind in MARKUP for family in MARKUP[kind]]
)
def test_everything_that_is_renamed_stands_somewhere(kind: str, family: str) -> None:
    for find, _ in MARKUP[kind][family]:
        assert re.search(find, pages_of(family)), find


# -- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", ADDRESS)
def test_an_empty_list_is_the_familys_own(outlet: str) -> None:
    with broken(outlet, "empty") as stand:
        assert reply_of(stand, LISTS[outlet]).status == 200
        assert rows(stand, outlet) == []
        page = Selector(text=source(stand, LISTS[outlet]))
        marks = SPIDERS[outlet].cms.empty_list
        assert any(map(page.css, marks)) == bool(marks)
        if outlet in FEEDS:
            assert "<rss" in source(stand, FEEDS[outlet])
            assert not entries(stand, FEEDS[outlet])[1:]  # the channel's own
        assert article(stand, outlet, readable(stand, outlet)[0]).body
    assert rows(whole(), outlet)


@pytest.mark.parametrize("outlet", ADDRESS)
def test_a_silent_outlet_has_nothing_new_until_it_is_mended(outlet: str) -> None:
    stand = NewsstandState(3, NOW, ARTICLES, hours=24, sitemaps=True)
    feeds = [FEEDS[outlet]] if outlet in FEEDS else []
    home = "/".join(LISTS[outlet].split("/")[:3])
    listings = [*feeds, f"{home}/sitemap-2026-03.xml"]

    def named() -> list[list[str]]:
        return [rows(stand, outlet), *(entries(stand, url) for url in listings)]

    stand.step(2)
    known = named()
    stand.break_outlet(outlet, "silent")
    stand.step(20)
    assert named() == known
    newest = next(post for post in stand.posts[outlet] if post.readable and not post.pinned)
    assert newest.at > NOW.replace(hour=18)
    assert article(stand, outlet, newest).body  # whoever knows its address may read it
    stand.mend(outlet)
    assert all(now != then for now, then in zip(named(), known, strict=True))


def entries(stand: NewsstandState, url: str) -> list[str]:
    """The addresses that a feed or a sitemap names."""
    return re.findall(r"<(?:link|loc)>.*?</", source(stand, url))


# -- nothing of the outlet's own --------------------------------------------------------------------


@pytest.mark.parametrize("outlet", ADDRESS)
@pytest.mark.parametrize(("kind", "status"), [("blocked", 403), ("down", 503)])
def test_everything_is_refused_robots_txt_too(outlet: str, kind: str, status: int) -> None:
    home = "/".join(LISTS[outlet].split("/")[:3])
    with broken(outlet, kind) as stand:
        for url in (f"{home}/robots.txt", LISTS[outlet], home, f"{home}/nowhere"):
            assert (reply_of(stand, url).status, reply_of(stand, url).fault) == (status, kind)
        assert stand.requested[-1].endswith("/nowhere")


@pytest.mark.parametrize("outlet", ADDRESS)
def test_articles_are_behind_a_login_and_lists_are_not(outlet: str) -> None:
    with broken(outlet, "login") as stand:
        assert rows(stand, outlet)
        page = source(stand, ADDRESS[outlet].format(stand.posts[outlet][0].number))
    assert 'type="password"' in page


def through(proxy: str) -> OpenerDirector:
    return build_opener(ProxyHandler({"http": proxy}))


def test_a_reset_is_one_on_the_wire_and_stands_in_the_journal(tmp_path: Path) -> None:
    stand, journal = NewsstandState(1, NOW, 1), tmp_path / "journal.jsonl"
    with beside(stand, NOW, journal) as proxy:
        stand.break_outlet("seonamtoday", "reset")
        with pytest.raises((ConnectionResetError, RemoteDisconnected)):
            through(proxy).open(LISTS["seonamtoday"], timeout=60)
        stand.mend("seonamtoday")
        assert through(proxy).open(LISTS["seonamtoday"], timeout=60).status == 200
    entries = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert [(one["fault"], one["whole"]) for one in entries] == [("reset", False), (None, True)]


# -- what there is, and what there is not ------------------------------------------------------------


def test_every_break_says_what_happened_and_is_had_by_some_outlet() -> None:
    assert set(BREAKS) == {kind for _, kind in CASES}
    assert all(kind.why for kind in BREAKS.values())


@pytest.mark.parametrize(
    ("outlet", "kind", "sentence"),
    [
        ("papns", "captions", "papns cannot break by 'captions'; use template, label, "),
        ("papns", "", "papns cannot break by ''; use template, "),
        ("daily", "down", "no outlet is called 'daily'; use papns, gyeonggitv, "),
    ],
)
def test_what_cannot_break_is_refused(outlet: str, kind: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        NewsstandState(1, NOW, 1).break_outlet(outlet, kind)


def test_nothing_is_mended_that_there_is_not() -> None:
    stand = NewsstandState(1, NOW, 1)
    stand.mend("papns")  # it is whole
    with pytest.raises(ValueError, match="no outlet is called 'daily'"):
        stand.mend("daily")


def test_a_paper_for_browsers_breaks_in_fewer_ways() -> None:
    stand = NewsstandState(1, NOW, 1, scripted=True)
    assert kinds_for(stand.outlets["gaonilbo"]) == ["blocked", "login", "down", "reset"]


# -- the command ----------------------------------------------------------------------------------


def test_the_command_opens_with_broken_outlets() -> None:
    broken = {"seonamtoday": "down", "gyeonggitv": "blocked"}
    with serving(articles=1, now=NOW, broken=broken) as proxy:
        for outlet, status in (("seonamtoday", 503), ("gyeonggitv", 403)):
            with pytest.raises(HTTPError) as caught:
                through(proxy).open(LISTS[outlet], timeout=60)
            assert caught.value.code == status
            caught.value.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("papns=captions", "--broken: papns cannot break by 'captions'; use template, "),
        ("daily=down", "--broken: no outlet is called 'daily'; use papns, "),
        ("papns=down, papns=reset", "--broken names papns twice."),
        (
            "papns=down,gosiweek",
            "--broken takes OUTLET=KIND pairs separated by commas, not 'gosiweek'.",
        ),
    ],
)
def test_bad_usage_gets_one_sentence(
    text: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        break_outlets(NewsstandState(1, NOW, 1), text)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(sentence)
    assert said.count("\n") == 1
