"""Which fields new articles have, by week, as rows of a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from crawler.operate.run_stats.field_coverage import FIELD_COVERAGE, UNWANTED
from crawler.operate.status.totals import Total
from crawler.operate.status.words import field_name

SHADES = 9


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    said: str
    shade: int | None
    """From 0 to ``SHADES``, the more the darker; None where there are no articles."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    is_unwanted: bool
    is_found: bool
    """Whether a finding speaks of it."""
    is_absent: bool
    """Whether no article had it in all the time."""
    cells: list[Cell]


def rows(weeks: Mapping[date, Total], found: Collection[str]) -> list[Row]:
    """Those that were looked at, what should be there first; ``found``: fields of findings."""
    looked_at = {name for total in weeks.values() for name in total.looked_at}
    ordered = [*FIELD_COVERAGE, *sorted(looked_at - FIELD_COVERAGE.keys())]
    return [
        Row(
            name=field_name(name),
            is_unwanted=name in UNWANTED,
            is_found=name in found,
            is_absent=name not in found and not any(total.have[name] for total in weeks.values()),
            cells=[_cell(name, total) for total in weeks.values()],
        )
        for name in sorted(ordered, key=UNWANTED.__contains__)
        if name in looked_at
    ]


def _cell(name: str, total: Total) -> Cell:
    share = total.share(name)
    if share is None:
        return Cell("–", "새 기사 없음", None)
    said = f"새 기사 {total.looked_at[name]}건 중 {total.have[name]}건"
    return Cell(f"{share:.0%}".rstrip("%"), said, int(share * SHADES))
