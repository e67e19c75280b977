"""The texts themselves: as long as usual? does one line stand in all of them?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from math import exp, log, sqrt

from crawler.dates.utc import format_utc, parse_utc
from crawler.operate.monitors.history import DAY, HORIZONS, SLACK, History, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.rates import KNOWN
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.field_coverage import SIZES
from crawler.operate.run_stats.tally import Size
from crawler.store.articles.newest import Text

FEW = 4
"""Articles without which nothing is said of their length."""
DEVIATIONS = 5
"""By how many of its own standard errors the mean has to be off."""

BOILERPLATE = ("boilerplate", "")
LINE, TIMES, IN_MANY = 10, 3, 0.4
"""A line that long, in so many articles of late and in that share of them, is boilerplate."""
LATE, TEXTS = 12, 60
"""The newest texts in which it is looked for, or all of a day; in those before, so many in all, it
must not have been."""


def sizes(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Bodies that are much longer or shorter than usual, or have more or fewer paragraphs."""
    for name in SIZES:
        yield from _size(name, history, thresholds)


def _size(name: str, history: History, thresholds: Thresholds) -> Iterator[Judged]:
    for horizon in HORIZONS:
        usual = history.usual(horizon, "size", name)
        base = usual.sizes.get(name, Size())
        late = history.lately(horizon).sizes.get(name, Size())
        if base.number < KNOWN or late.number < FEW:
            continue
        mean, spread = _mean(base), max(0.2, _deviation(base))
        off = _mean(late) - mean
        error = spread * sqrt(1 / base.number + 1 / late.number)
        if abs(off) < log(thresholds.size) or abs(off) < DEVIATIONS * error:
            if horizon == 1 and abs(off) < log(thresholds.size) / 2:
                yield Judged("size", name)
            return
        by_day = {day.date: day.tally.sizes.get(name, Size()) for day in history.days}
        bad = {day for day, one in by_day.items() if one.number and (_mean(one) - mean) / off > 0.5}
        facts = {"now": round(exp(_mean(late))), "usual": round(exp(mean)), "of": late.number}
        example = history.texts[0].url if history.texts else None
        yield Judged("size", name, True, history.since_when(bad), facts, example)
        return


def _mean(size: Size) -> float:
    return size.total / size.number


def _deviation(size: Size) -> float:
    return sqrt(max(0.0, size.squares / size.number - _mean(size) ** 2))


def boilerplate(history: History, _: Thresholds) -> Iterator[Judged]:
    """A line that stands in many of the newest articles and in hardly any before them."""
    texts = sorted(history.texts, key=lambda text: text.fetched_at, reverse=True)
    a_day_ago = format_utc(parse_utc(history.last.started_at) - DAY + SLACK)
    number = max(LATE, sum(text.fetched_at > a_day_ago for text in texts))
    late, before = texts[:number], texts[number:]
    if len(late) < TIMES or len(before) < LATE:
        return
    where: dict[str, list[Text]] = defaultdict(list)
    for text in late:
        for line in _lines(text):
            where[line].append(text)
    earlier = Counter(line for text in before for line in _lines(text))
    is_known = any(to > history.last.started_at for _, to in history.unusual.get(BOILERPLATE, ()))
    for line, shown in sorted(where.items(), key=lambda one: -len(one[1])):
        is_old = earlier[line] > len(before) / 10
        if len(shown) < max(TIMES, IN_MANY * len(late)) or (is_old and not is_known):
            continue
        facts = {"line": line[:80], "articles": len(shown), "of": len(late)}
        began = min(day_of(text.fetched_at) for text in shown).isoformat()
        yield Judged("boilerplate", "", True, began, facts, shown[0].url)
        return
    yield Judged("boilerplate")


def _lines(text: Text) -> set[str]:
    return {line for line in text.body.split("\n") if len(line) >= LINE}
