"""The other tools, each called as its documentation says, with the correctly decoded page.

Each function returns an extraction or raises: a stop is a result as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from parsel import Selector

from bench.quality import our_extractor
from bench.quality.our_extractor import Extraction
from bench.quality.pages import Page
from crawler.extract.blocks import read_blocks


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, its reader, and the values that it gives."""

    name: str
    read: Callable[[Page], Extraction]
    gives: frozenset[str] = frozenset({"body", "date"})

    @property
    def title(self) -> str:
        """Name and version."""
        try:
            return f"{self.name} {version(self.name)}"
        except PackageNotFoundError:
            return self.name


def trafilatura(page: Page) -> Extraction:
    """Extract with trafilatura."""
    document = import_module("trafilatura").bare_extraction(
        page.html,
        url=page.url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "max_date": page.fetched_at[:10]},
    )
    return Extraction(document.text, document.date) if document else Extraction()


def readability(page: Page) -> Extraction:
    """Extract with readability-lxml."""
    summary = import_module("readability").Document(page.html).summary()
    return Extraction("\n".join(block.text for block in read_blocks(Selector(summary).root, {})))


def resiliparse(page: Page) -> Extraction:
    """Extract with resiliparse."""
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return Extraction(extract(page.html, main_content=True, alt_texts=False))


def newspaper(page: Page) -> Extraction:
    """Extract with newspaper4k."""
    article = import_module("newspaper").Article(page.url, language="ko")
    article.download(input_html=page.html)
    article.parse()
    date = article.publish_date
    return Extraction(article.text, date.date().isoformat() if date else None)


def htmldate(page: Page) -> Extraction:
    """Find the date with htmldate."""
    find = import_module("htmldate").find_date
    date = find(page.html, url=page.url, original_date=True, max_date=page.fetched_at[:10])
    return Extraction(date=date)


def dateparser(page: Page) -> Extraction:
    """Return the first date that dateparser's search finds in the page's text."""
    text = "\n".join(block.text for block in read_blocks(Selector(page.html).root, {}))
    now = datetime.fromisoformat(page.fetched_at).replace(tzinfo=None)
    dates = import_module("dateparser.search").search_dates(
        text,
        languages=["ko"],
        settings={"RELATIVE_BASE": now, "PREFER_DATES_FROM": "past", "TIMEZONE": "Asia/Seoul"},
    )
    return Extraction(date=dates[0][1].date().isoformat() if dates else None)


BODY, DATE = frozenset({"body"}), frozenset({"date"})
TOOLS = (
    Tool("Malgeum", our_extractor.read),
    Tool("Malgeum, lines alone", our_extractor.read_lines),
    Tool("trafilatura", trafilatura),
    Tool("readability-lxml", readability, BODY),
    Tool("resiliparse", resiliparse, BODY),
    Tool("newspaper4k", newspaper),
    Tool("htmldate", htmldate, DATE),
    Tool("dateparser", dateparser, DATE),
)
