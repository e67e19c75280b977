"""Malgeum as one of the compared tools: from a page to body and date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from parsel import Selector
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from bench.quality.pages import Page
from crawler.crawl.spider import OutletSpider, index_by_host
from crawler.extract.blocks import read_blocks
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from crawler.urls import host_of
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import Dates

ELSEWHERE = "https://paper.example/1"
"""The URL of a page of no known outlet."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """A tool's result for a page. None: the tool does not extract this at all."""

    body: str | None = None
    date: str | None = None
    """ISO 8601, a day or more precise."""


def read(page: Page) -> Extraction:
    """Read a page as ``scrapy replay`` does. An estimated date counts as none."""
    html = None if page.text is not None else page.html
    saved = SavedPage(page.url, page.fetched_at, html, page.text)
    article = extract_saved(saved, outlet_of(saved.url))
    clean_article(article, load_rules())
    Dates().process_item(article)
    date = None if article.date_precision == "estimated" else article.date_published
    return Extraction(article.body or "", date)


def read_lines(page: Page) -> Extraction:
    """Read a page as one of an unknown CMS: only the visible lines, without markup."""
    lines = [block.text for block in read_blocks(Selector(page.html).root, {})]
    return read(replace(page, url=ELSEWHERE, text=page.text or "\n".join(lines)))


def outlet_of(url: str) -> type[OutletSpider] | None:
    """Return the outlet of a URL, or None."""
    return outlets().get(host_of(url))


@cache
def outlets() -> dict[str, type[OutletSpider]]:
    """Return all outlets by host."""
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
    outlets = [loader.load(name) for name in loader.list()]
    return index_by_host(outlet for outlet in outlets if issubclass(outlet, OutletSpider))
