"""Comparison of two articles: what they share, and where they contradict each other."""

from __future__ import annotations

from functools import cached_property

from crawler.similarity.entities import HEADS, SAID_ON, Entities
from crawler.similarity.fingerprint import Fingerprint
from crawler.similarity.normalize import Letters


class Comparison:
    """Two articles compared, in numbers; each share is 0 to 1.

    Values are computed on first use: most pairs are decided by few of them.
    """

    def __init__(self, a: Fingerprint, b: Fingerprint) -> None:
        self._a, self._b = a, b
        ours, theirs = len(a.shingles), len(b.shingles)
        common = len(a.shingles & b.shingles)
        self.contained = common / (min(ours, theirs) or 1)
        """Share of the shorter text that occurs in the longer."""
        self.alike = common / (ours + theirs - common or 1)
        """Share of both texts that they have in common (Jaccard)."""
        self.days_apart = None if a.day is None or b.day is None else abs(a.day - b.day)

    @cached_property
    def lead_a(self) -> float:
        """Share of the first article's lead that occurs in the second text."""
        return _share(self._a.lead_shingles, self._b.shingles)

    @cached_property
    def lead_b(self) -> float:
        """Share of the second article's lead that occurs in the first text."""
        return _share(self._b.lead_shingles, self._a.shingles)

    @property
    def lead(self) -> float:
        """The greater of the two leads' shares."""
        return max(self.lead_a, self.lead_b)

    @cached_property
    def headline_a(self) -> float | None:
        """Share of the first headline that occurs in the second text; None without headline."""
        return _headline(self._a, self._b)

    @cached_property
    def headline_b(self) -> float | None:
        """Share of the second headline that occurs in the first text; None without headline."""
        return _headline(self._b, self._a)

    @property
    def headline(self) -> float:
        """The greater of the two headlines' shares."""
        return max(self.headline_a or 0, self.headline_b or 0)

    @cached_property
    def quotes_shared(self) -> float | None:
        """Share of the shorter one's quotations in the other; None if one has too few."""
        return _quotes_shared(self._a, self._b)

    @property
    def agreed(self) -> int:
        """Number of figures that occur in both in the same context."""
        return self._figures[0]

    @property
    def conflicts(self) -> int:
        """Number of contexts that hold different figures in the two texts."""
        return self._figures[1]

    @cached_property
    def _figures(self) -> tuple[int, int]:
        return _figures(self._a.body, self._b.body)

    @property
    def amounts(self) -> int:
        """Number of amounts that occur in both, at any position."""
        return len(self._a.amounts & self._b.amounts)

    @property
    def amounts_least(self) -> int:
        """Number of amounts of the article that has fewer."""
        return min(len(self._a.amounts), len(self._b.amounts))

    @property
    def amounts_shared(self) -> float | None:
        """Share of those amounts that occur in both; None for fewer than two."""
        return self.amounts / self.amounts_least if self.amounts_least > 1 else None

    @property
    def people_agreed(self) -> bool:
        """True if both name the same person."""
        return not self._a.people.isdisjoint(self._b.people)

    @property
    def offices_conflict(self) -> int:
        """Number of offices for which each names one person, and not the same."""
        return self._names[0]

    @property
    def heads_conflict(self) -> bool:
        """True if they name different heads of one kind of body."""
        return self._names[1]

    @cached_property
    def _names(self) -> tuple[int, bool]:
        return _names(self._a.names, self._b.names)

    @property
    def places_agreed(self) -> bool:
        """True if both openings name the same place."""
        return _places_agree(self._a, self._b)

    @property
    def places_conflict(self) -> bool:
        """True if the openings name different places of one kind."""
        return _places_conflict(self._a, self._b)

    @property
    def editions_conflict(self) -> bool:
        """True if the openings name different rounds, terms, years or months."""
        return _editions_conflict(self._a, self._b)

    @cached_property
    def days_conflict(self) -> bool:
        """True if the openings name different days."""
        ours, theirs = self._a.opening_days, self._b.opening_days
        return _strangers(ours, theirs) and _disjoint(ours, theirs, self._a.days, self._b.days)

    @cached_property
    def main_conflict(self) -> bool:
        """True if headline or lead count the same unit, but neither number occurs in the other."""
        return _main_conflict(self._a, self._b)

    @property
    def wards_conflict(self) -> bool:
        """True if both name parts of a town, and none in common."""
        a, b = self._a, self._b
        return bool(a.wards and b.wards) and not _named(a.wards, b) and not _named(b.wards, a)

    @property
    def before_and_after(self) -> bool:
        """True if the earlier one announces what the later one reports."""
        return _before_and_after(self._a, self._b)

    @property
    def follow_up(self) -> bool:
        """True if one is about a postponement or a reopening that the other does not mention."""
        a, b = self._a, self._b
        return (a.follows_up and not b.mentions_follow_up) or (
            b.follows_up and not a.mentions_follow_up
        )

    @property
    def main_a(self) -> bool:
        """True if a figure of the first one's headline or lead occurs in the second text."""
        return _main_stands_in(self._a, self._b)

    @property
    def main_b(self) -> bool:
        """True if a figure of the second one's headline or lead occurs in the first text."""
        return _main_stands_in(self._b, self._a)

    @property
    def digest_a(self) -> bool:
        """True if the first one is a column of short items."""
        return self._a.is_digest

    @property
    def digest_b(self) -> bool:
        """True if the second one is a column of short items."""
        return self._b.is_digest

    @property
    def comment(self) -> bool:
        """True if exactly one of them is a comment."""
        return self._a.is_comment != self._b.is_comment


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _headline(a: Fingerprint, b: Fingerprint) -> float | None:
    runs = a.headline_shingles
    return sum(run in b.body.text for run in runs) / len(runs) if runs else None


def _quotes_shared(a: Fingerprint, b: Fingerprint) -> float | None:
    if len(a.quoted) < 8 or len(b.quoted) < 8:
        return None
    ours, theirs = a.quoted_shingles, b.quoted_shingles
    return len(ours & theirs) / min(len(ours), len(theirs))


def _figures(a: Letters, b: Letters) -> tuple[int, int]:
    """Return how many different figures agree, and how many conflict."""
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
    by_side: dict[str, dict[int, str]] = {}
    for index, figure in enumerate(letters.figures):
        by_side.setdefault(getattr(figure, side), {})[index] = figure.value
    return by_side


def _names(ours: Entities, theirs: Entities) -> tuple[int, bool]:
    """Return the number of offices with conflicting names, and whether heads conflict."""
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
    """Return True for the same name, or for one with a typing error."""
    slips = sum(x != y for x, y in zip(a, b, strict=False))
    return a == b or (len(a) == len(b) == 3 and a[0] == b[0] and slips == 1)


def _places_agree(a: Fingerprint, b: Fingerprint) -> bool:
    return any(a.places[kind] & b.places[kind] for kind in a.places.keys() & b.places.keys())


def _places_conflict(a: Fingerprint, b: Fingerprint) -> bool:
    return any(
        not _named(a.places[kind], b)
        and not _named(b.places[kind], a)
        and not any(
            _short_for(ours, theirs) for ours in a.places[kind] for theirs in b.places[kind]
        )
        for kind in a.places.keys() & b.places.keys()
    )


def _short_for(name: str, other: str) -> bool:
    """Return True for an abbreviation, such as 뫼들의료원 of 뫼들군보건의료원."""
    short, long = sorted((name, other), key=len)
    letters = iter(long)
    return short[:2] == long[:2] and short[-2:] == long[-2:] and all(x in letters for x in short)


def _editions_conflict(a: Fingerprint, b: Fingerprint) -> bool:
    ours, theirs = a.opening_editions, b.opening_editions
    strange = [kind for kind in ours.keys() & theirs.keys() if _strangers(ours[kind], theirs[kind])]
    return any(
        _disjoint(ours[kind], theirs[kind], a.editions[kind], b.editions[kind]) for kind in strange
    ) or _strangers(a.opening_months, b.opening_months)


def _strangers(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Return True if both have values, but none in common."""
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _disjoint(
    ours: frozenset[str],
    theirs: frozenset[str],
    all_ours: frozenset[str],
    all_theirs: frozenset[str],
) -> bool:
    """Return True if no value of one opening occurs anywhere in the other text."""
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


def _by_unit(article: Fingerprint) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for value, unit in article.main_amounts:
        values.setdefault(unit, set()).add(value)
    return values


def _before_and_after(a: Fingerprint, b: Fingerprint) -> bool:
    if a.statement is None or b.statement is None or a.statement == b.statement:
        return False
    if a.day is None or b.day is None:
        return True
    return (a.day <= b.day) == (a.statement == "ahead")


def _named(names: frozenset[str], other: Fingerprint) -> bool:
    return any(name in other.headline.text + other.body.text for name in names)
