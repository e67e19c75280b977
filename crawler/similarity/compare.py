"""Two articles side by side: what they share, and where they contradict each other."""

from __future__ import annotations

from functools import cached_property

from crawler.similarity.entities import HEADS, SAID_ON, Facts
from crawler.similarity.fingerprint import Fingerprint
from crawler.similarity.normalize import Letters


class Comparison:
    """Two articles side by side, in numbers; each share is 0 to 1.

    Each is worked out when it is asked for: most pairs are told apart by few of them.
    """

    def __init__(self, a: Fingerprint, b: Fingerprint) -> None:
        self._a, self._b = a, b
        ours, theirs = len(a.shingles), len(b.shingles)
        common = len(a.shingles & b.shingles)
        self.contained = common / (min(ours, theirs) or 1)
        """Share of the shorter text that stands in the longer."""
        self.alike = common / (ours + theirs - common or 1)
        """Share of both texts that stands in both (Jaccard)."""
        self.days_apart = None if a.day is None or b.day is None else abs(a.day - b.day)

    @cached_property
    def lead_a(self) -> float:
        """Share of the one's lead that stands in the other text."""
        return _share(self._a.lead_shingles, self._b.shingles)

    @cached_property
    def lead_b(self) -> float:
        return _share(self._b.lead_shingles, self._a.shingles)

    @property
    def lead(self) -> float:
        """Of the two leads' shares the greater."""
        return max(self.lead_a, self.lead_b)

    @cached_property
    def headline_a(self) -> float | None:
        """Share of its headline that stands in the other text; None where it has none."""
        return _headline(self._a, self._b)

    @cached_property
    def headline_b(self) -> float | None:
        return _headline(self._b, self._a)

    @property
    def headline(self) -> float:
        """Of the two headlines' shares the greater."""
        return max(self.headline_a or 0, self.headline_b or 0)

    @cached_property
    def said(self) -> float | None:
        """Share of the shorter's quoted speech; None where one of them quotes nobody."""
        return _said(self._a, self._b)

    @property
    def agreed(self) -> int:
        """Figures that stand in both in the same surroundings."""
        return self._figures[0]

    @property
    def conflicts(self) -> int:
        """Surroundings that hold one figure in one and another in the other."""
        return self._figures[1]

    @cached_property
    def _figures(self) -> tuple[int, int]:
        return _figures(self._a.body, self._b.body)

    @property
    def amounts(self) -> int:
        """Amounts that both tell, wherever they stand."""
        return len(self._a.amounts & self._b.amounts)

    @property
    def amounts_least(self) -> int:
        """How many the one tells that tells fewer."""
        return min(len(self._a.amounts), len(self._b.amounts))

    @property
    def amounts_shared(self) -> float | None:
        """Share of those that both tell; None where they are under two."""
        return self.amounts / self.amounts_least if self.amounts_least > 1 else None

    @property
    def people_agreed(self) -> bool:
        return not self._a.people.isdisjoint(self._b.people)

    @property
    def offices_conflict(self) -> int:
        """Offices that each names one person for, and another one."""
        return self._names[0]

    @property
    def heads_conflict(self) -> bool:
        """Whether they name different heads of one kind of body."""
        return self._names[1]

    @cached_property
    def _names(self) -> tuple[int, bool]:
        return _names(self._a.names, self._b.names)

    @property
    def places_agreed(self) -> bool:
        return _places_agree(self._a, self._b)

    @property
    def places_conflict(self) -> bool:
        return _places_conflict(self._a, self._b)

    @property
    def editions_conflict(self) -> bool:
        return _editions_conflict(self._a, self._b)

    @cached_property
    def days_conflict(self) -> bool:
        ours, theirs = self._a.opening_days, self._b.opening_days
        return _strangers(ours, theirs) and _disjoint(ours, theirs, self._a.days, self._b.days)

    @cached_property
    def main_conflict(self) -> bool:
        """Headline or lead count the same unit, and neither's number stands in the other."""
        return _main_conflict(self._a, self._b)

    @property
    def wards_conflict(self) -> bool:
        a, b = self._a, self._b
        return bool(a.wards and b.wards) and not _named(a.wards, b) and not _named(b.wards, a)

    @property
    def before_and_after(self) -> bool:
        """The earlier looks ahead to what the later looks back on."""
        return _before_and_after(self._a, self._b)

    @property
    def follow_up(self) -> bool:
        """One is about what was put off or opened again, and the other does not know of it."""
        a, b = self._a, self._b
        return (a.follows_up and not b.mentions_follow_up) or (
            b.follows_up and not a.mentions_follow_up
        )

    @property
    def main_a(self) -> bool:
        """A figure of the one's headline or lead stands in the other text."""
        return _main_stands_in(self._a, self._b)

    @property
    def main_b(self) -> bool:
        return _main_stands_in(self._b, self._a)

    @property
    def digest_a(self) -> bool:
        return self._a.is_digest

    @property
    def digest_b(self) -> bool:
        return self._b.is_digest

    @property
    def comment(self) -> bool:
        """Just one of them is a comment."""
        return self._a.is_comment != self._b.is_comment


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _headline(a: Fingerprint, b: Fingerprint) -> float | None:
    runs = a.headline_shingles
    return sum(run in b.body.text for run in runs) / len(runs) if runs else None


def _said(a: Fingerprint, b: Fingerprint) -> float | None:
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


def _places_agree(a: Fingerprint, b: Fingerprint) -> bool:
    return any(a.places[kind] & b.places[kind] for kind in a.places.keys() & b.places.keys())


def _places_conflict(a: Fingerprint, b: Fingerprint) -> bool:
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


def _editions_conflict(a: Fingerprint, b: Fingerprint) -> bool:
    ours, theirs = a.opening_editions, b.opening_editions
    strange = [kind for kind in ours.keys() & theirs.keys() if _strangers(ours[kind], theirs[kind])]
    return any(
        _disjoint(ours[kind], theirs[kind], a.editions[kind], b.editions[kind]) for kind in strange
    ) or _strangers(a.opening_months, b.opening_months)


def _strangers(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Both openings name some, and none is the same."""
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _disjoint(
    ours: frozenset[str],
    theirs: frozenset[str],
    all_ours: frozenset[str],
    all_theirs: frozenset[str],
) -> bool:
    """Nor does one stand anywhere in the other text."""
    return ours.isdisjoint(all_theirs) and theirs.isdisjoint(all_ours)


def _main_conflict(a: Fingerprint, b: Fingerprint) -> bool:
    all_a = {figure.value for figure in a.body.figures}
    all_b = {figure.value for figure in b.body.figures}
    ours, theirs = _by_unit(a), _by_unit(b)
    return any(
        ours[unit].isdisjoint(all_b) and theirs[unit].isdisjoint(all_a)
        for unit in ours.keys() & theirs.keys()
    )


def _main_stands_in(a: Fingerprint, b: Fingerprint) -> bool:
    values = {figure.value for figure in b.body.figures}
    return any(len(value) > 1 and value in values for value, _ in a.main_amounts)


def _by_unit(release: Fingerprint) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for value, unit in release.main_amounts:
        found.setdefault(unit, set()).add(value)
    return found


def _before_and_after(a: Fingerprint, b: Fingerprint) -> bool:
    if a.told is None or b.told is None or a.told == b.told:
        return False
    if a.day is None or b.day is None:
        return True
    return (a.day <= b.day) == (a.told == "ahead")


def _named(names: frozenset[str], other: Fingerprint) -> bool:
    return any(name in other.headline.text + other.body.text for name in names)
