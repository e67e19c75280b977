"""The other tools, each as its documentation starts it. All are given the page's right text.

Each function returns a reading, or raises: that a tool stops is a result too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from parsel import Selector

from bench import malgeum
from bench.malgeum import Reading
from bench.pages import Page
from crawler.extract.blocks import read_blocks


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    read: Callable[[Page], Reading]
    gives: frozenset[str] = frozenset({"body", "date"})

    @property
    def title(self) -> str:
        try:
            return f"{self.name} {version(self.name)}"
        except PackageNotFoundError:
            return self.name


def trafilatura(page: Page) -> Reading:
    document = import_module("trafilatura").bare_extraction(
        page.html,
        url=page.url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "max_date": page.fetched_at[:10]},
    )
    return Reading(document.text, document.date) if document else Reading()


def readability(page: Page) -> Reading:
    summary = import_module("readability").Document(page.html).summary()
    return Reading("\n".join(block.text for block in read_blocks(Selector(summary).root, {})))


def resiliparse(page: Page) -> Reading:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return Reading(extract(page.html, main_content=True, alt_texts=False))


def newspaper(page: Page) -> Reading:
    article = import_module("newspaper").Article(page.url, language="ko")
    article.download(input_html=page.html)
    article.parse()
    date = article.publish_date
    return Reading(article.text, date.date().isoformat() if date else None)


def htmldate(page: Page) -> Reading:
    find = import_module("htmldate").find_date
    date = find(page.html, url=page.url, original_date=True, max_date=page.fetched_at[:10])
    return Reading(date=date)


def dateparser(page: Page) -> Reading:
    """The first date that its search finds in the page's text."""
    text = "\n".join(block.text for block in read_blocks(Selector(page.html).root, {}))
    now = datetime.fromisoformat(page.fetched_at).replace(tzinfo=None)
    found = import_module("dateparser.search").search_dates(
        text,
        languages=["ko"],
        settings={"RELATIVE_BASE": now, "PREFER_DATES_FROM": "past", "TIMEZONE": "Asia/Seoul"},
    )
    return Reading(date=found[0][1].date().isoformat() if found else None)


BODY, DATE = frozenset({"body"}), frozenset({"date"})
TOOLS = (
    Tool("Malgeum", malgeum.read),
    Tool("Malgeum, lines alone", malgeum.read_lines),
    Tool("trafilatura", trafilatura),
    Tool("readability-lxml", readability, BODY),
    Tool("resiliparse", resiliparse, BODY),
    Tool("newspaper4k", newspaper),
    Tool("htmldate", htmldate, DATE),
    Tool("dateparser", dateparser, DATE),
)
