"""Sitemaps: parsing of files, indexes and robots.txt."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.extract.cms.ncode import NCODE
from crawler.extract.pages import Publisher
from crawler.extract.sitemap import SitemapError, named_in_robots, read_sitemap, rows_of
from tests.support.sitemap_files import HOME, URL, loc, urlset


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
