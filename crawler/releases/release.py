"""What of an article is compared with others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from crawler.releases import facts
from crawler.releases.facts import Facts, Told
from crawler.releases.text import Letters, read_letters, shingles

_FIRST_SENTENCE = re.compile(r".{20,240}?[다요음함됨임]\.(?=\s|$)", re.DOTALL)
_CLOCK = frozenset("일월년시분회기차호")
LEAD = 220
"""Characters at the most that are taken for the first sentence."""


@dataclass(frozen=True, slots=True)
class Release:
    """One article as the clusters see it; made of headline, body and day alone."""

    day: int | None
    """The day of publication in Korea, as an ordinal; None where it is not known."""
    body: Letters
    headline: Letters
    lead: Letters
    said: str
    """Letters of all that stands in quotation marks."""
    quotes: tuple[str, ...]
    """The same, each for itself."""
    places: Facts
    names: Facts
    opening_editions: Facts
    """Named in headline and lead: what this release is about."""
    editions: Facts
    opening_days: frozenset[str]
    days: frozenset[str]
    opening_months: frozenset[str]

    amounts: frozenset[tuple[str, str]]
    """Figures of two digits and more with the letter that follows: 128곳, 38%. No days."""
    people: frozenset[str]
    main_amounts: frozenset[tuple[str, str]]
    """Figures of headline and lead, small ones too, each with the letter that follows."""
    wards: frozenset[str]
    told: Told
    is_digest: bool
    is_comment: bool

    @property
    def shingles(self) -> frozenset[str]:
        return shingles(self.body.text)


@lru_cache(maxsize=1024)
def read_release(headline: str | None, body: str | None, published: str | None) -> Release:
    """Read an article; ``published`` in any form of ``date_published``."""
    headline, body = headline or "", body or ""
    first = _FIRST_SENTENCE.match(body)
    lead = first[0] if first else body[:LEAD]
    opening = f"{headline}\n{lead}"
    text = f"{headline}\n{body}"
    letters = read_letters(body or headline)
    quotes = tuple(read_letters(quote).text for quote in facts.quotes(body))
    names = facts.names(text)
    return Release(
        day=date.fromisoformat(published[:10]).toordinal() if published else None,
        body=letters,
        headline=read_letters(headline),
        lead=read_letters(lead),
        said="".join(quotes),
        quotes=quotes,
        places=facts.places(headline, lead),
        names=names,
        opening_editions=facts.editions(opening),
        editions=facts.editions(text),
        opening_days=facts.days(opening),
        days=facts.days(text),
        opening_months=facts.months(headline),
        amounts=_amounts(letters),
        people=facts.people(names),
        main_amounts=frozenset(_with_unit(read_letters(opening))),
        wards=facts.wards(text),
        told=facts.told(opening),
        is_digest=facts.is_digest(headline, body),
        is_comment=facts.is_comment(headline),
    )


def _amounts(letters: Letters) -> frozenset[tuple[str, str]]:
    """Those that are worth comparing wherever they stand."""
    return frozenset(
        (value, "" if len(value) > 2 else unit)  # 1945억, 1945억 원; 214곳, 214개소
        for value, unit in _with_unit(letters)
        if len(value) > 1
    )


def _with_unit(letters: Letters) -> Iterator[tuple[str, str]]:
    for figure in letters.figures:
        unit = figure.after[:1]
        if unit not in _CLOCK or len(figure.value) > 4:
            yield figure.value, unit
