"""How high a chart of counts is: one catch-up of thousands must not flatten all other days."""

from __future__ import annotations

from collections.abc import Sequence

OUTLIER = 3
"""So many times what nine tenths of the days stay under, a count is cut off."""

_STEPS = (2, 4, 6, 8, 10)

BLOCKS = "▂▃▄▅▆▇█"


def top(counts: Sequence[int]) -> int:
    """The highest count that is drawn whole; at least 1."""
    some = sorted(count for count in counts if count)
    if not some:
        return 1
    usual = some[round(0.9 * (len(some) - 1))]
    return some[-1] if some[-1] <= OUTLIER * usual else OUTLIER * usual


def rounded(highest: int) -> int:
    """The next number that reads well on an axis, and half of it, too."""
    ten = 1
    while ten * 10 < highest:
        ten *= 10
    return next(step * ten for step in _STEPS if step * ten >= highest)


def sparkline(counts: Sequence[int | None]) -> str:
    """A sign a day: ▂ to █, ▁ for none, · for a day without a look at it."""
    highest = top([count or 0 for count in counts])
    return "".join(_block(count, highest) for count in counts)


def _block(count: int | None, highest: int) -> str:
    if not count:
        return "·" if count is None else "▁"
    return BLOCKS[min(len(BLOCKS) - 1, (count * len(BLOCKS) - 1) // highest)]
