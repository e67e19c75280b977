"""Article item: spiders fill the raw half, pipelines the clean half.

Nothing is overwritten: every clean value lies beside the raw text that it came from, so a wrong
value can be traced without a second fetch. Field names are those of schema.org NewsArticle, in
snake case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from crawler.outcomes.pages import PageOutcome

DateSource = Literal["label", "structured", "list", "feed", "image"]
"""Where a date was shown, most trusted first."""

BlockKind = Literal["", "subtitle", "body", "caption", "copyright"]
"""The kind of a block by the page's own markup; empty if the markup does not say."""


BlockRole = Literal["", "link", "box", "item", "apart"]
"""The markup's evidence that a line is furniture: all of it is a link, it stands in a box of links,
it is a list's item, its element is of another kind than those of the article's sentences. Empty:
plain text."""


@dataclass(slots=True, frozen=True)
class Block:
    """One line of a page as a reader sees it, with its inner white space as shown."""

    text: str
    kind: BlockKind = ""
    inside: str = ""
    """Tags, .classes and #ids around it, outermost first: ``body #wrap ul .weather li``."""
    role: BlockRole = ""


@dataclass(slots=True, frozen=True)
class DateCandidate:
    """A publication date as a page, a list row or a feed shows it, not parsed yet."""

    text: str
    source: DateSource
    shown_at: str | None = None
    """UTC time at which a list or feed showed the date, since rows say «14:05». None: with the
    page."""


@dataclass(slots=True, frozen=True)
class ErrorPage:
    """A page that came well and is not an article: the outcome, and the words that show it."""

    kind: PageOutcome
    text: str

    def __str__(self) -> str:
        """Return both, for logs and terminals."""
        return f"{self.kind}: {self.text}"


class Image(TypedDict):
    """An image of an article."""

    url: str | None
    caption: str | None


class Author(TypedDict):
    """An author as the byline names them."""

    name: str
    email: str | None
    role: str | None


class Translation(TypedDict):
    """A translation that the page prints below or above the Korean text."""

    language: str
    headline: str | None
    body: str


class Rights(TypedDict):
    """The copyright notice of a page."""

    notice: str
    holder: str | None
    ai_training: bool | None
    """False if the notice forbids it, else None."""


MentionedDate = TypedDict(
    "MentionedDate", {"text": str, "start": int, "end": int, "from": str, "to": str}
)


@dataclass(slots=True, kw_only=True)
class Article:
    """A news article; docs/article.md describes the form of each field."""

    # -- as the page says it ------------------------------------------------
    url: str
    canonical_url: str
    outlet: str
    article_id: str | None = None
    fetched_at: str
    """UTC, ``2024-09-11T00:14:32Z``."""
    headline_raw: str | None = None
    byline_raw: str | None = None
    article_section: str | None = None
    keywords: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    in_language: str = "ko"

    # -- filled by pipelines/clean -------------------------------------------
    headline: str | None = None
    alternative_headline: str | None = None
    body: str | None = field(default=None, repr=False)
    authors: list[str] = field(default_factory=list)
    author_details: list[Author] = field(default_factory=list)
    translation: Translation | None = field(default=None, repr=False)
    rights: Rights | None = None
    source_organization: str | None = None

    # -- filled by pipelines/dates -------------------------------------------
    date_published: str | None = None
    date_modified: str | None = None
    date_published_raw: str | None = None
    date_source: DateSource | None = None
    date_precision: Literal["second", "minute", "day", "estimated"] | None = None
    mentioned_dates: list[MentionedDate] = field(default_factory=list)

    # -- filled by pipelines/dedupe ------------------------------------------
    content_hash: str | None = None
    duplicate_of: str | None = None
    cluster_id: str | None = None
    edit_kind: Literal["verbatim", "light", "heavy", "condensed"] | None = None

    # -- filled by pipelines/store -------------------------------------------
    revision: int = 1
    revised_by: Literal["outlet", "extractor"] = "outlet"
    """The cause of this revision: the outlet changed its page, or the extractor reads it otherwise.
    """
    extractor_version: str | None = None

    # -- raw material: stays in the store, never in a feed --------------------
    outlet_name: str | None = None
    """The outlet's Korean name, as its pages print it."""
    blocks: list[Block] = field(default_factory=list, repr=False)
    date_candidates: list[DateCandidate] = field(default_factory=list, repr=False)
    modified_raw: str | None = field(default=None, repr=False)
    keywords_raw: str | None = field(default=None, repr=False)
    warc_location: str | None = None
    """Where its page lies in the archive, below the archive's folder: ``papns/FILE@OFFSET``."""
    author_candidates: list[str] = field(default_factory=list, repr=False)
    """Names that the page's metadata gives; they stand in where no byline is shown."""
    is_fetch_time_known: bool = True
    """False for a file that does not say when its page was fetched: then ``fetched_at`` is later,
    and «3시간 전» says nothing."""
    is_revisit: bool = False
    """True if the page of an article that is stored already was fetched again."""
    error_page: ErrorPage | None = None
    """Why this page is not an article."""


FEED_FIELDS = (
    "url",
    "canonical_url",
    "outlet",
    "article_id",
    "headline",
    "headline_raw",
    "alternative_headline",
    "body",
    "date_published",
    "date_modified",
    "date_published_raw",
    "date_source",
    "date_precision",
    "authors",
    "author_details",
    "byline_raw",
    "images",
    "keywords",
    "article_section",
    "in_language",
    "translation",
    "rights",
    "source_organization",
    "mentioned_dates",
    "content_hash",
    "duplicate_of",
    "cluster_id",
    "edit_kind",
    "revision",
    "revised_by",
    "fetched_at",
    "extractor_version",
)
"""The fields that feeds and exports carry, in their order; the others are raw material."""
