"""Saved pages of every outlet, compared with the fields that a person read from them.

A page has the outlet's real markup and invented text. The JSON beside it holds ``url``,
``fetched_at`` and every field that was read by eye; fields that it does not name are not compared.
"""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from parsel import Selector
from scrapy.http import HtmlResponse

from crawler.article import Article
from crawler.encoding import charset_of
from crawler.extract.cms import cms_of
from crawler.extract.pages import ListingEntry, Publisher, read_article
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article
from tests.support.outlets import OUTLETS, SAVED, outlet_of


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_saved_page_reads_as_a_person_reads_it(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    outlet = outlet_of(page.parent.name)
    body = page.read_bytes()
    source = Selector(text=body.decode(charset_of(body) or "utf-8", "replace"))
    article = read_article(
        source,
        expected.pop("url"),
        outlet.cms,
        Publisher(outlet.name, outlet.display_name, outlet.home),
        fetched_at=expected.pop("fetched_at"),
        whole=True,
    )
    clean_article(article, load_rules())
    date_article(article)
    fields = asdict(article)
    assert {name: fields[name] for name in expected} == expected


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_saved_page_shows_its_family(page: Path) -> None:
    body = page.read_bytes()
    source = Selector(text=body.decode(charset_of(body) or "utf-8", "replace"))
    assert cms_of(source) is outlet_of(page.parent.name).cms


def test_no_page_is_of_an_outlet_that_is_not_there() -> None:
    assert {page.parent.name for page in SAVED} == set(OUTLETS)


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (
            "<main>새 모양</main>",
            "no article on the page, which looks nothing like gnuboard any more",
        ),
        ('<div id="bo_v"></div><script>var g5_bbs_url;</script>', "no article on the page"),
    ],
)
def test_a_crawl_says_that_a_page_is_none_of_the_outlets_family(page: str, sentence: str) -> None:
    spider = outlet_of("papns")(name="papns")
    url = "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=5"
    row = ListingEntry(url, url, None, None, "list", "2026-11-25T00:00:00Z")
    request = spider.article_request(row)
    html = f"<html><body>{page}</body></html>"
    response = HtmlResponse(url, request=request, body=html, encoding="utf-8")
    (article,) = spider.parse_article(response)
    assert isinstance(article, Article)
    assert article.error_page is not None
    assert article.error_page.text == sentence
