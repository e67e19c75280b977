"""Fingerprint of an article: the features that are compared with other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache

from crawler.similarity import entities
from crawler.similarity.entities import Entities, Statement
from crawler.similarity.normalize import Letters, read_letters, shingles

_FIRST_SENTENCE = re.compile(r".{20,240}?[다요음함됨임]\.(?=\s|$)", re.DOTALL)
_NO_AMOUNT = frozenset("일월년시분회기차호")
"""Letters after a day, a time or a round."""
LEAD = 220
"""Maximum length in characters of the first sentence."""


class Fingerprint:
    """The features of one article; made of headline, body and day alone.

    Features are read on first use: most pairs are decided by few of them.
    """

    def __init__(self, headline: str, body: str, day: int | None) -> None:
        self.day = day
        """The day of publication in Korea, as an ordinal; None if unknown."""
        first = _FIRST_SENTENCE.match(body)
        self._headline, self._body = headline, body
        self._lead = first[0] if first else body[:LEAD]

    @cached_property
    def _opening(self) -> str:
        """Headline and lead."""
        return f"{self._headline}\n{self._lead}"

    @cached_property
    def _text(self) -> str:
        return f"{self._headline}\n{self._body}"

    @cached_property
    def body(self) -> Letters:
        """Letters of the body, or of the headline if there is no body."""
        return read_letters(self._body or self._headline)

    @cached_property
    def headline(self) -> Letters:
        """Letters of the headline."""
        return read_letters(self._headline)

    @cached_property
    def lead(self) -> Letters:
        """Letters of the first sentence."""
        return read_letters(self._lead)

    @cached_property
    def shingles(self) -> frozenset[str]:
        """5-letter runs of the body."""
        return shingles(self.body.text)

    @cached_property
    def lead_shingles(self) -> frozenset[str]:
        """5-letter runs of the first sentence."""
        return shingles(self.lead.text)

    @cached_property
    def headline_shingles(self) -> frozenset[str]:
        """3-letter runs of the headline."""
        return shingles(self.headline.text, 3)

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """Letters of each quotation."""
        return tuple(read_letters(quote).text for quote in entities.quotes(self._body))

    @cached_property
    def quoted(self) -> str:
        """All quotations as one text."""
        return "".join(self.quotes)

    @cached_property
    def quoted_shingles(self) -> frozenset[str]:
        """4-letter runs of the quotations."""
        return shingles(self.quoted, 4)

    @cached_property
    def places(self) -> Entities:
        """Places and institutions in the opening, by kind."""
        return entities.places(self._headline, self._lead)

    @cached_property
    def issuer(self) -> str | None:
        """The body that issued the release."""
        return entities.issuer(self._headline, self._lead)

    @cached_property
    def wards(self) -> frozenset[str]:
        """Parts of a town named anywhere."""
        return entities.wards(self._text)

    @cached_property
    def names(self) -> Entities:
        """Persons by office."""
        return entities.names(self._text)

    @cached_property
    def people(self) -> frozenset[str]:
        """All persons named with an office."""
        return frozenset().union(*self.names.values())

    @cached_property
    def opening_editions(self) -> Entities:
        """Rounds, terms and years in the opening."""
        return entities.editions(self._opening)

    @cached_property
    def editions(self) -> Entities:
        """Rounds, terms and years in the whole text."""
        return entities.editions(self._text)

    @cached_property
    def opening_days(self) -> frozenset[str]:
        """Days of the month in the opening."""
        return entities.days(self._opening)

    @cached_property
    def days(self) -> frozenset[str]:
        """Days of the month in the whole text."""
        return entities.days(self._text)

    @cached_property
    def opening_months(self) -> frozenset[str]:
        """Months in the headline."""
        return entities.months(self._headline)

    @cached_property
    def amounts(self) -> frozenset[tuple[str, str]]:
        """Figures of two or more digits, with the letter that follows: 128곳, 38%."""
        return frozenset(
            (value, "" if len(value) > 2 else unit)  # 1945억, 1945억 원; 214곳, 214개소
            for value, unit in _with_unit(self.body)
            if len(value) > 1
        )

    @cached_property
    def main_amounts(self) -> frozenset[tuple[str, str]]:
        """Figures of headline and lead, also of one digit, with the letter that follows."""
        return frozenset(_with_unit(read_letters(self._opening)))

    @cached_property
    def statement(self) -> Statement:
        """``ahead`` if the opening announces, ``back`` if it reports, else None."""
        return entities.statement_of(self._opening)

    @cached_property
    def follows_up(self) -> bool:
        """True if headline or lead are about a postponement or a reopening."""
        return entities.follows_up(self._opening)

    @cached_property
    def mentions_follow_up(self) -> bool:
        """True if the text mentions a postponement or a reopening."""
        return entities.follows_up(self._text)

    @cached_property
    def is_digest(self) -> bool:
        """True for a column of short items."""
        return entities.is_digest(self._headline, self._body)

    @cached_property
    def is_comment(self) -> bool:
        """True for a comment, an interview or a correction."""
        return entities.is_comment(self._headline)


@lru_cache(maxsize=512)
def fingerprint(headline: str | None, body: str | None, published: str | None) -> Fingerprint:
    """Read an article; ``published`` in any form of ``date_published``."""
    day = date.fromisoformat(published[:10]).toordinal() if published else None
    return Fingerprint(headline or "", body or "", day)


def _with_unit(letters: Letters) -> Iterator[tuple[str, str]]:
    for figure in letters.figures:
        unit = figure.after[:1]
        if unit not in _NO_AMOUNT or len(figure.value) > 4:
            yield figure.value, unit
