"""Sitemaps: the articles that a crawl finds by them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Reply, SiteRequest
from tests.support.newsstand_crawl import Stand, stat
from tests.support.scrapy_process import Run
from tests.support.sitemap_files import HOME, URL, index, urlset

NOW = datetime.now(UTC)
MAPPED = ("-s", "SPIDER_MODULES=tests.support.sitemap_spiders")


class Odd(Newsstand):
    """A newsstand with sitemaps, some of whose addresses answer otherwise."""

    says: dict[str, Reply]

    def answer(self, ask: SiteRequest) -> Reply:
        said = getattr(self, "says", {}).get(ask.path)
        real = super().answer(ask)  # which remembers that it was asked
        return said or real

    def looked_at(self) -> list[str]:
        """What was asked for since the last look."""
        found = list(self.requested)
        self.requested.clear()
        return found


@pytest.fixture(scope="module")
def newsstand() -> Iterator[tuple[Odd, str]]:
    stand = Odd(5, NOW, 30, sitemaps=True)
    with beside(stand, NOW) as proxy:
        yield stand, proxy


@pytest.fixture
def stand(newsstand: tuple[Odd, str], tmp_path: Path) -> Stand:
    newsstand[0].looked_at()
    return Stand(newsstand[1], tmp_path / "store.db", [])


@contextmanager
def says(newsstand: Odd, **replies: Reply | bytes) -> Iterator[None]:
    """``sitemap_xml=`` is what ``/sitemap.xml`` answers for a while."""
    newsstand.says = {
        f"/{name.replace('_', '.', 1)}": reply if isinstance(reply, Reply) else Reply(reply)
        for name, reply in replies.items()
    }
    try:
        yield
    finally:
        newsstand.says = {}


def crawl(stand: Stand, outlet: str, *arguments: str) -> Run:
    given = [part for argument in arguments for part in ("-a", argument)]
    run = stand.crawl(outlet, *MAPPED, *given)
    assert "Traceback" not in run.stderr
    return run


def urls(newsstand: Odd, outlet: str) -> set[str]:
    return {
        f"{HOME}/article/{post.number}" for post in newsstand.posts[outlet] if post.readable
    }  # fmt: skip


def test_what_stands_in_the_sitemap_alone_is_found_and_nothing_is_fetched_twice(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    plain = stand.crawl("gosiweek", "-a", "since=60d", "-a", "pages=1")
    assert plain.returncode == 0
    assert len(stand.stored()) < 11
    newsstand[0].looked_at()
    here = Stand(stand.proxy, stand.database.with_name("other.db"), [])
    run = crawl(here, "gosiweek", "since=60d", "pages=1")
    assert run.returncode == 0, run.stderr[-2000:]
    assert here.stored().keys() == urls(newsstand[0], "gosiweek")
    fetched = [address for address in newsstand[0].looked_at() if "robots.txt" not in address]
    assert len(fetched) == len(set(fetched))
    assert stat(run, "malgeum/list_pages") == 1
    assert stat(run, "malgeum/left_over") == 0
    second = crawl(here, "gosiweek", "since=60d", "pages=1")
    assert second.returncode == 0
    again = newsstand[0].looked_at()
    assert not [address for address in again if "/article/" in address]
    assert any("/sitemap.xml" in address for address in again)
    assert stat(second, "malgeum/known") >= len(here.stored())


def test_a_lastmod_never_becomes_the_date_and_a_news_date_may(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    """papns shows no date on some pages: what a list does not show is not known then."""
    hidden = [post for post in newsstand[0].posts["papns"] if post.readable][4:6]
    fresh, old = (
        f"https://www.papns.kr/bbs/board.php?bo_table=news&amp;wr_id={post.number}"
        for post in hidden
    )
    lastmod = (NOW - timedelta(hours=1)).isoformat()
    date = (NOW - timedelta(hours=3)).isoformat(timespec="seconds")
    news = f"<news:news><news:publication_date>{date}</news:publication_date></news:news>"
    before = [newsstand[0].posts["papns"][:]]
    for post in hidden:
        newsstand[0].change("papns", post.number, trap="undated")
    body = urlset(
        f"<loc>{fresh}</loc><lastmod>{lastmod}</lastmod>{news}",
        f"<loc>{old}</loc><lastmod>{lastmod}</lastmod>",
    )
    try:
        with says(newsstand[0], sitemap_xml=body):
            run = crawl(stand, "papns", "since=60d", "pages=1")
    finally:
        newsstand[0].posts["papns"][:] = before[0]
    assert run.returncode == 0, run.stderr[-2000:]
    stored = stand.stored()
    dated, undated = (stored[url.replace("&amp;", "&")] for url in (fresh, old))
    assert datetime.fromisoformat(dated["date_published"]) == datetime.fromisoformat(date)
    assert dated["date_source"] == "feed"
    assert undated["date_published"] is None
    assert not any(lastmod[:19] in str(value) for row in stored.values() for value in row.values())


def test_the_wanted_period_is_respected(newsstand: tuple[Odd, str], stand: Stand) -> None:
    posts = [post for post in newsstand[0].posts["gosiweek"] if post.readable]
    first = crawl(stand, "gosiweek", "since=5d", "until=2d", "pages=1")
    assert first.returncode == 0
    start = (NOW - timedelta(days=5)).date()
    fetched = {
        address.rpartition("/")[2] for address in newsstand[0].looked_at() if "/article/" in address
    }
    early = {post.number for post in posts if max(post.at, post.modified or post.at).date() < start}
    late = {post.number for post in posts if NOW - post.at < timedelta(days=1)}
    assert len(early) > 5
    assert len(late) > 1
    assert not fetched & (early | late)
    wanted = {
        post.number for post in posts if timedelta(days=3) < NOW - post.at < timedelta(days=5)
    }
    assert wanted <= {url.rpartition("/")[2] for url in stand.stored()}


def test_files_that_changed_before_the_period_are_not_asked_for(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    files = index(
        (f"{HOME}/sitemap-old.xml", "2020-01-31"), (f"{HOME}/sitemap-new.xml", NOW.isoformat()),
        (f"{HOME}/sitemap-some.xml", ""), (URL, ""),
    )  # fmt: skip
    with says(newsstand[0], sitemap_xml=files):
        run = crawl(stand, "gosiweek", "since=60d", "pages=1")
    requested = [
        address.partition("/")[2] for address in newsstand[0].looked_at() if "sitemap" in address
    ]
    assert requested == ["sitemap.xml", "sitemap-some.xml", "sitemap-new.xml"]
    assert stat(run, "malgeum/no_sitemaps") == 2
    assert run.stderr.count("No sitemap: gone: ") == 2
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html><body>\xea\xb8\x80\xec\x9d\xb4 \xec\x97\x86\xec\x8a\xb5\xeb\x8b\x88\xeb\x8b\xa4.</body></html>", "it is a web page"),
        (gzip.compress(bytes(32 * 1024 * 1024), mtime=0), "it is larger than DOWNLOAD_MAXSIZE once unpacked"),
        (b"", "it is not XML"),
    ],
    ids=["page", "bomb", "empty"],
)  # fmt: skip
def test_a_broken_sitemap_is_said_in_a_line_and_the_crawl_goes_on(
    newsstand: tuple[Odd, str], stand: Stand, body: bytes, why: str
) -> None:
    with says(newsstand[0], sitemap_xml=body):
        run = crawl(stand, "gosiweek", "since=60d", "pages=1")
    assert run.returncode == 0, run.stderr[-2000:]
    assert stat(run, "malgeum/broken_sitemaps") == 1
    assert stat(run, "malgeum/sitemaps") == 0
    (line,) = [line for line in run.stderr.splitlines() if "No sitemap" in line]
    assert line.endswith(f"WARNING: No sitemap: broken: {URL}: {why}")
    assert len(stand.stored()) > 5


def test_a_sitemap_on_another_host_is_refused_and_not_fetched(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    rules = b"User-agent: *\nAllow: /\nSitemap: https://away.example/sitemap.xml\nSitemap: /sitemap.xml\n"
    files = index(("http://10.0.0.1/sitemap.xml", ""), ("https://www.papns.kr/sitemap.xml", ""))
    with says(newsstand[0], robots_txt=rules, sitemap_xml=files):
        run = crawl(stand, "gosiweek", "since=60d", "pages=1")
    requested = newsstand[0].looked_at()
    assert not [address for address in requested if not address.startswith("www.gosiweek.com")]
    assert stat(run, "malgeum/rejected/other_host") == 2
    assert stat(run, "malgeum/rejected/private_address") == 1
    assert stat(run, "malgeum/no_sitemaps") == 0
    assert run.returncode == 0


def test_robots_txt_without_a_sitemap_and_indexes_without_end(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    with says(newsstand[0], robots_txt=b"User-agent: *\n"):
        run = crawl(stand, "gosiweek", "since=60d", "pages=1")
    assert run.returncode == 0
    assert f"{HOME}/robots.txt: it names none" in run.stderr
    newsstand[0].looked_at()
    deep = {f"{level}_xml": index((f"{HOME}/{level + 1}.xml", "")) for level in range(5)}
    with says(newsstand[0], sitemap_xml=index((f"{HOME}/0.xml", "")), **deep):
        run = crawl(stand, "gosiweek", "since=60d", "pages=1")
    requested = [address for address in newsstand[0].looked_at() if ".xml" in address]
    assert requested[-1] == "www.gosiweek.com/1.xml"
    assert "1.xml: it is an index in an index in an index" in run.stderr


def test_the_command_gives_every_paper_a_sitemap(tmp_path: Path) -> None:
    with serving(seed=5, articles=3, sitemaps=True) as proxy:
        run = crawl(Stand(proxy, tmp_path / "store.db", []), "papns", "since=60d")
    assert run.returncode == 0
    assert stat(run, "malgeum/sitemaps") > 1


def test_sections_are_asked_for_without_the_sitemap(
    newsstand: tuple[Odd, str], stand: Stand
) -> None:
    crawl(stand, "gosiweek", "since=60d", "pages=1", "sections=181930993")
    assert not [address for address in newsstand[0].looked_at() if "sitemap" in address]
