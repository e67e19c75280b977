"""Two articles side by side: what they share, and where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.releases.facts import HEADS, SAID_ON, Facts
from crawler.releases.release import Release
from crawler.releases.text import Letters


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two articles side by side, in numbers; each share is 0 to 1."""

    contained: float
    """Share of the shorter text that stands in the longer."""
    alike: float
    """Share of both texts that stands in both (Jaccard)."""
    lead_a: float
    """Share of the one's lead that stands in the other text."""
    lead_b: float
    headline_a: float | None
    """The same of its headline; None where it has none."""
    headline_b: float | None
    said: float | None
    """Share of the shorter's quoted speech; None where one of them quotes nobody."""
    agreed: int
    """Figures that stand in both in the same surroundings."""
    conflicts: int
    """Surroundings that hold one figure in one and another in the other."""
    amounts: int
    """Amounts that both tell, wherever they stand."""
    amounts_shared: float | None
    """The same as a share of the one's that tells fewer; None where that is under two."""
    amounts_least: int
    """How many that one tells."""
    people_agreed: bool
    offices_conflict: int
    heads_conflict: bool
    places_agreed: bool
    places_conflict: bool
    editions_conflict: bool
    days_conflict: bool
    days_apart: int | None
    main_conflict: bool
    """Headline or lead count the same unit and neither's number stands anywhere in the other."""
    wards_conflict: bool
    before_and_after: bool
    """The earlier looks ahead to what the later looks back on."""
    follow_up: bool
    """One is about what was put off or opened again, and the other does not know of it."""
    main_a: bool
    """A figure of the one's headline or lead stands in the other text."""
    main_b: bool
    digest_a: bool
    digest_b: bool
    comment: bool
    """Just one of them is a comment."""

    @property
    def lead(self) -> float:
        """Of the two leads' shares the greater."""
        return max(self.lead_a, self.lead_b)

    @property
    def headline(self) -> float:
        """Of the two headlines' shares the greater."""
        return max(self.headline_a or 0, self.headline_b or 0)


def compare(a: Release, b: Release) -> Likeness:
    """Two articles side by side."""
    ours, theirs = a.shingles, b.shingles
    common = len(ours & theirs)
    agreed, conflicts = _figures(a.body, b.body)
    offices_conflict, heads_conflict = _names(a.names, b.names)
    amounts, least = len(a.amounts & b.amounts), min(len(a.amounts), len(b.amounts))
    apart = None if a.day is None or b.day is None else abs(a.day - b.day)
    return Likeness(
        contained=common / (min(len(ours), len(theirs)) or 1),
        alike=common / (len(ours | theirs) or 1),
        lead_a=_share(a.lead_shingles, theirs),
        lead_b=_share(b.lead_shingles, ours),
        headline_a=_headline(a, b),
        headline_b=_headline(b, a),
        said=_said(a, b),
        agreed=agreed,
        conflicts=conflicts,
        amounts=amounts,
        amounts_shared=amounts / least if least > 1 else None,
        amounts_least=least,
        people_agreed=not a.people.isdisjoint(b.people),
        offices_conflict=offices_conflict,
        heads_conflict=heads_conflict,
        places_agreed=_places_agree(a, b),
        places_conflict=_places_conflict(a, b),
        editions_conflict=_editions_conflict(a, b),
        days_conflict=_disjoint(a.opening_days, b.opening_days, a.days, b.days),
        days_apart=apart,
        main_conflict=_main_conflict(a, b),
        wards_conflict=bool(a.wards and b.wards)
        and not _named(a.wards, b)
        and not _named(b.wards, a),
        before_and_after=_before_and_after(a, b),
        follow_up=(a.follows_up and not b.mentions_follow_up)
        or (b.follows_up and not a.mentions_follow_up),
        main_a=_main_stands_in(a, b),
        main_b=_main_stands_in(b, a),
        digest_a=a.is_digest,
        digest_b=b.is_digest,
        comment=a.is_comment != b.is_comment,
    )


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _headline(a: Release, b: Release) -> float | None:
    runs = a.headline_shingles
    return sum(run in b.body.text for run in runs) / len(runs) if runs else None


def _said(a: Release, b: Release) -> float | None:
    if len(a.said) < 8 or len(b.said) < 8:
        return None
    ours, theirs = a.said_shingles, b.said_shingles
    return len(ours & theirs) / min(len(ours), len(theirs))


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


def _names(ours: Facts, theirs: Facts) -> tuple[int, bool]:
    """Offices that each names one person for, and another one; whether one is a head's."""
    conflict = 0
    heads = False
    for role in ours.keys() & theirs.keys():
        if any(_one_person(a, b) for a in ours[role] for b in theirs[role]):
            continue
        if role in HEADS:
            heads = True
        elif len(ours[role]) == len(theirs[role]) == 1:
            conflict += 1
    return conflict, heads


def _one_person(a: str, b: str) -> bool:
    """The same name, or one with a slip of the pen in it."""
    slips = sum(x != y for x, y in zip(a, b, strict=False))
    return a == b or (len(a) == len(b) == 3 and a[0] == b[0] and slips == 1)


def _places_agree(a: Release, b: Release) -> bool:
    return any(a.places[kind] & b.places[kind] for kind in a.places.keys() & b.places.keys())


def _places_conflict(a: Release, b: Release) -> bool:
    return any(
        not _named(a.places[kind], b)
        and not _named(b.places[kind], a)
        and not any(_short_for(one, other) for one in a.places[kind] for other in b.places[kind])
        for kind in a.places.keys() & b.places.keys()
    )


def _short_for(one: str, other: str) -> bool:
    """뫼들의료원 for 뫼들군보건의료원: both ends and all letters are the longer's."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return short[:2] == long[:2] and short[-2:] == long[-2:] and all(x in letters for x in short)


def _editions_conflict(a: Release, b: Release) -> bool:
    return any(
        _disjoint(
            a.opening_editions[kind], b.opening_editions[kind], a.editions[kind], b.editions[kind]
        )
        for kind in a.opening_editions.keys() & b.opening_editions.keys()
    ) or _disjoint(a.opening_months, b.opening_months, a.opening_months, b.opening_months)


def _disjoint(
    opening_a: frozenset[str],
    opening_b: frozenset[str],
    all_a: frozenset[str],
    all_b: frozenset[str],
) -> bool:
    """Both name some in their opening, and neither's stands anywhere in the other."""
    return bool(opening_a and opening_b) and not opening_a & all_b and not opening_b & all_a


def _main_conflict(a: Release, b: Release) -> bool:
    all_a = {figure.value for figure in a.body.figures}
    all_b = {figure.value for figure in b.body.figures}
    ours, theirs = _by_unit(a), _by_unit(b)
    return any(
        ours[unit].isdisjoint(all_b) and theirs[unit].isdisjoint(all_a)
        for unit in ours.keys() & theirs.keys()
    )


def _main_stands_in(a: Release, b: Release) -> bool:
    values = {figure.value for figure in b.body.figures}
    return any(len(value) > 1 and value in values for value, _ in a.main_amounts)


def _by_unit(release: Release) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for value, unit in release.main_amounts:
        found.setdefault(unit, set()).add(value)
    return found


def _before_and_after(a: Release, b: Release) -> bool:
    if a.told is None or b.told is None or a.told == b.told:
        return False
    if a.day is None or b.day is None:
        return True
    return (a.day <= b.day) == (a.told == "ahead")


def _named(names: frozenset[str], other: Release) -> bool:
    return any(name in other.headline.text + other.body.text for name in names)
