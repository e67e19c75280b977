"""Table of the share of new articles with each field, by week."""

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
    """Share of one field in one week, in percent."""

    text: str
    tooltip: str
    shade: int | None
    """From 0 (light) to ``SHADES``; None without articles."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field over the weeks."""

    name: str
    is_unwanted: bool
    has_finding: bool
    is_absent: bool
    """True if no article had it in any week."""
    cells: list[Cell]


def rows(weeks: Mapping[date, Total], with_finding: Collection[str]) -> list[Row]:
    """Return one row per counted field, unwanted ones last; ``with_finding``: fields."""
    counted = {name for total in weeks.values() for name in total.counted}
    ordered = [*FIELD_COVERAGE, *sorted(counted - FIELD_COVERAGE.keys())]
    return [
        Row(
            name=field_name(name),
            is_unwanted=name in UNWANTED,
            has_finding=name in with_finding,
            is_absent=name not in with_finding
            and not any(total.have[name] for total in weeks.values()),
            cells=[_cell(name, total) for total in weeks.values()],
        )
        for name in sorted(ordered, key=UNWANTED.__contains__)
        if name in counted
    ]


def _cell(name: str, total: Total) -> Cell:
    share = total.share(name)
    if share is None:
        return Cell("–", "새 기사 없음", None)
    tooltip = f"새 기사 {total.counted[name]}건 중 {total.have[name]}건"
    return Cell(f"{share:.0%}".rstrip("%"), tooltip, int(share * SHADES))
