"""What of an article is compared with others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from crawler.releases import facts
from crawler.releases.facts import Facts
from crawler.releases.text import Letters, read_letters, shingles

_FIRST_SENTENCE = re.compile(r".{20,240}?[다요음함됨임]\.(?=\s|$)", re.DOTALL)
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
    """Letters of what stands in quotation marks."""
    places: Facts
    names: Facts
    opening_editions: Facts
    """Named in headline and lead: what this release is about."""
    editions: Facts
    opening_days: frozenset[str]
    days: frozenset[str]
    opening_months: frozenset[str]

    @property
    def shingles(self) -> frozenset[str]:
        return shingles(self.body.text)

    def amounts(self) -> frozenset[tuple[str, str]]:
        """Figures with the letter that follows, days and years left out: 128곳, 38%."""
        return frozenset(
            (figure.value, figure.after[:1])
            for figure in self.body.figures
            if figure.after[:1] not in {"일", "월", "년", "시", "분"} and len(figure.value) > 1
        )


@lru_cache(maxsize=1024)
def read_release(headline: str | None, body: str | None, published: str | None) -> Release:
    """Read an article; ``published`` in any form of ``date_published``."""
    headline, body = headline or "", body or ""
    first = _FIRST_SENTENCE.match(body)
    lead = first[0] if first else body[:LEAD]
    opening = f"{headline}\n{lead}"
    text = f"{headline}\n{body}"
    return Release(
        day=date.fromisoformat(published[:10]).toordinal() if published else None,
        body=read_letters(body or headline),
        headline=read_letters(headline),
        lead=read_letters(lead),
        said=read_letters(facts.quotes(body)).text,
        places=facts.places(headline, lead),
        names=facts.names(text),
        opening_editions=facts.editions(opening),
        editions=facts.editions(text),
        opening_days=facts.days(opening),
        days=facts.days(text),
        opening_months=facts.months(headline),
    )
