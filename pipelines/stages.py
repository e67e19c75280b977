"""Runs the cleaning and dating stages on an article outside a crawl."""

from __future__ import annotations

from collections import Counter
from functools import cache

from crawler.article import Article
from pipelines.clean import clean_article, firings
from pipelines.clean.rules import RuleBook, load_rules
from pipelines.dates import Dates


def run_stages(article: Article) -> Counter[str]:
    """Clean and date an article; return how often each cleaning rule matched."""
    matched = firings(clean_article(article, _book()))
    _DATES.process_item(article)
    return matched


@cache
def _book() -> RuleBook:
    return load_rules()


_DATES = Dates()
