"""Reads the head lines of article pages: «입력 2025.06.03 09:00 | 수정 2025.06.03 09:30 정치부 …».

A moment counts by the label beside it, or by the other words of its line if it has no label.
Labels, refusals and harmless words are data: head_lines.toml; so are the shapes of moments:
patterns.py. A line that does not say whose moment it shows gives none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from crawler.dates.head_words import NEAR, PARTS, Label, Scope, head_words, kinds_of_words
from crawler.dates.parse import (
    RELATIVE,
    DateRejected,
    ReadDate,
    checked,
    complete,
    in_seoul,
    lookalike_of,
    parts_of,
    tidy,
)
from crawler.dates.patterns import (
    CONTEXT,
    COUNT_WORDS,
    DAY_COUNT_WORDS,
    HEAD_SHAPES,
    MONTHS,
    NOT_BEFORE,
    NOT_BEHIND,
    ROMAN_MONTHS,
    SHAPES,
    Shape,
)

LONGEST = 500
"""Characters of a line that are read; no head line is as long."""
RECENT = timedelta(days=31)
"""A date without a year counts if it lies within this time before the fetch."""
JUST_NOW = timedelta(minutes=5)
"""«방금» lies at most this far back."""
VISIT = timedelta(minutes=5)
"""A moment without a label this near to the fetch may be the clock of the site."""


_ALL_SHAPES = (*SHAPES, *HEAD_SHAPES)
_ONLY_LABELLED = {
    "compact",
    "two_digit_year_short",
    "no_year",
    "no_year_labelled",
    "dangi",
    "year_first_rare_mark",
}
"""Shapes that other numbers have too: they need a label, or a page that vouches for the line."""
_FAR_AHEAD = datetime.fromisoformat("9999-12-31T23:59:59")
_MAY_SHOW = re.compile(r"\d|전|오늘|금일|어제|그저?[께제]|방금|(?i:ago|now|yesterday|today)")
_FIRST_LETTER = re.compile(r"[가-힣]")
_HANJA = str.maketrans("年月日時分秒火水木金土", "년월일시분초화수목금토")
_GLUED = re.compile(
    r"(?<=[가-힣])=(?=['’‘]?[\dA-Z])|(?<=[a-z ](?:ed|on|at|te))=?"
    r"(?=(?:19|20)\d\d[-./년\d]|\d\d[-./]\d\d|[A-Z][a-z]{2}\s\d)"
)
_LUNAR = re.compile(r"[(\[]\s?음(?:력)?\.?\s?\d[^)\]]{0,15}[)\]]")
_WORD_BEFORE = re.compile(r"([\w.+@-]{1,30})\s?$")
_ISSUE = re.compile(r"\d\s?[호면](?![가-힣])|지면|호수|통권|지령|제\s?\d+\s?권")
_UNIT = {"second": "초", "minute": "분", "min": "분", "hour": "시간", "hr": "시간", "day": "일"}
_SPAN = {"초": timedelta(seconds=1), "분": timedelta(minutes=1), "시간": timedelta(hours=1)}
_FIRST_OF_ALL = re.compile(r"최초|첫|(?i:first)")
_UPDATE = re.compile(r"업데이트|(?i:updated?)")
_WEEKDAY_ALONE = re.compile(r"[월화수목금토일](?:요일|\s?[)\]}>】〕])\s*$|[월화수목금토일]요일")
_SECONDS_RUN = re.compile(r"[월화수목금토일]요일.{0,8}:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class HeadLine:
    """The moments that a head line gives, with the rule that decided and its reason."""

    published: ReadDate | None
    modified: ReadDate | None
    rule: str
    reason: str


@dataclass(slots=True)
class Moment:
    """A moment that a line shows, not completed yet."""

    match: re.Match[str]
    shape: Shape
    label: Label | None = None

    @property
    def start(self) -> int:
        """The first character in the line."""
        return self.match.start()

    @property
    def end(self) -> int:
        """The end in the line, behind the last character."""
        return self.match.end()

    @property
    def has_clock(self) -> bool:
        """True if the line shows a time of day."""
        return bool(self.match.groupdict().get("h"))

    @property
    def is_clock(self) -> bool:
        """True if the line shows nothing but a time of day."""
        return self.shape.name == "clock"


def read_head_line(line: str, fetched_at: datetime | None, *, located: bool = False) -> HeadLine:
    """Return the moments of publication and of the last change that a line shows.

    ``fetched_at`` (aware) is the moment when the page was fetched, or None if it is unknown: then
    relative moments and dates without a year are refused. No moment later than it is ever given.
    ``located``: the page's markup says that this is the line of the article's date, so unknown
    words beside a moment do not matter. Pure; any text is read, in time linear in its length.
    """
    whole = _GLUED.sub(" ", _LUNAR.sub(" ", tidy(line).translate(_HANJA)))
    text = whole[:LONGEST]
    moments = _moments(text)
    if not moments:
        return HeadLine(None, None, *lookalike_of(text))
    return _Reader(text, moments, fetched_at, located, is_cut=len(whole) > LONGEST).read()


_Given = tuple[ReadDate, Moment]
"""A date, and the moment of the line that it was read from."""


class _Reader:
    """One line on its way to a HeadLine."""

    def __init__(
        self,
        text: str,
        moments: Sequence[Moment],
        fetched_at: datetime | None,
        located: bool,
        is_cut: bool,
    ) -> None:
        self.text = text
        self.moments = moments
        self.fetched = in_seoul(fetched_at) if fetched_at else None
        self.located = located
        self.is_cut = is_cut
        self.refusals: list[tuple[str, str]] = []

    def read(self) -> HeadLine:
        """Return the line's moments."""
        if self._is_refused_by("all"):
            return self._result(None, None)
        _set_labels(self.text, self.moments)
        published = self._pick(self._labelled("published"), first=True)
        modified = self._pick(self._labelled("modified"), first=False)
        if not any(moment.label and moment.label.role == "published" for moment in self.moments):
            published = self._pick(list(self._unlabelled()), first=True)
        if modified and not published and self._is_of_a_menu(modified[1]):
            modified = None
        return self._result(published, modified)

    def _result(self, published: _Given | None, modified: _Given | None) -> HeadLine:
        given = published or modified
        if given is None:
            rule, reason = self.refusals[0] if self.refusals else lookalike_of(self.text)
            return HeadLine(None, None, rule, reason)
        label, shape = given[1].label, given[1].shape
        rule, reason = ("label", label.why) if label else (shape.name, shape.why)
        return HeadLine(published and published[0], modified and modified[0], rule, reason)

    def _is_refused_by(self, scope: Scope) -> bool:
        for rule, row_scope, pattern, why in head_words().refusals:
            if row_scope == scope and pattern.search(self.text):
                self.refusals.append((rule, why))
                return True
        return False

    def _pick(self, moments: list[Moment], *, first: bool) -> _Given | None:
        """Return the first or the last moment that can be completed."""
        for moment in moments if first else reversed(moments):
            try:
                return self._complete(moment), moment
            except DateRejected as rejected:
                self.refusals.append((moment.shape.name, str(rejected)))
        return None

    def _labelled(self, role: str) -> list[Moment]:
        """Return the moments whose label has the role and is believed; 최초 before all others."""
        believed = []
        for moment in self.moments:
            label = moment.label
            if label is None:
                continue
            if label.role not in ("published", "modified"):
                self.refusals.append(("label", label.role))
            elif label.role == role and self._is_believed(moment, label):
                believed.append(moment)
        return sorted(believed, key=lambda m: not (m.label and _FIRST_OF_ALL.search(m.label.text)))

    def _is_believed(self, moment: Moment, label: Label) -> bool:
        if where := self._stands_wrong(moment):
            self.refusals.append(("context", CONTEXT[where]))
            return False
        if label.role == "published" and not moment.has_clock and self._is_of_an_issue(moment):
            self.refusals.append(("issue", "the day of the printed paper"))
            return False
        if self.located:
            return True
        if label.needs_known_words:
            if self._unknown():
                self.refusals.append(("sentence", "part of a sentence, or of another line"))
            return not self._unknown()
        if label.strong:
            return True
        before = self.text[max(self._end_before(moment), label.start - NEAR) : label.start]
        word = _WORD_BEFORE.search(before)
        words = head_words()
        if word is None or words.is_known(word[1]) or word[1].isdigit():
            return True
        known = kinds_of_words(PARTS.split(before)[-1:], strict=True)
        if known is not None and "outlet" not in known:
            return True
        is_glued = before[-1:].strip() != ""
        if moment.has_clock and ((label.clocked and is_glued) or words.is_outlet(word[1])):
            return True
        if label.role == "modified" and (self._end_before(moment) or words.is_outlet(word[1])):
            return True
        self.refusals.append(("label", "another word before the label says what else it is of"))
        return False

    def _end_before(self, moment: Moment) -> int:
        return max((other.end for other in self.moments if other.end <= moment.start), default=0)

    def _is_of_an_issue(self, moment: Moment) -> bool:
        """Return True for the day of the printed paper: «발행일 2024.12.04 제1240호»."""
        label = moment.label.text if moment.label else ""
        if not re.search(r"발행|게재|게시|Issued|issued", label):
            return False
        return _ISSUE.search(self.text) is not None

    def _unlabelled(self) -> Iterator[Moment]:
        """Yield the moments without a label whose line says that they are the article's."""
        moments = [m for m in self.moments if m.label is None and not m.is_clock]
        if not moments:
            if any(m.is_clock for m in self.moments):
                self.refusals.append(("clock", "a time without a day"))
            return
        if self._is_refused_by("unlabelled"):
            return
        if len(moments) > 1 and any(m.shape.name in ("day_word", "english_ago") for m in moments):
            self.refusals.append(("site_clock", "a day and the word for it: the clock of the site"))
            return
        known = kinds_of_words(self._residue(), strict=not self.located)
        if known is None or self.is_cut or len(moments) > 2:
            self.refusals.append(("words", "no label, and unknown words beside it"))
            return
        if known.get("section", 0) > 2 and "person" not in known:
            self.refusals.append(("site_clock", "among names of sections: a menu"))
            return
        for moment in moments:
            if where := self._stands_wrong(moment):
                self.refusals.append(("context", CONTEXT[where]))
            elif reason := self._is_of_the_site(moment, known):
                self.refusals.append(("site_clock", reason))
            else:
                yield moment

    def _is_of_a_menu(self, moment: Moment) -> bool:
        """Return True for a last change among menu words: one of 업데이트, two of other labels."""
        pattern = head_words().menu
        is_update = moment.label is not None and _UPDATE.search(moment.label.text)
        hits = sum(1 for _ in islice(pattern.finditer(self.text), 2))
        return hits > (0 if is_update else 1) and self._is_refused_by("update")

    def _is_of_the_site(self, moment: Moment, known: Counter[str]) -> str | None:
        """Return why a moment without a label may be the page's own, or None."""
        shown = self.text[moment.start : moment.end]
        if "person" in known:
            return None
        if (not moment.has_clock and _WEEKDAY_ALONE.search(shown)) or _SECONDS_RUN.search(shown):
            return "day and weekday: the clock of the site"
        if self.located:
            return None
        if self._is_of_the_visit(moment):
            return "the moment of the fetch: the clock of the site"
        if "outlet" in known:
            return "the name of an outlet and a date: a masthead"
        if moment.shape.name in _ONLY_LABELLED:
            return "numbers that need a label"
        if moment.shape.name == "day_word" and not moment.has_clock and "방금" not in shown:
            return "a word that needs a label or a clock"
        if moment.shape.name in ("two_digit_year", "no_year_hangul") and not moment.has_clock:
            return "numbers that need a label or a clock"
        return None

    def _is_of_the_visit(self, moment: Moment) -> bool:
        """Return True for a moment a few minutes before the fetch, or its bare day."""
        if self.fetched is None or moment.shape.name in RELATIVE | {"day_word"}:
            return False
        try:
            read = self._complete(moment)
        except DateRejected:
            return False
        shown = datetime.fromisoformat(read.value).replace(tzinfo=None)
        if moment.has_clock:
            return self.fetched - shown < VISIT
        return shown.date() == self.fetched.date() and self.text.strip("[]() .") == moment.match[0]

    def _stands_wrong(self, moment: Moment) -> str | None:
        """Return the key of CONTEXT that shows that the moment is another's, or None."""
        label = moment.label
        if label and label.start >= moment.end:
            return None
        if behind := NOT_BEFORE.match(self.text, moment.end):
            return behind.lastgroup
        if label:
            return None
        before = NOT_BEHIND.search(self.text[max(0, moment.start - 20) : moment.start])
        if before and before.lastgroup == "label" and self.located:
            return None
        return before.lastgroup if before else None

    def _unknown(self) -> bool:
        return kinds_of_words(self._residue(), strict=True) is None

    def _residue(self) -> list[str]:
        """Return the parts of the line without its moments and their labels."""
        spans = [(m.start, m.end) for m in self.moments]
        spans += [(m.label.start, m.label.end) for m in self.moments if m.label]
        parts, at = [], 0
        for start, end in sorted(spans):
            parts.append(self.text[at:start])
            at = max(at, end)
        return [*parts, self.text[at:]]

    def _complete(self, moment: Moment) -> ReadDate:
        """Return the moment with all its parts. Raises DateRejected."""
        part = parts_of(moment.match)
        if moment.is_clock:
            raise DateRejected("a time without a day")
        if "ambiguous" in part:
            raise DateRejected("the year may stand at either end")
        now = self.fetched
        is_relative = moment.shape.name in RELATIVE or "word" in part or "english_day" in part
        is_short = "d" in part and not part.keys() & {"y", "yy", "dangi", "y2"}
        if now is None:
            if is_relative or is_short:
                raise DateRejected("the moment of the fetch, which it is counted from, is unknown")
            now = _FAR_AHEAD
        is_span = moment.shape.name in RELATIVE and "english_day" not in part
        if is_span or part.get("word", "").startswith("방금"):
            return _ago(part, now, by_calendar=self.located)
        read = complete(_absolute(part), now)
        if is_short and now - datetime.fromisoformat(read.value).replace(tzinfo=None) > (
            RECENT + (timedelta() if moment.has_clock else timedelta(days=1))
        ):
            raise DateRejected("without a year, and more than 31 days before the fetch")
        return read


def _moments(text: str) -> list[Moment]:
    """Return the moments of a line, from left to right; none overlaps another."""
    if not _MAY_SHOW.search(text):
        return []
    found = []
    for shape in _ALL_SHAPES:
        if shape.name == "clock_first":
            continue
        for match in shape.pattern.finditer(text):
            if _has_edges(text, match, shape):
                found.append(Moment(match, shape))
    found.sort(key=lambda moment: (moment.start, -moment.end))
    moments: list[Moment] = []
    for moment in found:
        if not moments or moment.start >= moments[-1].end:
            moments.append(moment)
    return moments


def _has_edges(text: str, match: re.Match[str], shape: Shape) -> bool:
    """Return True if a match is no part of a longer number or word."""
    start, end = match.span()
    before, behind = text[max(0, start - 2) : start], text[end : end + 1]
    if before[-1:].isdigit() or re.fullmatch(r"\d[-.,/:]", before):
        return False
    if match[0][0].isdigit() and re.search(r"[A-Za-z_]$", before):
        return before[-1:] == "l"  # a bar
    if not match[0][0].isdigit() and _is_hangul(match[0][0]) and _is_hangul(before[-1:]):
        return match[0].startswith(("오전", "오후"))
    if shape.name in RELATIVE or shape.name == "day_word":
        # «오늘 2024.09.11», «Today: 2024.09.11»: one moment and its label
        is_label = re.match(r"\s?:?\s?(?:19|20)\d\d", text[end : end + 8])
        return not _is_hangul(behind) and not is_label
    return True


def _is_hangul(text: str) -> bool:
    return _FIRST_LETTER.match(text) is not None


def _set_labels(text: str, moments: Sequence[Moment]) -> None:
    """Give each moment the label before or behind it; a label between two belongs to one.

    It belongs to the second, unless no label stands before the first and one behind the last.
    """
    table = head_words()
    starts = [0, *(moment.end for moment in moments)]
    ends = [*(moment.start for moment in moments), len(text)]
    before = [table.before(text, start, end) for start, end in zip(starts, ends[:-1], strict=False)]
    behind = [
        table.behind(text, start, end) for start, end in zip(starts[1:], ends[1:], strict=False)
    ]
    is_behind = before[0] is None and behind[-1] is not None
    for index in range(len(moments) - 1):
        first, second = behind[index], before[index + 1]
        if first and second and first.start < second.end and second.start < first.end:
            if is_behind:
                before[index + 1] = None
            else:
                behind[index] = None
    for moment, one, other in zip(moments, before, behind, strict=True):
        moment.label = one or other
    pairs = [moment for moment in moments if moment.label and moment.label.pair]
    if len({moment.label.role for moment in pairs if moment.label}) < 2:
        for moment, other in zip(moments, behind, strict=True):
            if moment in pairs:
                moment.label = other


def _ago(part: dict[str, str], now: datetime, *, by_calendar: bool) -> ReadDate:
    """Return the day of «3시간 전»; raise DateRejected if its span holds two days.

    The span is a unit to either side, since some sites round up, others down.

    ``by_calendar``: «3일 전» counts days of the calendar; otherwise it is refused, as it may count
    24 hours. Weeks and more are always refused.
    """
    if "word" in part:
        first, last = now - JUST_NOW, now
    else:
        unit = part.get("unit") or _UNIT.get(part.get("english_unit", "").lower(), "시간")
        text = part.get("ago") or part.get("number") or part["days"]
        number = COUNT_WORDS.get(text) or DAY_COUNT_WORDS.get(text) or _number(text)
        if by_calendar and ("days" in part or unit == "일"):
            return checked(now - timedelta(days=number), "day", now)
        if "days" in part or unit not in _SPAN:
            raise DateRejected("counted in days or longer: the span holds two days")
        shown = now - number * _SPAN[unit] - timedelta(minutes=int(part.get("minutes", 0)))
        rounding = _SPAN["분"] if "minutes" in part else _SPAN[unit]
        first, last = shown - rounding, min(shown + rounding, now)
    if first.date() != last.date():
        raise DateRejected("it may be either side of midnight")
    return checked(last, "day", now)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 1  # «an hour ago»


def _absolute(part: dict[str, str]) -> dict[str, str]:
    """Return the parts with year, month and day in figures. Raises DateRejected."""
    part = dict(part)
    if "english_day" in part:
        part["word"] = {"yesterday": "어제", "today": "오늘"}[part["english_day"].lower()]
    if "dangi" in part:
        part["y"] = str(int(part["dangi"]) - 2333)
    if "roman2" in part:
        part |= {"roman": part["roman2"], "d": part["d2"], "y": part["y2"]}
    if "roman" in part:
        part["m"] = str(ROMAN_MONTHS.index(part["roman"]) + 1)
    elif "mon" in part:
        part["mon"] = part["mon"].title()
        assert part["mon"] in MONTHS
    if "first" in part:
        numbers = int(part["first"]), int(part["second"])
        if max(numbers) <= 12:
            raise DateRejected("day and month could change places")
        day, month = max(numbers), min(numbers)
        part |= {"d": str(day), "m": str(month)}
    return part
