"""Sitemaps: parsing, and the articles that a crawl finds by them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.extract.cms.ncode import NCODE
from crawler.extract.pages import Publisher
from crawler.extract.sitemap import SitemapError, named_in_robots, read_sitemap, rows_of
from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Reply, SiteRequest
from tests.support.newsstand_crawl import Stand, stat
from tests.support.scrapy_process import Run

NOW = datetime.now(UTC)
HOME = "https://www.gosiweek.com"
URL = f"{HOME}/sitemap.xml"
MAPPED = ("-s", "SPIDER_MODULES=tests.support.sitemap_spiders")
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
FILMS = "http://www.google.com/schemas/sitemap-video/1.1"

# -- reading ------------------------------------------------------------------------------------


def urlset(*entries: str, names: str = f'xmlns:news="{NEWS}" xmlns:video="{FILMS}"') -> bytes:
    urls = "".join(f"<url>{entry}</url>" for entry in entries)
    top = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {names}>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{top}{urls}</urlset>'.encode()


def index(*files: tuple[str, str]) -> bytes:
    named = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{changed}</lastmod></sitemap>" for url, changed in files
    )
    return f"<sitemapindex>{named}</sitemapindex>".encode()


def loc(number: int) -> str:
    return f"<loc>{HOME}/article/{1179500000000000 + number}</loc>"


def test_a_news_date_is_a_date_of_publication_and_a_lastmod_is_not() -> None:
    news = "<news:news><news:publication_date> 2024-09-11 </news:publication_date></news:news>"
    film = "<video:video><video:publication_date>2001-01-01</video:publication_date></video:video>"
    body = urlset(
        loc(1) + "<lastmod>2024-09-12</lastmod>" + news,
        loc(2),
        loc(3) + film + "<lastmod>?</lastmod>",
    )
    one, two, three = read_sitemap(body, URL, 0).entries
    assert (one.published, one.changed) == ("2024-09-11", datetime(2024, 9, 13, tzinfo=UTC))
    assert two[1:] == three[1:] == (None, None)
    rows = rows_of(
        [one, two, three], NCODE, Publisher("gosiweek", None, HOME), "2024-09-12T00:00:00Z"
    )
    assert [row.date for row in rows] == ["2024-09-11", None, None]
    assert rows[0].source == "feed"


def test_a_news_date_is_read_where_the_file_forgot_its_namespace() -> None:
    news = "<news:news><news:publication_date>2024-09-11</news:publication_date></news:news>"
    (one,) = read_sitemap(urlset(loc(1) + news, names=""), URL, 0).entries
    assert one.published == "2024-09-11"


@pytest.mark.parametrize(
    ("lastmod", "end"),
    [
        ("2024", "2025-01-01T00:00+00:00"),
        ("2024-12", "2025-01-01T00:00+00:00"),
        ("2024-09", "2024-10-01T00:00+00:00"),
        ("2024-09-11", "2024-09-12T00:00+00:00"),
        ("2024-09-11T09:14+09:00", "2024-09-11T00:15+00:00"),
        ("2024-09-11T09:14:32Z", "2024-09-11T09:15:32+00:00"),
        ("2024-09-11T09:14:32.5+09:00", "2024-09-11T00:15:32.5+00:00"),
        ("2024-09-11 09:14:32", "2024-09-11T09:15:32+00:00"),
        ("9999", None),
        ("9999-12-31", None),
        ("0000-00-00", None),
        ("20240911", None),
        ("2024-W37", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_the_end_of_a_lastmod(lastmod: str, end: str | None) -> None:
    (one,) = read_sitemap(urlset(loc(1) + f"<lastmod>{lastmod}</lastmod>"), URL, 0).entries
    assert one.changed == (datetime.fromisoformat(end) if end else None)


def test_addresses_that_are_no_articles_are_left_out_and_the_same_is_one() -> None:
    body = urlset(
        f"<loc>{HOME}/</loc>", f"<loc>{HOME}/newslist/</loc>", "<loc>https://away.kr/article/1</loc>",
        "<loc>http://[broken</loc>", "<loc>/article/1179500000000001</loc>",
        f"<loc><![CDATA[{HOME}/news/newsview.php?ncode=1179500000000001&amp;amp;x=1]]></loc>",
        "<lastmod>2024</lastmod>", "<loc></loc>",
    )  # fmt: skip
    entries = list(read_sitemap(body, URL, 0).entries)
    rows = rows_of(entries, NCODE, Publisher("gosiweek", None, HOME), "2024-09-12T00:00:00Z")
    assert [row.canonical_url for row in rows] == [f"{HOME}/article/1179500000000001"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!doctype html><html><head><title>x</title></head><body>x</body></html>", "it is a web page"),
        (b"<rss><channel></channel></rss>", "it is <rss>"),
        (b"", "it is not XML"),
        (b"https://www.gosiweek.com/article/1\n", "it is not XML"),
        (b"\x1f\x8b\x08broken", "it cannot be unpacked"),
        (gzip.compress(bytes(3000), mtime=0), "it is larger than DOWNLOAD_MAXSIZE once unpacked"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_said_in_a_few_words(body: bytes, why: str) -> None:
    with pytest.raises(SitemapError, match=why):
        list(read_sitemap(body, URL, 2000).entries)


def test_one_that_was_cut_is_read_to_where_it_was_cut() -> None:
    body = urlset(*(loc(number) for number in range(100)))
    whole, cut = read_sitemap(body, URL, 0), read_sitemap(body[:3000], URL, 0)
    packed = read_sitemap(gzip.compress(body)[:-20], URL, 0)
    assert (whole.is_whole, cut.is_whole, packed.is_whole) == (True, False, False)
    assert len(list(whole.entries)) == 100
    assert 20 < len(list(cut.entries)) < 100


def test_entities_are_not_read_in() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    body = bomb + urlset("<loc>http://x/&a;&f;</loc>").split(b"?>", 1)[1]
    assert [entry.url for entry in read_sitemap(body, URL, 0).entries] == ["http://x/"]


def test_what_robots_txt_names() -> None:
    body = b"User-agent: *\nSitemap: /a.xml\nsitemap:http://[no\nSITEMAP: http://b/c.xml\nSitemap: /a.xml"
    assert named_in_robots(body, f"{HOME}/robots.txt") == [f"{HOME}/a.xml", "http://b/c.xml"]


# -- crawling -----------------------------------------------------------------------------------


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
