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
    PAGE_CLOCK,
    PUBLISHED,
    SHAPES,
    Precision,
)

SEOUL = timezone(timedelta(hours=9), "KST")
"""Korea has had no summer time since 1988, and no date before 1990 is read."""

FIRST_YEAR = 1990
MAX_AHEAD = timedelta(days=1)
"""A date may lie this far ahead of now: servers' clocks differ, embargoes are shown early."""
MAX_CLOCK_SKEW = timedelta(minutes=10)
"""A row without a year may lie this far ahead before it is taken for last year's."""
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
_BACK = {"오늘": 0, "어제": 1, "그저께": 2, "그제": 2}


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
    ``14:05``, and a date more than a day ahead of it is rejected.
    """
    line = _tidy(text)
    match = _find(line)
    try:
        return _judge(line, match, _in_seoul(now))
    except DateRejected:
        return None


def explain_date(text: str, now: datetime) -> DateExplanation:
    """Return the same as `read_date`, with the rule that decided and its reason."""
    line = _tidy(text)
    match = _find(line)
    rule, reason = _name(match) if match else ("english", "an English date and nothing else")
    try:
        read = _judge(line, match, _in_seoul(now))
    except DateRejected as rejected:
        return DateExplanation(None, None, rule, str(rejected))
    if read is None:
        return DateExplanation(None, None, *_lookalike(line))
    return DateExplanation(read.value, read.precision, rule, reason)


def read_modified(text: str, now: datetime) -> ReadDate | None:
    """Return the date after a label such as 수정 or 최종편집, or None.

    The clock in the head of a page is not a date of modification.
    """
    line = _tidy(text)
    if PAGE_CLOCK.fullmatch(line):
        return None
    for label in MODIFIED.finditer(line):
        match = _match_at(_MODIFIED, line, label.end())
        if match and not NOT_BEFORE.match(line, match.end()):
            return _known(match, now)
    return None


def read_image_date(file_name: str, now: datetime) -> ReadDate | None:
    """Return the day in the name of a CHEditor upload, ``20210319101112_abc.jpg``: an estimate.

    The digits are the time of the upload in Korea: not before the drafting, rarely after
    publication.
    """
    match = IMAGE_NAME.search(file_name)
    return _known(match, now) if match else None


def has_publication_label(text: str) -> bool:
    """Return True if a label such as 입력, 등록 or 승인 stands before a value."""
    return PUBLISHED.search(_tidy(text)) is not None


def only_modified(text: str) -> bool:
    """Return True if the date that `read_date` finds is a modification: 수정 without 입력."""
    line = _tidy(text)
    label = MODIFIED.search(line)
    if label is None or PUBLISHED.search(line):
        return False
    first = _first_in(line)
    return first is None or label.end() <= first.start()


def is_page_clock(text: str) -> bool:
    """Return True for the clock in the head of a page: the day of the visit, no publication."""
    return PAGE_CLOCK.fullmatch(_tidy(text)) is not None


def _in_seoul(moment: datetime) -> datetime:
    """Return Seoul's clock without its zone: the form of all moments from here on."""
    return moment.astimezone(SEOUL).replace(tzinfo=None)


def _tidy(text: str) -> str:
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
    return _understand(match, now)


def _known(match: re.Match[str], now: datetime) -> ReadDate | None:
    try:
        return _understand(match, _in_seoul(now))
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


def _understand(match: re.Match[str], now: datetime) -> ReadDate:
    """Complete the parts of a shape from ``now``. Raises DateRejected for an impossible moment."""
    part: dict[str, str] = {name: text for name, text in match.groupdict().items() if text}
    if "ago" in part or "days" in part:
        return _ago(part, now)
    if part.get("word", "").startswith("방금"):
        return _checked(now, "minute", now)
    clock = _clock(part)
    try:
        moment = datetime.combine(_day(part, clock or time(), now), clock or time())
        if (zone := part.get("z")) and zone not in _KOREAN:
            moment = _in_seoul(moment.replace(tzinfo=_zone(zone)))
    except (ValueError, OverflowError) as error:
        raise DateRejected("no such day") from error
    if clock is None:
        return _checked(moment, "day", now)
    return _checked(moment, "second" if "s" in part or "s2" in part else "minute", now)


def _ago(part: dict[str, str], now: datetime) -> ReadDate:
    if "days" in part:
        return _checked(now - timedelta(days=DAY_COUNT_WORDS[part["days"]]), "day", now)
    unit = part.get("unit", "시간")
    number = COUNT_WORDS.get(part["ago"]) or int(part["ago"])
    then = now - timedelta(**{_AGO[unit]: number}) - timedelta(minutes=int(part.get("minutes", 0)))
    return _checked(then, "day" if unit in "일주일" else "minute", now)


def _checked(moment: datetime, precision: Precision, now: datetime) -> ReadDate:
    if moment.year < FIRST_YEAR:
        raise DateRejected(f"before {FIRST_YEAR}")
    if moment > now + MAX_AHEAD:
        raise DateRejected("more than a day ahead of now")
    if precision == "day":
        return ReadDate(moment.date().isoformat(), precision)
    unit = "seconds" if precision == "second" else "minutes"
    return ReadDate(f"{moment.isoformat(timespec=unit)}+09:00", precision)


def _day(part: dict[str, str], clock: time, now: datetime) -> date:
    if "word" in part:
        return now.date() - timedelta(days=_BACK[part["word"]])
    if "d" not in part:
        return now.date()
    month = int(part["m"]) if "m" in part else MONTHS.index(part["mon"]) + 1
    day = int(part["d"])
    if "y" in part:
        return date(int(part["y"]), month, day)
    if "yy" in part:
        short = int(part["yy"])
        return date(short + (1900 if short >= FIRST_YEAR % 100 else 2000), month, day)
    for year in range(now.year, now.year - 9, -1):  # 29 February may lie eight years back
        try:
            moment = datetime.combine(date(year, month, day), clock)
        except ValueError:
            continue
        if moment <= now + MAX_CLOCK_SKEW:
            return moment.date()
    raise ValueError(f"no such day: {month}-{day}")


def _clock(part: dict[str, str]) -> time | None:
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
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


@cache
def _lookalikes() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return pattern, rule and reason of each look-alike, in the order of the file."""
    table = tomllib.loads(Path(__file__).with_name("date_lookalikes.toml").read_text("utf-8"))
    return tuple((re.compile(row["match"]), row["rule"], row["why"]) for row in table["lookalike"])


def _lookalike(line: str) -> tuple[str, str]:
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
    return _checked(_in_seoul(moment), precision, now)
