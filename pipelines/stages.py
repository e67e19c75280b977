"""An article's second half from its first, as the stages fill it, where there is no crawl."""

from __future__ import annotations

from collections import Counter
from functools import cache

from crawler.article import Article
from pipelines.clean import clean_article, firings
from pipelines.clean.rules import RuleBook, load_rules
from pipelines.dates import Dates


def run_stages(article: Article) -> Counter[str]:
    """Clean and date it; gives how often each cleaning rule fired."""
    fired = firings(clean_article(article, _book()))
    _DATES.process_item(article)
    return fired


@cache
def _book() -> RuleBook:
    return load_rules()


_DATES = Dates()
