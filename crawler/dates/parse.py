"""Reads a date as a Korean news page shows it. Rejects ambiguous text instead of guessing.

The known shapes are data: crawler/dates/patterns.py. So are texts that only look like dates, with
the reason: date_lookalikes.toml. dateparser reads English prose dates only: for Korean texts that
it cannot read it sometimes returns another day. A time without a zone is in Asia/Seoul.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

from crawler.dates.patterns import (
    CONTEXT,
    COUNT_WORDS,
    DAY_COUNT_WORDS,
    IMAGE_NAME,
    IMPRINT,
    LAST_RESORT,
    MODIFIED,
    MONTHS,
    NOT_BEFORE,
    NOT_BEHIND,
    PUBLISHED,
    SHAPES,
    Precision,
)

SEOUL = timezone(timedelta(hours=9), "KST")
"""Korea has had no summer time since 1988, and no date before 1990 is read."""

FIRST_YEAR = 1990
MAX_AHEAD = timedelta(days=1)
"""A day without a year that comes within this time may be meant, or the same day a year ago."""
MAX_CLOCK_SKEW = timedelta(minutes=10)
"""Clocks of servers differ by up to this: a clock alone that is so little ahead may be today's, or
yesterday's."""
RELATIVE = frozenset({"ago", "ago_in_words", "english_ago"})
"""Shapes that count back from the moment of reading."""
LATER = "later than the moment of reading"
"""The reason for which a moment that is still to come is rejected."""
LONG_LINE = 120
"""A line of at most this many characters may hold an unlabelled date anywhere, a longer one at its
end."""

CONTEXT_CHARS = 20
"""Characters before an unlabelled date in which a word can show that it is not a date."""

_WHOLE = tuple(shape.pattern for shape in SHAPES if shape.reach in ("line", "alone"))
_IN_LINE = tuple(shape.pattern for shape in SHAPES if shape.reach == "line")
_IN_PART = tuple(shape.pattern for shape in SHAPES if shape.reach == "part")
_PUBLISHED = tuple(shape.pattern for shape in SHAPES)
_MODIFIED = tuple(shape.pattern for shape in SHAPES if shape.reach != "label")
_PARTS = re.compile(r"\s*[|│ㅣ·]\s*|\s/\s|\s-\s|(?<=기자)\s")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad"))
_KOREAN = ("KST", "+09:00", "+0900")
_AGO = {
    "초": "seconds",
    "분": "minutes",
    "시간": "hours",
    "일": "days",
    "주": "weeks",
    "주일": "weeks",
}
_BACK = {"오늘": 0, "금일": 0, "어제": 1, "그저께": 2, "그제": 2}


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date with its precision: ``2024-09-11``, ``2024-09-11T09:14+09:00`` or with seconds."""

    value: str
    precision: Precision


@dataclass(frozen=True, slots=True)
class DateExplanation:
    """The date read from a text, or None, with the rule that decided and the reason."""

    value: str | None
    precision: Precision | None
    rule: str
    """The name of a shape or of a look-alike; ``english``: dateparser; ``none``."""
    reason: str


class DateRejected(ValueError):
    """A text has the shape of a date but is not credible; the message gives the reason."""


def read_date(text: str, now: datetime) -> ReadDate | None:
    """Return the date that a text shows, or None; published dates first, then the first one.

    ``now`` (aware) is the moment when the text was shown: it completes ``3시간 전``, ``09-11`` and
    ``14:05``, and a date later than it is rejected.
    """
    line = tidy(text)
    match = _find(line)
    try:
        return _judge(line, match, in_seoul(now))
    except DateRejected:
        return None


def explain_date(text: str, now: datetime) -> DateExplanation:
    """Return the same as `read_date`, with the rule that decided and its reason."""
    line = tidy(text)
    match = _find(line)
    rule, reason = _name(match) if match else ("english", "an English date and nothing else")
    try:
        read = _judge(line, match, in_seoul(now))
    except DateRejected as rejected:
        return DateExplanation(None, None, rule, str(rejected))
    if read is None:
        return DateExplanation(None, None, *lookalike_of(line))
    return DateExplanation(read.value, read.precision, rule, reason)


def read_row_date(text: str, shown_at: datetime) -> ReadDate | None:
    """Return the date in a list's row or a feed: as `read_date`, but no finer than it is shown.

    «3시간 전» is a day, «3일 전» counts days of the calendar, and «2주 전» is refused.
    """
    explanation = explain_date(text, shown_at)
    if explanation.value is None or explanation.precision is None:
        return None
    if explanation.rule in RELATIVE:
        return None if "주" in text else ReadDate(explanation.value[:10], "day")
    return ReadDate(explanation.value, explanation.precision)


def read_image_date(file_name: str, now: datetime) -> ReadDate | None:
    """Return the day in the name of a CHEditor upload, ``20210319101112_abc.jpg``: an estimate.

    The digits are the time of the upload in Korea: not before the drafting, rarely after
    publication.
    """
    match = IMAGE_NAME.search(file_name)
    return _known(match, now) if match else None


def in_seoul(moment: datetime) -> datetime:
    """Return Seoul's clock without its zone: the form of all moments from here on."""
    return moment.astimezone(SEOUL).replace(tzinfo=None)


def tidy(text: str) -> str:
    """Return a text on one line, with compatibility forms and invisible letters resolved."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return " ".join(text.split())


def _find(line: str) -> re.Match[str] | None:
    if whole := _match_whole(_WHOLE, line):
        return whole
    for label in PUBLISHED.finditer(line):
        if match := _match_at(_PUBLISHED, line, label.end()):
            return match
    first = _first_in(line)
    for label in MODIFIED.finditer(line):
        if first is not None and first.start() < label.end():
            break
        if match := _match_at(_MODIFIED, line, label.end()):
            return match
    if first is not None:
        return first
    matches = (_match_whole(_IN_PART, _unwrap(part)) for part in _PARTS.split(line))
    return next(filter(None, matches), None)


def _match_whole(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    for pattern in patterns:
        if match := pattern.fullmatch(text):
            return match
    return None


def _unwrap(part: str) -> str:
    return part[1:-1].strip() if part[:1] in "[(<" and part[-1:] in "])>" else part


def _first_in(line: str) -> re.Match[str] | None:
    matches = [match for pattern in _IN_LINE if (match := pattern.search(line))]
    return min(matches, key=re.Match.start, default=None)


def _match_at(
    patterns: tuple[re.Pattern[str], ...], line: str, position: int
) -> re.Match[str] | None:
    for pattern in patterns:
        if match := pattern.match(line, position):
            return match
    return None


def _name(match: re.Match[str]) -> tuple[str, str]:
    return next((shape.name, shape.why) for shape in SHAPES if shape.pattern is match.re)


def _judge(line: str, match: re.Match[str] | None, now: datetime) -> ReadDate | None:
    """Return the date of a match, or dateparser's without one; None if neither has one."""
    if match is None:
        return _use_dateparser(line, now)
    if where := _stands_wrong(line, match):
        raise DateRejected(CONTEXT[where])
    return complete(parts_of(match), now)


def _known(match: re.Match[str], now: datetime) -> ReadDate | None:
    try:
        return complete(parts_of(match), in_seoul(now))
    except DateRejected:
        return None


def _stands_wrong(line: str, match: re.Match[str]) -> str | None:
    """Return the key of CONTEXT that shows that a date is not the article's, or None."""
    if match.end() - match.start() == len(match.string):  # the line, or a part of it, is the date
        return None
    if behind := NOT_BEFORE.match(line, match.end()):
        return behind.lastgroup
    if line.find("다.", match.end()) >= 0:
        return "prose"
    if IMPRINT.search(line):
        return "imprint"
    rest = len(line) - match.end()
    before = NOT_BEHIND.search(line[max(0, match.start() - CONTEXT_CHARS) : match.start()])
    where = before.lastgroup if before else "long" if len(line) > LONG_LINE < rest * 10 else None
    return where if where and not (PUBLISHED.search(line) or MODIFIED.search(line)) else None


def parts_of(match: re.Match[str]) -> dict[str, str]:
    """Return the named parts of a shape that the text shows."""
    return {name: text for name, text in match.groupdict().items() if text}


def complete(part: dict[str, str], now: datetime) -> ReadDate:
    """Complete the parts of a shape from ``now``. Raises DateRejected for an impossible moment."""
    if "ago" in part or "days" in part:
        return _ago(part, now)
    if part.get("word", "").startswith("방금"):
        return checked(now, "minute", now)
    clock = clock_of(part)
    try:
        moment = datetime.combine(_day(part, clock or time(), now), clock or time())
        if (zone := part.get("z")) and zone not in _KOREAN:
            moment = in_seoul(moment.replace(tzinfo=_zone(zone)))
    except DateRejected:
        raise
    except (ValueError, OverflowError) as error:
        raise DateRejected("no such day") from error
    if clock is None:
        return checked(moment, "day", now)
    return checked(moment, "second" if "s" in part or "s2" in part else "minute", now)


def _ago(part: dict[str, str], now: datetime) -> ReadDate:
    if "days" in part:
        return checked(now - timedelta(days=DAY_COUNT_WORDS[part["days"]]), "day", now)
    unit = part.get("unit", "시간")
    number = COUNT_WORDS.get(part["ago"]) or int(part["ago"])
    then = now - timedelta(**{_AGO[unit]: number}) - timedelta(minutes=int(part.get("minutes", 0)))
    if unit in "일주일":
        return checked(then, "day", now)
    rounding = timedelta(**{_AGO["분" if "minutes" in part else unit]: 1})
    if (then - rounding).date() != then.date():
        raise DateRejected("it may be either side of midnight")
    return checked(then, "minute", now)


def checked(moment: datetime, precision: Precision, now: datetime) -> ReadDate:
    """Return a moment to its precision. Raises DateRejected outside 1990 to ``now``."""
    if moment.year < FIRST_YEAR:
        raise DateRejected(f"before {FIRST_YEAR}")
    if moment > now:
        raise DateRejected(LATER)
    if precision == "day":
        return ReadDate(moment.date().isoformat(), precision)
    unit = "seconds" if precision == "second" else "minutes"
    return ReadDate(f"{moment.isoformat(timespec=unit)}+09:00", precision)


def _day(part: dict[str, str], clock: time, now: datetime) -> date:
    if "word" in part:
        return now.date() - timedelta(days=_BACK[part["word"]])
    if "d" not in part:
        return _day_of_clock(datetime.combine(now.date(), clock), now)
    month = int(part["m"]) if "m" in part else MONTHS.index(part["mon"]) + 1
    day = int(part["d"])
    if "y" in part:
        return date(int(part["y"]), month, day)
    if "yy" in part:
        short = int(part["yy"])
        return date(short + (1900 if short >= FIRST_YEAR % 100 else 2000), month, day)
    for year in range(now.year + 1, now.year - 9, -1):  # 29 February may lie eight years back
        try:
            moment = datetime.combine(date(year, month, day), clock)
        except ValueError:
            continue
        if moment <= now:
            return moment.date()
        if moment <= now + MAX_AHEAD:
            raise DateRejected("it may be a year old, or of the coming day")
    raise ValueError(f"no such day: {month}-{day}")


def _day_of_clock(moment: datetime, now: datetime) -> date:
    """Return the day of a clock alone: the newest past moment."""
    if moment <= now:
        return moment.date()
    if moment <= now + MAX_CLOCK_SKEW:
        raise DateRejected("it may be yesterday's, or the clocks differ")
    return moment.date() - timedelta(days=1)


def clock_of(part: dict[str, str]) -> time | None:
    """Return the time of day of the parts, or None. Raises DateRejected."""
    if "h" not in part:
        return None
    hour = int(part["h"])
    half = (part.get("a") or part.get("a2", "")).replace(".", "").upper()
    if half in ("오전", "AM"):
        if hour > 12:
            raise DateRejected("no such hour before noon")
        hour %= 12
    elif half in ("오후", "PM") and hour <= 12:
        hour = hour % 12 + 12
    minute, second = part.get("mi") or part.get("mi2"), part.get("s") or part.get("s2")
    try:
        return time(hour, int(minute or 0), int(second or 0))
    except ValueError as error:
        raise DateRejected("no such time of day") from error


def _zone(text: str) -> timezone:
    text = re.sub(r"^(?:GMT|UTC|UT|Z)\s?", "", text).replace(":", "")
    if not text:
        return UTC
    hours, minutes = (text[1:-2], text[-2:]) if len(text) > 3 else (text[1:], "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if text[0] == "-" else offset)


@cache
def _lookalikes() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return pattern, rule and reason of each look-alike, in the order of the file."""
    table = tomllib.loads(Path(__file__).with_name("date_lookalikes.toml").read_text("utf-8"))
    return tuple((re.compile(row["match"]), row["rule"], row["why"]) for row in table["lookalike"])


def lookalike_of(line: str) -> tuple[str, str]:
    """Return the rule and the reason for a line without any shape of a date."""
    for pattern, rule, reason in _lookalikes():
        if pattern.search(line[:LONG_LINE]):
            return rule, reason
    return "none", "nothing in it has the shape of a date"


def _use_dateparser(line: str, now: datetime) -> ReadDate | None:
    """Read a line that is an English date and nothing else, as the last resort.

    With these settings dateparser 1.5 gave no wrong day on 68 Korean strings; no other settings
    did. Of 1,776 English dates of the one form that is let through, none was wrong.
    """
    match = LAST_RESORT.fullmatch(line)
    if match is None:
        return None
    line = match["date"]
    import dateparser  # 0.1 s and 20 MB that most crawls never need

    moment = dateparser.parse(
        line,
        languages=["ko", "en"],
        settings={
            "TIMEZONE": "Asia/Seoul",
            "TO_TIMEZONE": "Asia/Seoul",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RELATIVE_BASE": now,
            "IGNORE_SURROUNDING_TEXT": True,
            "REQUIRE_PARTS": ["year", "month", "day"],
            "PARSERS": ["absolute-time"],
        },
    )
    if moment is None:
        return None
    clock = re.search(r"\d:\d\d(?P<s>:\d\d)?", line)
    precision: Precision = "day" if clock is None else "second" if clock["s"] else "minute"
    return checked(in_seoul(moment), precision, now)
