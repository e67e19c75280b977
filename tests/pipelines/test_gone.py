"""Edited, deleted and restored articles, found by later crawls of the newsstand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from parsel import Selector
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from crawler.article import ErrorPage
from crawler.extract.cms import CMSES
from crawler.extract.pages import Publisher, is_whole, read_article
from crawler.outcomes import exit_codes as verdict
from crawler.outcomes.pages import PageOutcome
from crawler.store import Store, StoreError, open_store
from pipelines.gone import Gone, PageGone
from tests.support.articles import LONG, at, day, state
from tests.support.changing_outlet import edited, paper
from tests.support.newsstand_crawl import stat

OUTLETS = ("papns", "breaknews_kb", "gosiweek", "seonamtoday")
"""One of each family."""


@pytest.mark.parametrize("outlet", OUTLETS)
def test_what_a_later_visit_finds(outlet: str, tmp_path: Path) -> None:
    with paper(outlet, tmp_path) as here:
        assert here.crawl().returncode == 0
        before = here.stored()
        changed, deleted, missing, away, broken = here.ordinary()[:5]
        here.change(changed, story=edited(changed).story)
        here.change(deleted, trap="deleted")
        here.change(missing, status=404)
        here.change(away, status=410)
        here.change(broken, status=500)
        here.sold.turn()
        run = here.crawl("-a", "revisit=60d")
        after = here.stored()
        gone = {here.address(post) for post in (deleted, missing, away)}
        for address, row in before.items():
            now = after[address]
            if address == here.address(changed):
                assert (now["revision"], row["revision"]) == (2, 1)
                assert now["body"] == row["body"] + "\n시는 이 글을 나중에 바로잡았다고 밝혔다."
                assert now["date_published"] == row["date_published"]
                assert now["date_modified"] == row["date_modified"]
            else:  # weather, most-read lists, view counts and share buttons are nothing
                same = {"last_seen_at": now["last_seen_at"], "gone_at": now["gone_at"]}
                assert now == row | same, address
            assert (now["gone_at"] is not None) == (address in gone), address
            seen = address not in gone | {here.address(broken)}
            assert (now["last_seen_at"] > row["last_seen_at"]) == seen, address
        assert after.keys() == before.keys()
        assert [row["body"] for row in here.rows("revision")] == [
            before[here.address(changed)]["body"]
        ]
        assert stat(run, "malgeum/marked_gone") == 3
        assert stat(run, "malgeum/revisits") == len(before)
        assert run.stderr.count("Gone, and its text kept: ") == 3
        assert run.returncode == verdict.PARTIAL, run.stderr[-2000:]  # HTTP 500
        for post in (deleted, missing, broken):
            here.change(post, trap="", status=200)
        again = here.crawl("-a", "revisit=60d")
        assert again.returncode == 0, again.stderr[-2000:]
        assert {url for url, row in here.stored().items() if row["gone_at"]} == {here.address(away)}
        assert len(here.rows("absence")) == 2
        assert all(row["back_at"] > row["gone_at"] for row in here.rows("absence"))


def test_without_being_asked_no_stored_article_is_fetched_again(tmp_path: Path) -> None:
    with paper("gosiweek", tmp_path) as here:
        here.crawl()
        post = here.ordinary()[0]
        here.change(post, status=404)
        here.sold.requested.clear()
        run = here.crawl()
        assert not [requested for requested in here.sold.requested if post.number in requested]
        assert here.stored()[here.address(post)]["gone_at"] is None
        assert stat(run, "malgeum/revisits") == 0


def test_only_what_is_as_young_as_asked_for_is_looked_at_again_and_once(tmp_path: Path) -> None:
    with paper("breaknews_kb", tmp_path) as here:
        here.crawl()
        here.sold.requested.clear()
        run = here.crawl("-a", "revisit=8d", "-a", "limit=1")
        published = {row["canonical_url"]: row["date_published"] for row in here.stored().values()}
        requested = [f"https://{one}" for one in here.sold.requested]
        again = [address for address in requested if address in published]
        assert again
        assert len(set(again)) == len(again) == stat(run, "malgeum/revisits") < len(published)
        assert max(day for url, day in published.items() if url not in again) < min(
            published[url] for url in again
        )
        assert stat(run, "finish_reason") == 0  # what is seen again is none of the limit
        assert "robots.txt" in " ".join(here.sold.requested)


# -- which pages say that an article is gone ------------------------------------------------

PAGES = {
    "gnuboard": "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=1",
    "breaknews": "https://kb.breaknews.com/11111",
    "ncode": "https://www.gosiweek.com/article/1065551234567890",
    "dadamedia": "http://seonamtoday.com/news/view.php?idx=1",
}
HEAD = '<html><head><title>서남투데이</title></head><body><div class="article-head-nav">HOME</div>'


@pytest.mark.parametrize(
    ("family", "html", "kind"),
    [
        ("dadamedia", f"{HEAD}<h3>HOT ISSUE</h3></body></html>", "gone"),
        ("dadamedia", f"{HEAD}<h3>HOT ISSUE</h3></body></HTML>\n<script></script>", "gone"),
        ("dadamedia", HEAD, "no article on the page"),  # cut on the way
        ("dadamedia", f'{HEAD}<h1 class="article-head-title">제목</h1></html>', "no article on the page"),
        ("dadamedia", "<html><body>점검 중입니다.</body></html>", "no article on the page"),
        ("breaknews", '<html><div id="news_read_list"> 관련기사목록</div></html>', "gone"),
        ("breaknews", '<html><div id="news_read_list"> 관련기사목록</div>', "no article on the page"),
        ("breaknews", '<html><h1 class="read_title">제목</h1><div id="news_read_list"></html>', "no article on the page"),
        ("ncode", '<script>alert("존재하지 않는 기사입니다."); history.back();</script>', "gone"),
        ("ncode", "<script>alert('삭제된 기사입니다.');location.href='/';</script>", "gone"),
        ("ncode", "<script>alert('기사를 볼 권한이 없습니다.');history.back();</script>", "members"),
        ("ncode", "<script>alert('로그인 정보가 없습니다.');history.back();</script>", "members"),
        ("ncode", "<script>if (!q) { alert('검색어가 없습니다.'); return false; }</script>", "no article on the page"),
        ("gnuboard", '<title>오류안내 페이지</title><div id="validation_check">잠시 뒤에</div>', "<title>오류안내 페이지"),
        ("gnuboard", '<div id="validation_check">글이 존재하지 않습니다.</div>', "gone"),
        ("gnuboard", "MySQL Connect Error!!!", "temporary"),
    ],
)  # fmt: skip
def test_only_what_says_so_for_sure_is_gone(family: str, html: str, kind: str) -> None:
    (known,) = (one for one in CMSES if one.name == family)
    read = read_article(
        Selector(text=html),
        PAGES[family],
        known,
        Publisher("paper", home=PAGES[family]),
        fetched_at="2024-09-11T00:14:32Z",
        whole=is_whole(html),
    )
    assert str(read.error_page).removeprefix("not_article: ").split(":")[0] == kind


# -- the stage --------------------------------------------------------------------------------


class TestStage:
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with open_store("sqlite://") as store:
            store.upsert(at(1))
            yield store

    @pytest.fixture
    def troubles(self) -> list[StoreError]:
        return []

    @pytest.fixture
    def stage(self, store: Store, troubles: list[StoreError]) -> Gone:
        return Gone(store, MemoryStatsCollector(get_crawler()), troubles.append)

    def test_an_article_goes_on(self, stage: Gone) -> None:
        item = at(2)
        assert stage.process_item(item) is item
        forbidden = at(2, error_page=ErrorPage(PageOutcome.MEMBERS, "권한이 없"))
        assert stage.process_item(forbidden) is forbidden

    @pytest.mark.parametrize("text", ["HTTP 410", "글이 존재하지 않습니다"])
    def test_a_gone_one_is_marked_and_stops(self, stage: Gone, store: Store, text: str) -> None:
        for _ in range(2):
            with pytest.raises(PageGone, match=f"gone: {text}"):
                stage.process_item(at(2, error_page=ErrorPage(PageOutcome.GONE, text)))
        assert state(store) == (LONG, day(2))
        assert stage.stats.get_value("malgeum/marked_gone") == 1

    def test_what_is_not_stored_is_nothing_to_mark(self, stage: Gone) -> None:
        with pytest.raises(PageGone):
            stage.process_item(at(2, number=9, error_page=ErrorPage(PageOutcome.GONE, "HTTP 404")))
        assert stage.stats.get_value("malgeum/marked_gone") is None

    def test_a_store_that_fails_is_told(
        self, stage: Gone, store: Store, troubles: list[StoreError]
    ) -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE article RENAME TO articles")
        with pytest.raises(PageGone):
            stage.process_item(at(2, error_page=ErrorPage(PageOutcome.GONE, "HTTP 404")))
        assert "no such table" in str(troubles)
