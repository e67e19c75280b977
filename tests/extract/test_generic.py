"""Pages of unknown CMSs: what a reader reads, and nothing of the site around it.

The pages are invented; their markup has the shapes of portals, papers, broadcasters and boards.
``same_words.jsonl`` holds the same words as text of the article and as box, link or button.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from bench.quality.our_extractor import outlet_of
from crawler.article import Article
from crawler.extract.parse import parse
from crawler.outcomes.drops import PageDropped
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from pipelines.stages import run_stages
from pipelines.validate import Validate
from tests.support.paths import ROOT

FETCHED_AT = "2026-02-13T03:00:00Z"
PAGES = [
    json.loads(line)
    for file in sorted((ROOT / "tests" / "data" / "generic").glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


def read(html: str, url: str = "https://paper.example/1", fetched_at: str = FETCHED_AT) -> Article:
    """Return the clean article of a page. Raises PageDropped for all else."""
    article = extract_saved(SavedPage(url, fetched_at, html), outlet_of(url))
    run_stages(article)
    return Validate(lambda date: True).process_item(article)


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_a_page_is_read_as_its_reader_reads_it(page: dict[str, Any]) -> None:
    expected = page["expect"]
    if expected.get("dropped"):
        with pytest.raises(PageDropped):
            read(page["html"], page["url"], page["fetched_at"])
        return
    article = read(page["html"], page["url"], page["fetched_at"])
    for field, value in expected.items():
        if field == "body_has":
            assert [text for text in value if text not in (article.body or "")] == []
        elif field == "body_lacks":
            assert [text for text in value if text in (article.body or "")] == []
        elif field == "images":
            assert len(article.images) == value
        elif field == "authors":
            assert set(article.authors) == set(value)
        else:
            assert getattr(article, field) == value


SENTENCE = "가람시는 오는 3월부터 낡은 버스 정류장 42곳을 차례로 고친다고 11일 밝혔다. "
HOSTILE = {
    "nested elements": "<div>{n}</div>",
    "links": '<a href="/{n}">가람시 소식 열두 가지</a> ',
    "breaks": "<br>",
    "rows": '<li><a href="/{n}">가람시 소식 열두 가지</a><p>' + SENTENCE + "</p></li>",
    "rows of many classes": '<div class="c{n}"><a href="/{n}">가람시 소식</a>'
    + SENTENCE
    + "</div>",
    "open boxes of links": '<div><a href="/{n}">가람시 소식 열두 가지</a>',
    "one line": SENTENCE,
    "pictures": '<div class="photo"><img src="/{n}.jpg"><p>가람시 정류장</p></div>',
    "open pictures": '<div class="photo"><img src="/{n}.jpg">',
    "headings": "<h2>가람시 소식 {n}</h2>",
    "comments": "<div><b>댓글 3</b><p>가</p></div>",
    "forms": "<form><input name={n}>",
    "cells": "<td>가</td>",
    "bylines": "<p>국새론 기자</p>",
    "stray ends": "</p></span></b>",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_are_read_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        pieces = "".join(piece.replace("{n}", str(number)) for number in range(count))
        html = f"<title>가람시 소식</title><body><h1>가람시 소식</h1><p>{SENTENCE}</p>{pieces}"
        start = time.process_time()
        run_stages(extract_saved(SavedPage("https://paper.example/1", FETCHED_AT, html), None))
        return time.process_time() - start

    assert seconds(8_000) < 12 * max(min(seconds(2_000) for _ in range(2)), 0.05)


@pytest.mark.parametrize("count", [20_000])
def test_hostile_attributes_are_read_in_bounded_time(count: int) -> None:
    start = time.process_time()
    for attributes in (
        f"style='{'width:0;' * count}'",
        f"class='{'a-b ' * count}'",
        f"class='{'article_' * count}'",
        f"id='{'sub' * count}'",
    ):
        read(f"<body><p>입력 2026.02.12 10:01</p><div {attributes}><p>{SENTENCE}</p></div>")
    assert time.process_time() - start < 4


def test_deeply_nested_elements_do_not_end_the_reader() -> None:
    assert extract_saved(
        SavedPage("https://paper.example/1", FETCHED_AT, "<div>" * 50_000 + SENTENCE), None
    )


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>가</br>나</p>", ["가", "나"]),
        ("가</p>나</p>다", ["가", "나", "다"]),
        ('<?xml version="1.0" encoding="euc-kr"?><p>가</p>', ["가"]),
        ("", []),
    ],
)
def test_a_source_is_parsed_as_a_browser_parses_it(html: str, texts: list[str]) -> None:
    from crawler.extract.blocks import read_blocks

    assert [block.text for block in read_blocks(parse(html).root, {})] == texts
