"""Computes exit codes and their sentences from what was counted, by the rows of the outcome table.

The rule for pages that could not be read. New pages are visits of pages that are not stored yet
and were not left for later. An outcome's ``most`` code holds if at least ``MIN_PAGES`` new pages
came to outcomes with that code, and they are more than ``MOST_SHARE`` of all. If at least
``MIN_PAGES`` and at least ``MANY_SHARE`` of all could not be read for any reason, the run is
partial. Below that, single pages that the outlet does not show are normal, and only outcomes with
a ``some`` code count. Stored articles that are fetched again say nothing of what is missing, so
they count for ``some`` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Literal, NamedTuple, Self

from crawler.outcomes.exit_codes import (
    BLOCKED,
    BROKEN_LAYOUT,
    LOCKED,
    OK,
    PARTIAL,
    STORE_ERROR,
    UNEXPECTED,
)
from crawler.outcomes.model import Language
from crawler.outcomes.pages import AGAIN_EN, AGAIN_KO, PageOutcome
from crawler.outcomes.runs import ENDED_EARLY, RunOutcome
from crawler.outcomes.stats import (
    DEFERRED,
    FINISH_REASON,
    LIST_PAGES,
    MESSAGE,
    REJECTED,
    REPLAYED_PAGES,
    VISITS,
    Visit,
)

MIN_PAGES = 3
"""New pages below which a share says nothing."""
MOST_SHARE, MANY_SHARE = 0.5, 0.3
"""Shares of the new pages."""

PRECEDENCE = (LOCKED, STORE_ERROR, BLOCKED, BROKEN_LAYOUT, UNEXPECTED, PARTIAL)
"""The exit codes of one crawl, the one that is given first where several hold."""

Rule = Literal["some", "many", "most", "no_list"]


class Cause(NamedTuple):
    """An outcome that gives a run an exit code, and the rule by which it does."""

    outcome: PageOutcome | RunOutcome
    code: int
    number: int
    rule: Rule

    def sentence(self, language: Language = "en") -> str:
        """Return what happened and what to do, in words."""
        row = self.outcome.row
        action = row.action(language)
        if self.rule in ("some", "many") and row.waits:
            action = AGAIN_KO if language == "ko" else AGAIN_EN
        happened = row.sentence(self.number, language)
        return f"{happened}; {action}" if action else happened


class RunCounts:
    """What a run counted, by outcome: from a crawl's stats, or from a stored run's counts."""

    def __init__(self, stats: Mapping[str, Any]) -> None:
        self.stats = stats

    @classmethod
    def from_tally(cls, counts: Mapping[str, int], finish_reason: str | None) -> Self:
        """Read the counts of a stored run (``run_stats/counts.py`` names them)."""
        stats: dict[str, Any] = {LIST_PAGES: counts.get("lists", 0), FINISH_REASON: finish_reason}
        for visit in VISITS:
            stats |= {
                outcome.stat(visit): counts.get(f"{visit}/{outcome}", 0) for outcome in PageOutcome
            }
        stats |= {outcome.stat: counts.get(f"failed/{outcome}", 0) for outcome in RunOutcome}
        for name, number in counts.items():
            for stat, kept in ((REJECTED, "failed/rejected/"), (DEFERRED, "failed/deferred/")):
                if name.startswith(kept):
                    stats[stat + name.removeprefix(kept)] = number
        return cls(stats)

    def count(self, outcome: PageOutcome | RunOutcome) -> int:
        """How often a run came to an outcome, whatever was visited."""
        if isinstance(outcome, RunOutcome):
            return int(self.stats.get(outcome.stat) or 0) + (
                outcome in ENDED_EARLY and self.stats.get(FINISH_REASON) == outcome
            )
        by_visit = sum(self.visits(outcome, visit) for visit in VISITS)
        return max(by_visit, self._number(outcome.row.stat)) if outcome.row.stat else by_visit

    def visits(self, outcome: PageOutcome, visit: Visit) -> int:
        """How many visits of a kind came to an outcome."""
        return self._number(outcome.stat(visit))

    @property
    def lists(self) -> int:
        """List pages that were read."""
        return self._number(LIST_PAGES)

    @property
    def new_pages(self) -> int:
        """Visits of pages that were not stored, without those left for later."""
        return sum(self.visits(outcome, "page") for outcome in PageOutcome if not outcome.row.kept)

    @property
    def replayed(self) -> int:
        """Pages of a replay that went to the stages."""
        return self._number(REPLAYED_PAGES)

    def _number(self, stat: str) -> int:
        return int(self.stats.get(stat) or 0)


def exit_code_of_crawl(stats: Mapping[str, Any]) -> int:
    """Return the exit code of a crawl."""
    return _first(causes(RunCounts(stats)))


def exit_code_of_replay(stats: Mapping[str, Any]) -> int:
    """Return the exit code of a replay, where every page given is expected to be an article."""
    counts = RunCounts(stats)
    if counts.count(RunOutcome.BAD_INPUT) and not counts.replayed:
        nothing_read = RunOutcome.NOTHING_READ.row.weight.replay
    else:
        nothing_read = OK
    codes = {outcome.row.weight.replay for outcome in _members() if counts.count(outcome)} - {OK}
    for code in (STORE_ERROR, UNEXPECTED, nothing_read, PARTIAL):
        if code and (code in codes or code == nothing_read):
            return code
    return OK


def reason_of_crawl(
    stats: Mapping[str, Any], examples: Mapping[str, str], language: Language = "en"
) -> str | None:
    """Return why a crawl has its exit code and what to do, in one sentence; None if it is ok.

    ``examples``: an address by the word of each outcome.
    """
    if message := stats.get(MESSAGE):
        return str(message) if exit_code_of_crawl(stats) else None
    return explain_causes(causes(RunCounts(stats)), examples, language)


def explain_causes(
    found: list[Cause], examples: Mapping[str, str], language: Language = "en"
) -> str | None:
    """Return the sentence of the first cause of the exit code; None if there is none."""
    code = _first(found)
    cause = next((cause for cause in found if cause.code == code), None)
    if cause is None:
        return None
    sentence, example = cause.sentence(language), examples.get(cause.outcome)
    head = "예" if language == "ko" else "Example"
    end = "" if sentence.endswith("?") else "."
    return f"{sentence}{end} {head}: {example}" if example else sentence


def causes(counts: RunCounts) -> list[Cause]:
    """Return every outcome that gives a crawl an exit code, the clearest explanation first."""
    found = list(chain(_some(counts), _shares(counts), _no_list(counts)))
    order = {outcome: number for number, outcome in enumerate(_members())}
    rules = ("most", "no_list", "many", "some")
    found.sort(
        key=lambda cause: (
            cause.outcome.row.fallback,
            rules.index(cause.rule),
            order[cause.outcome],
        )
    )
    return found


def _members() -> Iterator[PageOutcome | RunOutcome]:
    yield from RunOutcome
    yield from PageOutcome


def _some(counts: RunCounts) -> Iterator[Cause]:
    for outcome in _members():
        number, weight = counts.count(outcome), outcome.row.weight
        if number and weight.some:
            yield Cause(outcome, weight.some, number, "some")
        elif weight.some_list and (of_lists := _list_visits(counts, outcome)):
            yield Cause(outcome, weight.some_list, of_lists, "some")


def _shares(counts: RunCounts) -> Iterator[Cause]:
    """Outcomes to which most of the new pages came, or many."""
    new = counts.new_pages
    unread = {
        outcome: counts.visits(outcome, "page")
        for outcome in PageOutcome
        if outcome.row.weight.most
    }
    unread = {outcome: number for outcome, number in unread.items() if number}
    by_code: Counter[int] = Counter()
    for outcome, number in unread.items():
        by_code[outcome.row.weight.most] += number
    largest_first = sorted(unread.items(), key=lambda item: -item[1])
    for outcome, number in largest_first:
        together = by_code[outcome.row.weight.most]
        if together >= MIN_PAGES and together > MOST_SHARE * new:
            yield Cause(outcome, outcome.row.weight.most, number, "most")
    all_unread = sum(unread.values())
    if all_unread >= MIN_PAGES and all_unread >= MANY_SHARE * new:
        for outcome, number in largest_first:
            yield Cause(outcome, PARTIAL, number, "many")


def _no_list(counts: RunCounts) -> Iterator[Cause]:
    """Outcomes for which no list could be read."""
    if counts.lists:
        return
    is_excused = counts.count(PageOutcome.BUDGET) or any(map(counts.count, ENDED_EARLY))
    is_down = counts.visits(PageOutcome.TEMPORARY, "list") > 0
    for outcome in _members():
        number, code = _list_visits(counts, outcome), outcome.row.weight.no_list
        if code == BROKEN_LAYOUT and is_down:
            code = UNEXPECTED  # a host that is down part of the time shows broken pages, too
        if code == UNEXPECTED and is_excused:
            continue
        if number and code:
            yield Cause(outcome, code, number, "no_list")


def _list_visits(counts: RunCounts, outcome: PageOutcome | RunOutcome) -> int:
    if isinstance(outcome, RunOutcome):
        return 1 if outcome is RunOutcome.NO_LIST else counts.count(outcome)
    visits = counts.visits(outcome, "list")
    return visits if not outcome.row.stat else max(visits, counts.count(outcome))


def _first(found: Iterable[Cause]) -> int:
    codes = {cause.code for cause in found}
    return next((code for code in PRECEDENCE if code in codes), OK)
