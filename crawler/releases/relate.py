"""Are two articles one press release? A verdict from what a reader would look at, and why.

Made of the two articles alone and the same from both sides, whichever was stored first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from crawler.releases.facts import HEADS, SAID_ON, Facts
from crawler.releases.release import Release
from crawler.releases.text import Figure, Letters, shingles

WINDOW = 31
"""Days between two publications of one release at the most: a monthly prints it a month later."""


Kind = Literal["same", "different", "carries", "carried", "none"]
"""The ``same`` release; ``different`` ones, however alike; the first article ``carries`` the
other below its own, or is so ``carried``; ``none``: the texts have too little in common."""

@dataclass(frozen=True, slots=True)
class Relation:
    """What the first of two articles is to the other, by which rule, and how alike (0 to 1)."""

    kind: Kind
    why: str
    weight: float = 0.0

    def turned(self) -> Relation:
        """The same, read from the second article."""
        turned: dict[Kind, Kind] = {"carries": "carried", "carried": "carries"}
        return replace(self, kind=turned.get(self.kind, self.kind))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two articles side by side, in numbers; each share is 0 to 1."""

    contained: float
    """Share of the shorter text that stands in the longer."""
    alike: float
    """Share of both texts that stands in both (Jaccard)."""
    lead: float
    """Share of a lead that stands in the other text; the greater of the two."""
    lead_a: float
    lead_b: float
    headline_a: float | None
    headline_b: float | None
    said: float | None
    """Share of the shorter's quoted speech; None where one of them quotes nobody."""
    agreed: int
    """Figures that stand in both in the same surroundings."""
    conflicts: int
    """Surroundings that hold one figure in one and another in the other."""
    amounts: int
    names_agreed: int
    offices_conflict: int
    heads_conflict: bool
    places_agreed: bool
    places_conflict: bool
    editions_conflict: bool
    days_conflict: bool
    days_apart: int | None
    event_between: bool
    """The day that both are about lies after the one and not after the other was published."""


def compare(a: Release, b: Release) -> Likeness:
    ours, theirs = a.shingles, b.shingles
    common = len(ours & theirs)
    lead_a, lead_b = _share(shingles(a.lead.text), theirs), _share(shingles(b.lead.text), ours)
    agreed, conflicts = _figures(a.body, b.body)
    offices_agreed, offices_conflict, heads_conflict = _names(a.names, b.names)
    apart = None if a.day is None or b.day is None else abs(a.day - b.day)
    return Likeness(
        contained=common / (min(len(ours), len(theirs)) or 1),
        alike=common / (len(ours | theirs) or 1),
        lead=max(lead_a, lead_b),
        lead_a=lead_a,
        lead_b=lead_b,
        headline_a=_headline(a, b),
        headline_b=_headline(b, a),
        said=_said(a.said, b.said),
        agreed=agreed,
        conflicts=conflicts,
        amounts=len(a.amounts() & b.amounts()),
        names_agreed=offices_agreed,
        offices_conflict=offices_conflict,
        heads_conflict=heads_conflict,
        places_agreed=_places_agree(a, b),
        places_conflict=_places_conflict(a, b),
        editions_conflict=_editions_conflict(a, b),
        days_conflict=_disjoint(a.opening_days, b.opening_days, a.days, b.days),
        days_apart=apart,
        event_between=_event_between(a, b),
    )


Rule = tuple[str, Callable[[Likeness], bool]]

DIFFERENT: tuple[Rule, ...] = (
    ("other place", lambda x: x.places_conflict),
    ("other head of the body", lambda x: x.heads_conflict and not x.places_agreed),
    ("other round, term or year", lambda x: x.editions_conflict),
    ("other day", lambda x: x.days_conflict and (x.days_apart is None or x.days_apart >= 3)),
    ("other figures", lambda x: _points(x) >= 2 and 2 * _points(x) >= x.agreed),
    ("other figure, none agrees", lambda x: x.conflicts == 1 and not x.agreed and x.days_apart != 0),
    ("announcement and report", lambda x: x.event_between and x.contained < 0.6),
)
"""Rules by which two alike texts are two releases, in the order in which they are asked."""


def _points(x: Likeness) -> int:
    return x.conflicts + x.offices_conflict + x.heads_conflict + x.days_conflict


def relate(a: Release, b: Release) -> Relation:
    """What article ``a`` is to ``b``."""
    if a.day is not None and b.day is not None and abs(a.day - b.day) > WINDOW:
        return Relation("none", "published too far apart")
    if (a.body.text, a.headline.text) <= (b.body.text, b.headline.text):
        return judge(compare(a, b))
    return judge(compare(b, a)).turned()


def judge(x: Likeness) -> Relation:
    weight = (x.contained + x.alike) / 2
    if x.contained < 0.1:
        return Relation("none", "other text")
    for why, holds in DIFFERENT:
        if holds(x):
            return Relation("different", why, weight)
    if _carries(x.lead_a, x.headline_a, x.lead_b):
        return Relation("carries", "stands below another article", weight)
    if _carries(x.lead_b, x.headline_b, x.lead_a):
        return Relation("carried", "stands below another article", weight)
    contradicted = x.said is not None and x.said < 0.1
    if x.contained >= 0.5 and x.lead >= 0.15:
        return Relation("same", "most of the text", weight)
    support = (
        (x.lead >= 0.4)
        + ((x.said or 0) >= 0.5)
        + (x.names_agreed > 0)
        + (x.places_agreed)
        + (max(x.headline_a or 0, x.headline_b or 0) >= 0.5)
        + min(2, max(x.agreed, x.amounts))
    )
    if support - 2 * contradicted >= 4:
        return Relation("same", "the same facts in other words", weight)
    return Relation("none", "too little in common", weight)


def _carries(own_lead: float, own_headline: float | None, other_lead: float) -> bool:
    """Whether an article's own beginning is another matter than what it shares with the other."""
    return own_lead < 0.15 and (own_headline or 0) < 0.34 and other_lead >= 0.4


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _headline(a: Release, b: Release) -> float | None:
    runs = shingles(a.headline.text, 3)
    return sum(run in b.body.text for run in runs) / len(runs) if runs else None


def _said(ours: str, theirs: str) -> float | None:
    if len(ours) < 8 or len(theirs) < 8:
        return None
    a, b = shingles(ours, 4), shingles(theirs, 4)
    return len(a & b) / min(len(a), len(b))


def _figures(a: Letters, b: Letters) -> tuple[int, int]:
    """How many different figures agree, and how many stand against another."""
    before, after = _by(b, "before"), _by(b, "after")
    agreed, against = set(), set()
    for figure in a.figures:
        if figure.after.startswith(SAID_ON):
            continue
        left, right = before.get(figure.before, {}), after.get(figure.after, {})
        if figure.value in left.values() or figure.value in right.values():
            agreed.add((figure.value, figure.after[:1]))
        elif left.keys() & right.keys():
            against.add((figure.value, figure.after[:1]))
    return len(agreed), len(against)


def _by(letters: Letters, side: str) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for at, figure in enumerate(letters.figures):
        found.setdefault(getattr(figure, side), {})[at] = figure.value
    return found


def _names(ours: Facts, theirs: Facts) -> tuple[int, int, bool]:
    """Offices that both name: with the same person, with another, and heads with another."""
    agreed = conflict = 0
    heads = False
    for role in ours.keys() & theirs.keys():
        if any(_one_person(a, b) for a in ours[role] for b in theirs[role]):
            agreed += 1
        elif role in HEADS:
            heads = True
        elif len(ours[role]) == len(theirs[role]) == 1:
            conflict += 1
    return agreed, conflict, heads


def _one_person(a: str, b: str) -> bool:
    """The same name, or one with a slip of the pen in it."""
    return a == b or (len(a) == len(b) == 3 and sum(x != y for x, y in zip(a, b)) == 1 and a[0] == b[0])


def _places_agree(a: Release, b: Release) -> bool:
    return any(a.places[kind] & b.places[kind] for kind in a.places.keys() & b.places.keys())


def _places_conflict(a: Release, b: Release) -> bool:
    return any(
        not any(place in b.headline.text + b.body.text for place in a.places[kind])
        and not any(place in a.headline.text + a.body.text for place in b.places[kind])
        for kind in a.places.keys() & b.places.keys()
    )


def _editions_conflict(a: Release, b: Release) -> bool:
    return any(
        _disjoint(
            a.opening_editions[kind], b.opening_editions[kind], a.editions[kind], b.editions[kind]
        )
        for kind in a.opening_editions.keys() & b.opening_editions.keys()
    ) or _disjoint(a.opening_months, b.opening_months, a.opening_months, b.opening_months)


def _disjoint(
    opening_a: frozenset[str], opening_b: frozenset[str], all_a: frozenset[str], all_b: frozenset[str]
) -> bool:
    """Both name some in their opening, and neither's stands anywhere in the other."""
    return bool(opening_a and opening_b) and not opening_a & all_b and not opening_b & all_a


def _event_between(a: Release, b: Release) -> bool:
    if a.day is None or b.day is None:
        return False
    first, last = sorted((a.day, b.day))
    year = date.fromordinal(last).year
    for day in a.opening_days & b.opening_days:
        month, number = map(int, day.split("-"))
        try:
            event = date(year, month, number).toordinal()
        except ValueError:
            continue
        if first < event <= last:
            return True
    return False
