"""Stage: from a page's blocks to headline, 부제, body, people, pictures, rights, translation."""

from __future__ import annotations

import re
from collections import Counter
from typing import Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.article import Article, Image, ShownDate
from pipelines.clean.headline import without_paper
from pipelines.clean.layout import Layout, lay_out
from pipelines.clean.lines import Line, read_lines
from pipelines.clean.people import is_byline, merge_authors, read_authors, read_lead
from pipelines.clean.rights import read_rights
from pipelines.clean.rules import RuleBook, load_rules
from pipelines.clean.translation import split_translation


class Clean:
    """Cleans each article and counts every rule's firings in the crawl's stats."""

    def __init__(self, book: RuleBook, stats: StatsCollector | None = None) -> None:
        self.book = book
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(load_rules(), crawler.stats)

    def process_item(self, item: Article) -> Article:
        for rule, times in clean_article(item, self.book).items():
            if self.stats:
                self.stats.inc_value(f"malgeum/rule/{rule}", times)
        return item


def clean_article(article: Article, book: RuleBook) -> Counter[str]:
    """Fill the clean half of an article from its blocks; returns how often each rule fired."""
    lines = read_lines(article.blocks, book)
    fired = Counter(line.rule for line in lines if line.rule)
    lines, article.translation = split_translation(lines)
    layout = lay_out(lines, article.headline_raw)
    article.headline_raw = article.headline_raw or layout.headline
    if layout.headline:
        article.headline = without_paper(layout.headline, article.paper)
    article.alternative_headline = "\n".join(layout.subtitles) or None
    _fill_moved(article, layout)
    _fill_images(article, layout)
    article.body = "\n".join(layout.body) or _photo_body(article)
    _fill_people(article, layout)
    return fired


def _moved(layout: Layout, kind: str) -> list[str]:
    return [line.text for line in layout.moved if line.kind == kind]


def _fill_moved(article: Article, layout: Layout) -> None:
    article.shown_dates += [ShownDate(text, "label") for text in _moved(layout, "date")]
    if notices := _moved(layout, "copyright"):
        article.rights = read_rights(notices[0])
    if sources := _moved(layout, "source"):
        article.source_organization = re.split(r"[:=]", sources[0])[-1].strip(" ])>")
    for tags in _moved(layout, "tags"):
        article.keywords += [tag.lstrip("#") for tag in tags.split()]
    if article.tags_raw:
        listed = re.sub(r"\s*관련\s?기사.*$", "", article.tags_raw).split(",")
        article.keywords += [tag.strip() for tag in listed if tag.strip() and not is_byline(tag)]
    article.keywords = list(dict.fromkeys(article.keywords))


def _fill_images(article: Article, layout: Layout) -> None:
    """Captions without ▲ and the © behind; a file name is no caption. Lines of a text page too."""
    known = {" ".join((image["caption"] or "").split()) for image in article.images}
    shown = [text for text in _moved(layout, "caption") if text not in known]
    pictures = article.images + [Image(url=None, caption=text) for text in shown]
    article.images = [
        Image(url=image["url"], caption=_caption(image["caption"])) for image in pictures
    ]


def _caption(shown: str | None) -> str | None:
    if shown is None or re.fullmatch(r"(?i).*\.(?:jpe?g|png|gif|bmp|webp)|!\[.*", shown):
        return None
    text = re.sub(r"^[▲▶◀△]\s*", "", " ".join(shown.split()))
    return re.sub(r"\s?[ⓒ©][^ⓒ©]{1,30}$", "", text) or None


def _photo_body(article: Article) -> str | None:
    """In a photo-only article the caption is the body."""
    captions = dict.fromkeys(image["caption"] for image in article.images if image["caption"])
    return "\n".join(captions) or None


def _fill_people(article: Article, layout: Layout) -> None:
    """From the byline first, then from the lead and the lines around the body."""
    lines = [*_moved(layout, "byline"), *_moved(layout, "date")]
    article.byline_raw = article.byline_raw or next(iter(_moved(layout, "byline")), None)
    people = read_authors(article.byline_raw or "")
    people += read_lead(layout.body[0]) if layout.body else []
    people += [person for line in lines for person in read_authors(line)]
    article.author_details = merge_authors(people)
    article.authors = [person["name"] for person in article.author_details]


__all__ = ["Clean", "Line", "clean_article"]
