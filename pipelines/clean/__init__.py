"""Pipeline stage that cleans a page's blocks: headline, 부제, body, people, images and rights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.article import Article, DateCandidate, Image
from crawler.outcomes.stats import RULE
from pipelines.clean.headline import headline_of_pictures, masthead, without_outlet_name
from pipelines.clean.layout import assign_lines
from pipelines.clean.lines import Line, read_lines, tidy
from pipelines.clean.located import assign_located
from pipelines.clean.people import is_bare_name, is_byline, merge_authors, read_authors
from pipelines.clean.rights import read_rights
from pipelines.clean.rules import RuleBook, load_rules
from pipelines.clean.translation import mark_translation


class Clean:
    """Pipeline that cleans each article and counts in the stats how often each rule matched."""

    def __init__(self, book: RuleBook, stats: StatsCollector | None = None) -> None:
        self.book = book
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the stage with the rules of ``pipelines/rules``."""
        return cls(load_rules(), crawler.stats)

    def process_item(self, item: Article) -> Article:
        """Fill the clean half of the article."""
        lines = clean_article(item, self.book)
        for rule, times in firings(lines).items():
            if self.stats:
                self.stats.inc_value(RULE + rule, times)
        return item


def firings(lines: Sequence[Line]) -> Counter[str]:
    """Return how many lines each rule moved or dropped."""
    return Counter(line.rule for line in lines if line.rule and line.destination != "body")


def clean_article(article: Article, book: RuleBook) -> list[Line]:
    """Fill the clean half of an article from its blocks; return every line with its destination."""
    lines = read_lines(article.blocks, book, article.outlet)
    article.translation = mark_translation(lines)
    is_located = any(line.markup == "body" for line in lines)
    assign = assign_located if is_located else assign_lines
    headline = assign(lines, tidy(article.headline_raw) if article.headline_raw else None)
    lines = _take_lead(lines, book)
    body = [line.text for line in lines if line.destination == "body"]
    _fill_headline(article, headline, lines, body)
    _fill_fields(article, lines)
    _fill_images(article, lines)
    article.body = "\n".join(body) or _photo_body(lines)
    _fill_people(article, lines)
    return lines


LEAD_LINES = 3
"""Lines of a body in which its lead is looked for: a subheading may stand above it."""


def _take_lead(lines: list[Line], book: RuleBook) -> list[Line]:
    """Cut the lead off the body's first line that has one and put it before the line, as a byline.

    Only the first lines are tried, up to the first sentence.
    """
    body = [index for index, line in enumerate(lines) if line.destination == "body"]
    for index in body[:LEAD_LINES]:
        line = lines[index]
        rest, cut = book.take_lead(line.text)
        if cut:
            leads = [
                Line(text, "", rule.kind, rule.name, destination="authors") for rule, text in cut
            ]
            own = [Line(rest, line.markup, destination="body")] if rest else []
            return [*lines[:index], *leads, *own, *lines[index + 1 :]]
        if line.is_prose:
            break
    return lines


def _texts(lines: Sequence[Line], destination: str) -> list[str]:
    return [line.text for line in lines if line.destination == destination]


def _fill_headline(
    article: Article, headline: str | None, lines: Sequence[Line], body: list[str]
) -> None:
    if headline is None:
        headline = masthead(line.text for line in lines if line.rule == "masthead")
    if headline is None:
        headline = headline_of_pictures(_texts(lines, "images"), " ".join(body))
    article.headline_raw = article.headline_raw or headline
    article.headline = without_outlet_name(headline, article.outlet_name) if headline else None
    subtitles = (
        re.sub(r"^(?:[-–—]\s*)+", "", text) for text in _texts(lines, "alternative_headline")
    )
    article.alternative_headline = "\n".join(dict.fromkeys(filter(None, subtitles))) or None


def _fill_fields(article: Article, lines: Sequence[Line]) -> None:
    article.date_candidates += [
        DateCandidate(text, "label") for text in _texts(lines, "date_candidates")
    ]
    if notices := _texts(lines, "rights"):
        article.rights = read_rights(notices[0])
    if sources := _texts(lines, "source_organization"):
        article.source_organization = re.split(r"[:=]|출처|제공", sources[0])[-1].strip(" ])>〉")
    tags = [tag for line in lines if line.destination == "keywords" for tag in _tags(line)]
    if article.keywords_raw:
        listed = re.sub(r"\s*관련\s?기사.*$", "", article.keywords_raw).split(",")
        tags += [tag.strip() for tag in listed if not is_byline(tag)]
    article.keywords = list(dict.fromkeys(filter(None, [*article.keywords, *tags])))


def _tags(line: Line) -> list[str]:
    """Return the tags of «#도서관 #밤» and «태그: 도서관, 밤»; a linked tag may hold a space."""
    text = line.text
    if line.rule == "linked_hashtags":
        return [tag.strip(" ,") for tag in text.split("#")]
    if "#" in text:
        return [tag.strip(",") for tag in re.findall(r"#([^\s#]+)", text)]
    return [tag.strip() for tag in re.split(r"[:：]", text, maxsplit=1)[-1].split(",")]


def _fill_images(article: Article, lines: Sequence[Line]) -> None:
    """Fill images, captions without ▲. An image of which only the text is known has no url."""
    known = {tidy(image["caption"] or "") for image in article.images}
    captions = [text for text in _texts(lines, "images") if text not in known]
    pictures = article.images + [Image(url=None, caption=text) for text in dict.fromkeys(captions)]
    article.images = [
        Image(url=image["url"], caption=_caption(image["caption"])) for image in pictures
    ]


def _caption(raw: str | None) -> str | None:
    return re.sub(r"^[▲▶◀△]\s*", "", tidy(raw or "")) or None


def _photo_body(lines: Sequence[Line]) -> str | None:
    """Return the shown captions as body of a photo-only article, without file names."""
    captions = (_caption(text) for text in _texts(lines, "images"))
    own = [
        text
        for text in dict.fromkeys(filter(None, captions))
        if not re.fullmatch(r"(?i).*\.(?:jpe?g|png|gif|bmp|webp)|!\[.*", text)
    ]
    return "\n".join(own) or None


def _fill_people(article: Article, lines: Sequence[Line]) -> None:
    """Fill authors from the page's byline first, then from byline lines, top to bottom."""
    article.byline_raw = article.byline_raw or next(iter(_texts(lines, "authors")), None)
    named = [article.byline_raw or "", *_texts(lines, "authors"), *_texts(lines, "date_candidates")]
    article.author_details = merge_authors(
        person for text in named for person in read_authors(text)
    )
    if not article.author_details:
        named = [
            f"{name} 기자" if is_bare_name(name) else name for name in article.author_candidates
        ]
        article.author_details = merge_authors(
            person for text in named for person in read_authors(text)
        )
        if article.author_details and article.byline_raw is None:
            article.byline_raw = article.author_candidates[0]
    article.authors = [person["name"] for person in article.author_details]
