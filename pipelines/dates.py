"""Pipeline stage that decides the date of publication from the dates of page, list and feed.

Dates mentioned in the body are then resolved to days, seen from that date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from crawler.article import Article, DateCandidate, DateSource
from crawler.dates.mentions import mentioned_dates
from crawler.dates.parse import (
    ReadDate,
    has_publication_label,
    is_page_clock,
    only_modified,
    read_date,
    read_image_date,
    read_modified,
)

SOURCE_PRIORITY: tuple[DateSource, ...] = ("label", "structured", "list", "feed", "image")
"""Most trusted first: the newsroom's own print beside the article before dates that software adds.
"""

PRECISION_ORDER = ("second", "minute", "day", "estimated")

ON_PAGE: frozenset[DateSource] = frozenset({"label", "structured"})
"""Sources that can pick up the clock of a page's head; a list row has no head."""

FETCH_TOLERANCE = timedelta(minutes=5)
"""Some templates print the server's clock as datePublished. A structured moment this near to the
fetch is taken for the visit."""


@dataclass(frozen=True, slots=True)
class ParsedCandidate:
    """A date that was read, with its source."""

    candidate: DateCandidate
    value: str
    precision: Literal["second", "minute", "day", "estimated"]

    @property
    def day(self) -> str:
        """The day, ``2024-09-11``."""
        return self.value[:10]


class Dates:
    """Pipeline that fills the date fields of an article; it drops none."""

    def process_item(self, item: Article) -> Article:
        """Fill the date fields and ``mentioned_dates``."""
        date_article(item)
        if item.body and item.date_published and item.date_precision != "estimated":
            published = date.fromisoformat(item.date_published[:10])
            item.mentioned_dates = mentioned_dates(item.body, published)
        return item


def date_article(article: Article) -> None:
    """Fill the date fields from ``date_candidates`` and ``modified_raw``, as of ``fetched_at``.

    The most trusted readable source decides the day; a more precise date that agrees with it
    replaces it. If no date is readable, the first text is kept raw, so that it can be traced.
    """
    now = datetime.fromisoformat(article.fetched_at)
    candidates = sorted(
        article.date_candidates, key=lambda candidate: SOURCE_PRIORITY.index(candidate.source)
    )
    parsed = [date for candidate in candidates if (date := _read(candidate, now))]
    parsed = [date for date in parsed if not _is_contradicted(date, parsed, now)]
    if parsed:
        finest = _finest(parsed)
        article.date_published = finest.value
        article.date_published_raw = finest.candidate.text
        article.date_source = finest.candidate.source
        article.date_precision = finest.precision
    elif candidates:
        article.date_published_raw = candidates[0].text
    article.date_modified = _modified(article, now)


def _read(candidate: DateCandidate, now: datetime) -> ParsedCandidate | None:
    now = datetime.fromisoformat(candidate.shown_at) if candidate.shown_at else now
    if candidate.source == "image":
        day = read_image_date(candidate.text, now)
        return ParsedCandidate(candidate, day.value[:10], "estimated") if day else None
    if only_modified(candidate.text) or (
        candidate.source in ON_PAGE and is_page_clock(candidate.text)
    ):
        return None
    read = read_date(candidate.text, now)
    return ParsedCandidate(candidate, read.value, read.precision) if read else None


def _is_contradicted(date: ParsedCandidate, dates: list[ParsedCandidate], now: datetime) -> bool:
    """Return True if a structured date is the visit's, or page, list or feed contradict it.

    Some CMSs write the moment of drafting there, or UTC with Korea's zone appended. The stamp in an
    image's name is no evidence: it is often a day older than its article.
    """
    if date.candidate.source != "structured":
        return False
    if date.precision != "day" and abs(datetime.fromisoformat(date.value) - now) <= FETCH_TOLERANCE:
        return True
    others = [other for other in dates if other.candidate.source not in ("structured", "image")]
    return bool(others) and not _agree(date, _finest(others))


def _agree(date: ParsedCandidate, other: ParsedCandidate) -> bool:
    """Return True if two dates are equal to the precision of the coarser one."""
    shorter, longer = sorted((_local(date.value), _local(other.value)), key=len)
    return longer.startswith(shorter)


def _finest(dates: list[ParsedCandidate]) -> ParsedCandidate:
    """Return the most precise of the candidates that agree with the most trusted one."""
    agreeing = [date for date in dates if _agree(date, dates[0])]
    return min(agreeing, key=lambda date: PRECISION_ORDER.index(date.precision))


def _modified(article: Article, now: datetime) -> str | None:
    """Return the date of the last change; None if it lies on a day before publication.

    Such a date belongs to a draft or to the page's template. On the day of publication itself
    newsrooms update the time of publication after the last change, so both stay as displayed.
    """
    texts = [article.modified_raw] if article.modified_raw else []
    texts += [candidate.text for candidate in article.date_candidates]
    for number, text in enumerate(texts):
        is_raw = bool(article.modified_raw) and number == 0
        if read := read_modified(text, now) or (_read_bare(text, now) if is_raw else None):
            return read.value if _not_before(read.value, article.date_published) else None
    return None


def _read_bare(text: str, now: datetime) -> ReadDate | None:
    if has_publication_label(text) or is_page_clock(text):
        return None
    return read_date(text, now)


def _not_before(value: str, published: str | None) -> bool:
    if published is None:
        return True
    return value[:10] >= published[:10]


def _local(value: str) -> str:
    """Return the clock reading without its zone: all values are Korea's."""
    return value.removesuffix("+09:00")
