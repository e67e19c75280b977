"""Layout of the charts, in Korean; ``charts.html.jinja`` draws them as SVG.

Lengths are units of the SVG: one pixel on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays

from crawler.operate.status.axis import rounded, top
from crawler.operate.status.totals import WEEK, Total
from crawler.operate.status.words import day as in_korean

PITCH = 10.2
"""Distance from one day's bar to the next."""
HEIGHT, ABOVE, BELOW, LEFT, RIGHT = 88, 14, 30, 30, 6
"""Height of the bars, and margins around them."""
WEEK_PITCH = 35.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    x: float
    width: float
    height: float
    text: str
    """Tooltip."""
    label: str = ""
    """Text above the bar."""
    is_cut: bool = False
    """True if the value is higher than the chart."""
    is_off: bool = False
    """True on a weekend or holiday."""
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Layout of a bar chart."""

    text: str
    """The content in words, for screen readers."""
    width: float
    pitch: float
    bars: Sequence[Bar]
    axis: Sequence[tuple[float, str]] = ()
    """Heights and their labels on the left."""
    dates: Sequence[tuple[float, str]] = ()
    """Positions and their labels below."""
    height: int = HEIGHT
    above: int = ABOVE
    below: int = BELOW


def articles(days: Mapping[date, Total], number: int) -> Chart:
    """Return the chart of new articles per day over the last ``number`` days."""
    last_days = dict(list(days.items())[-number:])
    counts = [total.new for total in last_days.values()]
    highest = rounded(top(counts))
    bars = [
        Bar(
            x=round(LEFT + place * PITCH + 1, 1),
            width=round(PITCH - 2, 1),
            height=round(HEIGHT * min(1, total.new / highest), 1),
            text=_describe_day(when, total),
            is_cut=total.new > highest,
            label=str(total.new) if total.new > highest else "",
            is_off=when.weekday() >= 5 or when in _holidays(),
            has_failed=total.failed > 0,
        )
        for place, (when, total) in enumerate(last_days.items())
    ]
    width = LEFT + number * PITCH + RIGHT
    axis = [(HEIGHT, str(highest)), (HEIGHT / 2, str(highest // 2)), (0, "0")]
    dates = _dates([*last_days], PITCH, WEEK)
    return Chart(_describe_days(last_days, number), width, PITCH, bars, axis, dates)


def duplicates(weeks: Mapping[date, Total]) -> Chart:
    """Return the chart of the share of new articles that are duplicates, by week."""
    bars = [
        Bar(
            x=round(LEFT + place * WEEK_PITCH + 5, 1),
            width=WEEK_PITCH - 10,
            height=round(HEIGHT * (total.duplicate_share or 0), 1),
            text=f"{in_korean(when)}부터 한 주: 새 기사 {total.new}건 중 {total.duplicates}건",
            label="–" if total.duplicate_share is None else f"{total.duplicate_share:.0%}",
        )
        for place, (when, total) in enumerate(weeks.items())
    ]
    dates = _dates([*weeks], WEEK_PITCH, 1)
    shares = ", ".join(f"{day} {bar.label}" for (_, day), bar in zip(dates, bars, strict=True))
    width = LEFT + len(weeks) * WEEK_PITCH + RIGHT
    axis = [(HEIGHT, "100%"), (HEIGHT / 2, "50%"), (0, "0")]
    return Chart(f"주별 중복 비율: {shares}", width, WEEK_PITCH, bars, axis, dates)


def spark(days: Mapping[date, Total], number: int = 2 * WEEK) -> Chart:
    """Return a small chart without text."""
    counts = [total.new for total in days.values()][-number:]
    highest, height, pitch = top(counts), 24, 5.0
    bars = [
        Bar(place * pitch, pitch - 1.5, max(1.0, round(height * min(1, count / highest), 1)), "")
        for place, count in enumerate(counts)
    ]
    return Chart("", number * pitch, pitch, bars, height=height, above=0, below=0)


def _dates(days: list[date], pitch: float, every: int) -> list[tuple[float, str]]:
    """Return position and label of every ``every``-th day, counted back from the last."""
    return [
        (round(LEFT + (place + 0.5) * pitch, 1), f"{when.month}/{when.day}")
        for place, when in enumerate(days)
        if (len(days) - 1 - place) % every == 0
    ]


def _describe_day(when: date, total: Total) -> str:
    failed = f", 그중 실패 {total.failed}회" if total.failed else ""
    return f"{in_korean(when)}: 새 기사 {total.new}건, 수집 {total.runs}회{failed}"


def _describe_days(days: Mapping[date, Total], number: int) -> str:
    most = max(days, key=lambda when: days[when].new)
    new = sum(total.new for total in days.values())
    text = f"최근 {number}일 새 기사 {new}건, 하루 평균 {new / number:.1f}건"
    if new:
        text += f", 가장 많은 날 {in_korean(most)} {days[most].new}건"
    if failed := [in_korean(when) for when, total in days.items() if total.failed]:
        text += f", 실패한 수집이 있던 날: {', '.join(failed)}"
    return text


@cache
def _holidays() -> Mapping[date, str]:
    """Return the holidays of Korea; a year is computed at its first look-up."""
    return country_holidays("KR")
