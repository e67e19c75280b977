"""Decides whether two articles print one press release, with the reason.

The decision depends on the two articles alone and is symmetric: the order of storing does not
matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from crawler.similarity.compare import Comparison
from crawler.similarity.fingerprint import Fingerprint

WINDOW_DAYS = 31
"""Maximum days between two publications of one release: a monthly prints it a month later."""


Kind = Literal["same", "different", "carries", "carried", "none"]
"""The ``same`` release; ``different`` releases, however alike; the first article ``carries`` the
other below its own text, or is ``carried``; ``none``: too little in common."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of one article to another, with the reason and the similarity (0 to 1)."""

    kind: Kind
    reason: str
    weight: float = 0.0

    def turned(self) -> Relation:
        """Return the relation as read from the second article."""
        turned: dict[Kind, Kind] = {"carries": "carried", "carried": "carries"}
        return replace(self, kind=turned.get(self.kind, self.kind))


Rule = tuple[str, Callable[[Comparison], bool]]

DIFFERENT: tuple[Rule, ...] = (
    ("a comment on it", lambda x: x.comment),
    ("other place", lambda x: x.places_conflict),
    ("other head of the body", lambda x: x.heads_conflict and not x.places_agreed),
    ("other round, term or year", lambda x: x.editions_conflict),
    ("other day", lambda x: x.days_conflict and (x.days_apart is None or x.days_apart >= 3)),
    ("other figures", lambda x: _points(x) >= 2 and 2 * _points(x) >= x.agreed),
    (
        "other figure, none agrees",
        lambda x: _points(x) == 1 and not max(x.agreed, x.amounts) and x.days_apart != 0,
    ),
    ("other amounts", lambda x: x.amounts_least > 2 and (x.amounts_shared or 0) < 0.34),
    ("other part of town", lambda x: x.contained >= 0.3 and x.wards_conflict),
    ("announcement and follow-up", lambda x: x.contained < 0.6 and x.follow_up),
    ("announcement and report", lambda x: x.contained < 0.6 and x.before_and_after),
)
"""Rules by which two similar texts are two releases, in the order in which they are tried."""


def _points(x: Comparison) -> int:
    corrected = x.alike >= 0.8 and x.days_apart is not None and x.days_apart < 3
    points = x.conflicts + x.offices_conflict + x.heads_conflict + x.days_conflict
    return points + (x.main_conflict and not corrected)


def relate(a: Fingerprint, b: Fingerprint) -> Relation:
    """Return the relation of article ``a`` to ``b``."""
    if a.day is not None and b.day is not None and abs(a.day - b.day) > WINDOW_DAYS:
        return Relation("none", "published too far apart")
    if a.body == b.body and a.headline == b.headline:
        return Relation("same", "the same words", 1.0)
    if (a.body.text, a.headline.text) <= (b.body.text, b.headline.text):
        return classify(Comparison(a, b))
    return classify(Comparison(b, a)).turned()


def classify(x: Comparison) -> Relation:
    """Return the relation of two compared articles, as read from the first."""
    weight = (x.contained + x.alike) / 2
    if x.contained < 0.1 and _support(x) < MIN_SUPPORT:
        return Relation("none", "other text", weight)
    for reason, holds in DIFFERENT:
        if holds(x):
            return Relation("different", reason, weight)
    if x.digest_a != x.digest_b:
        kind: Kind = "carries" if x.digest_a else "carried"
        return Relation(kind, "printed in a column of short items", weight)
    if not x.main_a and _carries(x.lead_a, x.headline_a, x.lead_b, x.headline_b):
        return Relation("carries", "printed below another article", weight)
    if not x.main_b and _carries(x.lead_b, x.headline_b, x.lead_a, x.headline_a):
        return Relation("carried", "printed below another article", weight)
    if x.contained >= 0.5 and x.alike < 0.6 and x.headline < 0.15 and x.headline_a is not None:
        return Relation("none", "headlines of other matters", weight)
    if x.contained >= 0.5 and (
        x.lead >= 0.15 or (x.quotes_shared or 0) >= 0.8 or (x.amounts_shared or 0) >= 0.5
    ):
        return Relation("same", "most of the text", weight)
    if _support(x) >= MIN_SUPPORT:
        return Relation("same", "the same facts in other words", weight)
    return Relation("none", "too little in common", weight)


MIN_SUPPORT = 3.5
"""Points from which two texts contain the same facts."""


def _support(x: Comparison) -> float:
    """Return the points for one release in two wordings."""
    quoted = x.quotes_shared or 0
    shared = x.amounts_shared
    points = 0.0
    points += 1 if x.contained >= 0.3 else 0
    points += 1 if x.lead >= 0.4 else 0
    points += 2 if quoted >= 0.8 else 1 if quoted >= 0.5 else 0
    points += 1 if x.people_agreed else 0
    points += 1 if x.places_agreed else 0
    points += 1 if x.headline >= 0.5 else 0.5 if x.headline >= 0.35 else 0
    points += min(3, max(x.amounts, x.agreed)) if shared is None or shared >= 0.5 else 0.5
    points -= 2 if shared == 0 else 0
    points -= 2 if x.quotes_shared is not None and quoted < 0.1 else 0
    return points


def _carries(
    own_lead: float, own_headline: float | None, other_lead: float, other_headline: float | None
) -> bool:
    """Return True if an article prints the other one, with its headline, below its own text.

    Its own opening must be about another matter.
    """
    if own_lead >= 0.15 or (own_headline or 0) >= 0.15:
        return False
    with_headline = other_lead >= 0.4 and (other_headline or 0) >= 0.5
    return with_headline or (other_lead >= 0.3 and (own_headline or 0) < 0.1)
