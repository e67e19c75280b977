"""What of an article is compared with others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache

from crawler.similarity import entities as facts
from crawler.similarity.entities import Facts, Statement
from crawler.similarity.normalize import Letters, read_letters, shingles

_FIRST_SENTENCE = re.compile(r".{20,240}?[다요음함됨임]\.(?=\s|$)", re.DOTALL)
_NO_AMOUNT = frozenset("일월년시분회기차호")
"""What follows a day, a clock or a round."""
LEAD = 220
"""Characters at the most that are taken for the first sentence."""


class Fingerprint:
    """One article as the clusters see it; made of headline, body and day alone.

    Each part is read when it is first asked for: most pairs are told apart by few of them.
    """

    def __init__(self, headline: str, body: str, day: int | None) -> None:
        self.day = day
        """The day of publication in Korea, as an ordinal; None where it is not known."""
        first = _FIRST_SENTENCE.match(body)
        self._headline, self._body = headline, body
        self._lead = first[0] if first else body[:LEAD]

    @cached_property
    def _opening(self) -> str:
        """What the article is about."""
        return f"{self._headline}\n{self._lead}"

    @cached_property
    def _text(self) -> str:
        return f"{self._headline}\n{self._body}"

    @cached_property
    def body(self) -> Letters:
        return read_letters(self._body or self._headline)

    @cached_property
    def headline(self) -> Letters:
        return read_letters(self._headline)

    @cached_property
    def lead(self) -> Letters:
        return read_letters(self._lead)

    @cached_property
    def shingles(self) -> frozenset[str]:
        return shingles(self.body.text)

    @cached_property
    def lead_shingles(self) -> frozenset[str]:
        return shingles(self.lead.text)

    @cached_property
    def headline_shingles(self) -> frozenset[str]:
        return shingles(self.headline.text, 3)

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """Letters of what stands in quotation marks."""
        return tuple(read_letters(quote).text for quote in facts.quotes(self._body))

    @cached_property
    def said(self) -> str:
        """All quotations as one."""
        return "".join(self.quotes)

    @cached_property
    def said_shingles(self) -> frozenset[str]:
        return shingles(self.said, 4)

    @cached_property
    def places(self) -> Facts:
        """Who or where it is about, by kind."""
        return facts.places(self._headline, self._lead)

    @cached_property
    def issuer(self) -> str | None:
        """The body that sent it out."""
        return facts.issuer(self._headline, self._lead)

    @cached_property
    def wards(self) -> frozenset[str]:
        """Parts of a town named anywhere."""
        return facts.wards(self._text)

    @cached_property
    def names(self) -> Facts:
        """Persons by their office."""
        return facts.names(self._text)

    @cached_property
    def people(self) -> frozenset[str]:
        return frozenset().union(*self.names.values())

    @cached_property
    def opening_editions(self) -> Facts:
        return facts.editions(self._opening)

    @cached_property
    def editions(self) -> Facts:
        return facts.editions(self._text)

    @cached_property
    def opening_days(self) -> frozenset[str]:
        return facts.days(self._opening)

    @cached_property
    def days(self) -> frozenset[str]:
        return facts.days(self._text)

    @cached_property
    def opening_months(self) -> frozenset[str]:
        return facts.months(self._headline)

    @cached_property
    def amounts(self) -> frozenset[tuple[str, str]]:
        """Figures of two digits and more with the letter that follows: 128곳, 38%."""
        return frozenset(
            (value, "" if len(value) > 2 else unit)  # 1945억, 1945억 원; 214곳, 214개소
            for value, unit in _with_unit(self.body)
            if len(value) > 1
        )

    @cached_property
    def main_amounts(self) -> frozenset[tuple[str, str]]:
        """Figures of headline and lead, small ones too, each with the letter that follows."""
        return frozenset(_with_unit(read_letters(self._opening)))

    @cached_property
    def told(self) -> Statement:
        return facts.statements_of(self._opening)

    @cached_property
    def follows_up(self) -> bool:
        """Whether its headline or lead speaks of what was put off or opened again."""
        return facts.follows_up(self._opening)

    @cached_property
    def mentions_follow_up(self) -> bool:
        return facts.follows_up(self._text)

    @cached_property
    def is_digest(self) -> bool:
        return facts.is_digest(self._headline, self._body)

    @cached_property
    def is_comment(self) -> bool:
        return facts.is_comment(self._headline)


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
