"""Pipeline stage that decides the date of publication from the dates of page, list and feed.

Dates mentioned in the body are then resolved to days, seen from that date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from crawler.article import Article, DateCandidate, DateSource
from crawler.dates.head_line import HeadLine, read_head_line
from crawler.dates.mentions import mentioned_dates
from crawler.dates.parse import (
    LATER,
    MAX_CLOCK_SKEW,
    SEOUL,
    ReadDate,
    read_image_date,
    read_row_date,
)

SOURCE_PRIORITY: tuple[DateSource, ...] = ("label", "structured", "list", "feed", "image")
"""Most trusted first: the newsroom's own print beside the article before dates that software adds.
"""

PRECISION_ORDER = ("second", "minute", "day", "estimated")

ON_PAGE: frozenset[DateSource] = frozenset({"label", "structured"})
"""Sources that are read as head lines; a list's row and a feed show bare dates of another form."""

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
    No moment later than the fetch is given.
    """
    now = datetime.fromisoformat(article.fetched_at)
    fetched = now if article.is_fetch_time_known else None
    candidates = sorted(
        article.date_candidates, key=lambda candidate: SOURCE_PRIORITY.index(candidate.source)
    )
    parsed = [date for candidate in candidates if (date := _read(candidate, fetched, now))]
    parsed = [date for date in parsed if not _is_contradicted(date, parsed, now)]
    if parsed:
        finest = _finest(parsed)
        article.date_published = finest.value
        article.date_published_raw = finest.candidate.text
        article.date_source = finest.candidate.source
        article.date_precision = finest.precision
    elif candidates:
        article.date_published_raw = candidates[0].text
    article.date_modified = _modified(article, fetched, now)


def _read(
    candidate: DateCandidate, fetched: datetime | None, now: datetime
) -> ParsedCandidate | None:
    """Return the date that a text shows; ``fetched`` is None if it is unknown."""
    if candidate.source == "image":
        day = read_image_date(candidate.text, now)
        return ParsedCandidate(candidate, day.value[:10], "estimated") if day else None
    if candidate.source in ON_PAGE:
        read = _not_ahead(read_shown(candidate.text, fetched).published, now)
    else:
        read = _not_ahead(_read_row(candidate, fetched), now)
    return ParsedCandidate(candidate, read.value, read.precision) if read else None


def read_shown(text: str, fetched: datetime | None) -> HeadLine:
    """Return the moments of a line that the page marks as its article's dates.

    The outlet's clock may be a few minutes ahead of ours: then the day is given.
    """
    head = read_head_line(text, fetched, located=True)
    if fetched is None or head.reason != LATER:
        return head
    ahead = read_head_line(text, fetched + MAX_CLOCK_SKEW, located=True)
    return HeadLine(_day_of(ahead.published), _day_of(ahead.modified), ahead.rule, ahead.reason)


def _day_of(read: ReadDate | None) -> ReadDate | None:
    return ReadDate(read.value[:10], "day") if read else None


def _read_row(row: DateCandidate, fetched: datetime | None) -> ReadDate | None:
    at = datetime.fromisoformat(row.shown_at) if row.shown_at else fetched
    head = read_head_line(row.text, at, located=True)
    if at is None or (head.modified and not head.published):
        return head.published
    return read_row_date(row.text, at)


def _not_ahead(read: ReadDate | None, now: datetime) -> ReadDate | None:
    """Return None instead of a moment later than ``now``."""
    if read is None:
        return None
    shown = datetime.fromisoformat(read.value)
    return read if (shown if shown.tzinfo else shown.replace(tzinfo=SEOUL)) <= now else None


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


def _modified(article: Article, fetched: datetime | None, now: datetime) -> str | None:
    """Return the date of the last change; None if it lies on a day before publication.

    Such a date belongs to a draft or to the page's template. On the day of publication itself
    newsrooms update the time of publication after the last change, so both stay as displayed.
    """
    texts = [article.modified_raw] if article.modified_raw else []
    texts += [
        candidate.text for candidate in article.date_candidates if candidate.source != "image"
    ]
    for number, text in enumerate(texts):
        head = read_shown(text, fetched)
        is_bare = number == 0 and bool(article.modified_raw) and head.rule != "label"
        if read := _not_ahead(head.modified or (head.published if is_bare else None), now):
            return read.value if _not_before(read.value, article.date_published) else None
    return None


def _not_before(value: str, published: str | None) -> bool:
    if published is None:
        return True
    return value[:10] >= published[:10]


def _local(value: str) -> str:
    """Return the clock reading without its zone: all values are Korea's."""
    return value.removesuffix("+09:00")
