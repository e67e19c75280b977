"""Tables of the fields and sizes that are counted in every new article.

The monitors and the status page read these tables: a new field is one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.article import Article

_CAPTION = re.compile(r"^[▲△▴▵◀◁▶▷]|^\[?사진|\(?사진\s?[=제:]|사진제공", re.MULTILINE)
"""A line that reads like a caption."""
_DATE = re.compile(r"\d\D{1,3}\d|\d{6}")
"""Digits as in every date; a name in place of a date has none."""

FIELD_COVERAGE: dict[str, Callable[[Article], bool]] = {
    "headline": lambda article: bool(article.headline),
    "alternative_headline": lambda article: bool(article.alternative_headline),
    "date_published": lambda article: article.date_published is not None,
    "date_on_page": lambda article: any(
        shown.source in ("label", "structured") and _DATE.search(shown.text)
        for shown in article.date_candidates
    ),
    "date_to_the_minute": lambda article: article.date_precision in ("second", "minute"),
    "date_modified": lambda article: article.date_modified is not None,
    "authors": lambda article: bool(article.authors),
    "byline_raw": lambda article: bool(article.byline_raw),
    "images": lambda article: any(image["url"] for image in article.images),
    "captions": lambda article: any(image["url"] and image["caption"] for image in article.images),
    "keywords": lambda article: bool(article.keywords),
    "article_section": lambda article: bool(article.article_section),
    "rights": lambda article: article.rights is not None,
    "translation": lambda article: article.translation is not None,
    "source_organization": lambda article: bool(article.source_organization),
    "mentioned_dates": lambda article: bool(article.mentioned_dates),
    "duplicate": lambda article: article.duplicate_of is not None,
    "caption_in_body": lambda article: bool(_CAPTION.search(article.body or "")),
}
"""Predicates by name, mostly a field of the article."""

UNWANTED = frozenset({"caption_in_body", "duplicate"})
"""Names that articles should rarely have."""

SIZES: dict[str, Callable[[Article], int]] = {
    "characters": lambda article: len(article.body or ""),
    "paragraphs": lambda article: len((article.body or "").split("\n")),
}
"""Sizes of the body of an article."""
