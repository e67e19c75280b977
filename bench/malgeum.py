"""Malgeum as one of the readers: a page to its body and its date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from parsel import Selector
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from bench.pages import Page
from crawler.crawl.spider import OutletSpider, index_by_host
from crawler.extract.blocks import read_blocks
from crawler.reprocess.replay.from_files import Page as SavedPage
from crawler.reprocess.replay.from_files import read_saved
from crawler.urls import host_of
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import Dates

ELSEWHERE = "https://paper.example/1"
"""The address of a page of no known outlet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tool makes of a page. None: the tool has no opinion on such a thing at all."""

    body: str | None = None
    date: str | None = None
    """ISO 8601, a day or finer."""


def read(page: Page) -> Reading:
    """As ``scrapy replay`` reads it, with the outlets known. An estimated date counts as none."""
    html = None if page.text is not None else page.html
    saved = SavedPage(page.url, page.fetched_at, html, page.text)
    article = read_saved(saved, outlet_of(saved.url))
    clean_article(article, load_rules())
    Dates().process_item(article)
    date = None if article.date_precision == "estimated" else article.date_published
    return Reading(article.body or "", date)


def read_lines(page: Page) -> Reading:
    """As it reads a page of a system that it does not know: the visible lines and no mark-up."""
    lines = [block.text for block in read_blocks(Selector(page.html).root, {})]
    return read(replace(page, url=ELSEWHERE, text=page.text or "\n".join(lines)))


def outlet_of(url: str) -> type[OutletSpider] | None:
    return outlets().get(host_of(url))


@cache
def outlets() -> dict[str, type[OutletSpider]]:
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
    outlets = [loader.load(name) for name in loader.list()]
    return index_by_host(outlet for outlet in outlets if issubclass(outlet, OutletSpider))
