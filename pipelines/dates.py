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
class Candidate:
    """A date that was read, with its source."""

    shown: DateCandidate
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
    shown = sorted(article.date_candidates, key=lambda date: SOURCE_PRIORITY.index(date.source))
    candidates = [candidate for date in shown if (candidate := _read(date, now))]
    candidates = [
        candidate for candidate in candidates if not _is_contradicted(candidate, candidates, now)
    ]
    if candidates:
        finest = _finest(candidates)
        article.date_published = finest.value
        article.date_published_raw = finest.shown.text
        article.date_source = finest.shown.source
        article.date_precision = finest.precision
    elif shown:
        article.date_published_raw = shown[0].text
    article.date_modified = _modified(article, now)


def _read(shown: DateCandidate, now: datetime) -> Candidate | None:
    now = datetime.fromisoformat(shown.shown_at) if shown.shown_at else now
    if shown.source == "image":
        day = read_image_date(shown.text, now)
        return Candidate(shown, day.value[:10], "estimated") if day else None
    if only_modified(shown.text) or (shown.source in ON_PAGE and is_page_clock(shown.text)):
        return None
    read = read_date(shown.text, now)
    return Candidate(shown, read.value, read.precision) if read else None


def _is_contradicted(candidate: Candidate, candidates: list[Candidate], now: datetime) -> bool:
    """Return True if a structured date is the visit's, or page, list or feed contradict it.

    Some CMSs write the moment of drafting there, or UTC with Korea's zone appended. The stamp in an
    image's name is no evidence: it is often a day older than its article.
    """
    if candidate.shown.source != "structured":
        return False
    if (
        candidate.precision != "day"
        and abs(datetime.fromisoformat(candidate.value) - now) <= FETCH_TOLERANCE
    ):
        return True
    others = [other for other in candidates if other.shown.source not in ("structured", "image")]
    return bool(others) and not _agree(candidate, _finest(others))


def _agree(candidate: Candidate, other: Candidate) -> bool:
    """Return True if two dates are equal to the precision of the coarser one."""
    shorter, longer = sorted((_local(candidate.value), _local(other.value)), key=len)
    return longer.startswith(shorter)


def _finest(candidates: list[Candidate]) -> Candidate:
    """Return the most precise of the candidates that agree with the most trusted one."""
    agreeing = [candidate for candidate in candidates if _agree(candidate, candidates[0])]
    return min(agreeing, key=lambda candidate: PRECISION_ORDER.index(candidate.precision))


def _modified(article: Article, now: datetime) -> str | None:
    """Return the date of the last change; None if it lies on a day before publication.

    Such a date belongs to a draft or to the page's template. On the day of publication itself
    newsrooms update the time of publication after the last change, so both stay as displayed.
    """
    texts = [article.modified_raw] if article.modified_raw else []
    texts += [shown.text for shown in article.date_candidates]
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
