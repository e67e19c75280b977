"""Monitors of the article texts: length of bodies, and lines repeated in many articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from math import exp, log, sqrt

from crawler.dates.utc import format_utc, parse_utc
from crawler.operate.monitors.history import DAY, HORIZONS, SLACK, History, day_of
from crawler.operate.monitors.judgement import Judged
from crawler.operate.monitors.rates import MIN_KNOWN
from crawler.operate.monitors.thresholds import Thresholds
from crawler.operate.run_stats.field_coverage import SIZES
from crawler.operate.run_stats.stats import Size
from crawler.store.articles.newest import Text

MIN_ARTICLES = 4
"""New articles below which their length is not judged."""
DEVIATIONS = 5
"""Standard errors by which the mean must differ."""

BOILERPLATE = ("boilerplate", "")
MIN_LINE_LENGTH, MIN_REPEATS, MIN_SHARE = 10, 3, 0.4
"""Boilerplate: a line of so many characters, in so many recent articles and in that share of them.
"""
RECENT_TEXTS, MAX_TEXTS = 12, 60
"""Recent: so many texts, or all of the last day. The texts before, up to ``MAX_TEXTS`` in all, must
not contain the line."""


def sizes(history: History, thresholds: Thresholds) -> Iterator[Judged]:
    """Judge the length of bodies, in characters and in paragraphs."""
    for name in SIZES:
        yield from _size(name, history, thresholds)


def _size(name: str, history: History, thresholds: Thresholds) -> Iterator[Judged]:
    for horizon in HORIZONS:
        usual = history.usual(horizon, "size", name)
        base = usual.sizes.get(name, Size())
        late = history.lately(horizon).sizes.get(name, Size())
        if base.number < MIN_KNOWN or late.number < MIN_ARTICLES:
            continue
        mean, spread = _mean(base), max(0.2, _deviation(base))
        off = _mean(late) - mean
        error = spread * sqrt(1 / base.number + 1 / late.number)
        if abs(off) < log(thresholds.size) or abs(off) < DEVIATIONS * error:
            if horizon == 1 and abs(off) < log(thresholds.size) / 2:
                yield Judged("size", name)
            return
        by_day = {day.date: day.stats.sizes.get(name, Size()) for day in history.days}
        bad = {
            day for day, size in by_day.items() if size.number and (_mean(size) - mean) / off > 0.5
        }
        facts = {"now": round(exp(_mean(late))), "usual": round(exp(mean)), "of": late.number}
        example = history.texts[0].url if history.texts else None
        yield Judged("size", name, True, history.since_when(bad), facts, example)
        return


def _mean(size: Size) -> float:
    return size.total / size.number


def _deviation(size: Size) -> float:
    return sqrt(max(0.0, size.squares / size.number - _mean(size) ** 2))


def boilerplate(history: History, _: Thresholds) -> Iterator[Judged]:
    """Judge if a line stands in many of the newest articles and in hardly any before them."""
    texts = sorted(history.texts, key=lambda text: text.fetched_at, reverse=True)
    a_day_ago = format_utc(parse_utc(history.last.started_at) - DAY + SLACK)
    number = max(RECENT_TEXTS, sum(text.fetched_at > a_day_ago for text in texts))
    recent, before = texts[:number], texts[number:]
    if len(recent) < MIN_REPEATS or len(before) < RECENT_TEXTS:
        return
    containing: dict[str, list[Text]] = defaultdict(list)
    for text in recent:
        for line in _lines(text):
            containing[line].append(text)
    earlier = Counter(line for text in before for line in _lines(text))
    is_known = any(to > history.last.started_at for _, to in history.unusual.get(BOILERPLATE, ()))
    for line, with_line in sorted(containing.items(), key=lambda item: -len(item[1])):
        is_old = earlier[line] > len(before) / 10
        if len(with_line) < max(MIN_REPEATS, MIN_SHARE * len(recent)) or (is_old and not is_known):
            continue
        facts = {"line": line[:80], "articles": len(with_line), "of": len(recent)}
        started_on = min(day_of(text.fetched_at) for text in with_line).isoformat()
        yield Judged("boilerplate", "", True, started_on, facts, with_line[0].url)
        return
    yield Judged("boilerplate")


def _lines(text: Text) -> set[str]:
    return {line for line in text.body.split("\n") if len(line) >= MIN_LINE_LENGTH}
