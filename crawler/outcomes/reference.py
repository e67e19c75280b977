"""Renders ``docs/outcomes.md`` from the outcome table.

``.venv/bin/python -m crawler.outcomes.reference`` writes the file again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.outcomes.exit_codes import NAMES
from crawler.outcomes.exit_rules import MANY_SHARE, MIN_PAGES, MOST_SHARE
from crawler.outcomes.model import Language, Row, Weight
from crawler.outcomes.pages import PageOutcome
from crawler.outcomes.runs import RunOutcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "outcomes.md"

INTRODUCTION = f"""\
# Outcomes

<!-- Generated from crawler/outcomes: .venv/bin/python -m crawler.outcomes.reference -->

Every result of a page or a run is one row of these tables. The frontier, statistics, exit codes,
monitors and messages all use them. 한국어 문장은 셋째 칸에 있습니다.

*Retried*: waits after the first, second … failed visit; `0h` is the next run. After the last wait
the page is not requested again (`scrapy gaps OUTLET` lists it).

*Exit code* ([all codes](operations.md#exit-codes)) applies

- **if any**: the outcome was counted at all;
- **if most**: at least {MIN_PAGES} new pages, more than {MOST_SHARE:.0%} of all, have outcomes
  with that code;
- **if a list**: a list page has that outcome;
- **if no list**: a list page has that outcome, and none could be read;
- **in a replay**: the outcome was counted in `scrapy replay`.

If at least {MIN_PAGES} new pages, at least {MANY_SHARE:.0%} of all, have outcomes with an *if most*
code, the run is partial (3).
"""

CONDITIONS = {
    "some": "if any",
    "most": "if most",
    "some_list": "if a list",
    "no_list": "if no list",
    "replay": "in a replay",
}
"""Words for the conditions of a weight, by field of ``Weight``."""


def render() -> str:
    """Return the whole page."""
    pages = _table(("outcome", "sentence", "문장", "retried", "exit code"), _page_rows())
    runs = _table(("outcome", "sentence", "문장", "exit code"), _run_rows())
    return f"{INTRODUCTION}\n## Pages\n\n{pages}\n## Runs\n\n{runs}"


def _page_rows() -> Iterator[tuple[str, ...]]:
    for outcome in PageOutcome:
        row = outcome.row
        retried = "next run" if row.kept else ", ".join(row.waits)
        yield f"`{outcome}`", *_sentences(row), retried, _exit_codes(row.weight)


def _run_rows() -> Iterator[tuple[str, ...]]:
    for outcome in RunOutcome:
        yield f"`{outcome}`", *_sentences(outcome.row), _exit_codes(outcome.row.weight)


def _sentences(row: Row) -> tuple[str, str]:
    return _sentence(row, "en"), _sentence(row, "ko")


def _sentence(row: Row, language: Language) -> str:
    happened = (row.ko if language == "ko" else row.en).replace("{n}", "*n*")
    action = row.action(language)
    return f"{happened}; {action}" if action else happened


def _exit_codes(weight: Weight) -> str:
    conditions: dict[int, list[str]] = {}
    for field, words in CONDITIONS.items():
        conditions.setdefault(getattr(weight, field), []).append(words)
    codes = ((code, words) for code, words in conditions.items() if code)
    return "; ".join(f"{NAMES[code]} ({code}) {', '.join(words)}" for code, words in codes)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
