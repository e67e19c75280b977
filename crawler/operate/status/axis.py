"""Scale of a chart of counts: one day with thousands must not flatten all others."""

from __future__ import annotations

from collections.abc import Sequence

OUTLIER_FACTOR = 3
"""Multiple of the 90th percentile at which a count is cut off."""

_STEPS = (2, 4, 6, 8, 10)

BLOCKS = "▂▃▄▅▆▇█"


def top(counts: Sequence[int]) -> int:
    """Return the highest count that is drawn in full; at least 1."""
    positive = sorted(count for count in counts if count)
    if not positive:
        return 1
    usual = positive[round(0.9 * (len(positive) - 1))]
    return positive[-1] if positive[-1] <= OUTLIER_FACTOR * usual else OUTLIER_FACTOR * usual


def rounded(highest: int) -> int:
    """Return the next round number of which the half is round too, for an axis."""
    power = 1
    while power * 10 < highest:
        power *= 10
    return next(step * power for step in _STEPS if step * power >= highest)


def sparkline(counts: Sequence[int | None]) -> str:
    """Return one character per day: ▂ to █, ▁ for 0, · for a day without a run (None)."""
    highest = top([count or 0 for count in counts])
    return "".join(_block(count, highest) for count in counts)


def _block(count: int | None, highest: int) -> str:
    if not count:
        return "·" if count is None else "▁"
    return BLOCKS[min(len(BLOCKS) - 1, (count * len(BLOCKS) - 1) // highest)]
