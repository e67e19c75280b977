"""Layout of a page whose body is located: by a CMS's selectors or by the container's evidence.

Inside the body plain text between two sentences is the article's, even if its words are those of
furniture; a link, a button or a list's item of the same words is furniture. No line inside ends
the article. Outside only the lines that name date, reporter, 부제, copyright or keywords are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.dates.head_line import read_head_line
from pipelines.clean.layout import (
    FIELDS,
    dashes_off,
    drop_repeat,
    find_headline,
    is_label,
    is_subtitle,
    strip_signature,
    weather_strips,
)
from pipelines.clean.lines import Line
from pipelines.clean.people import is_signature, read_byline

OWN = {"date", "byline", "caption", "copyright", "source", "translation", "debris"}
"""Kinds that leave the body for their fields wherever they stand in it."""
ADDED = {"ad", "share", "related", "most_read", "comments"}
"""Kinds that a site adds to a body in elements of their own."""
BOX_FIELDS = {"tags", "caption", "copyright"}
"""Kinds that are read out of a box of links."""
BEYOND = {"most_read", "related", "comments", "footer", "summary"}
"""Kinds below the body behind which no reporter and no date is the article's."""
SUBTITLES = 4
SUBTITLE_LETTERS = (8, 120)
"""부제 lines above a body at most, and their length."""
HEAD_LINE = 100
"""Characters of a line that names the reporter, at most."""
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d{2,4}[.\-/년]")
_MOMENT_WORD = re.compile(r"입력|수정|등록|승인|송고|작성|게재|업데이트|오전|오후|조회")
_BARE_DAY = re.compile(
    r"(?:\d{4}|\d{2})[.\-/년]\s?\d{1,2}[.\-/월]\s?\d{1,2}[.일]?(?:\s?\([월화수목금토일]\))?"
)
MOST_BELOW = 6
"""Lines below a body in which its reporter may stand."""


def assign_located(lines: Sequence[Line], headline: str | None) -> str | None:
    """Decide the destination of every line of a page whose body is located; return the headline."""
    body = [index for index, line in enumerate(lines) if line.markup == "body"]
    first, last = body[0], body[-1]
    first, headline = _part_head(lines, first, last, headline)
    titles = [index for index in range(first) if lines[index].text == headline]
    _assign_body(lines, first, last, headline)
    strip_signature(lines)
    drop_repeat(lines)
    _drop_second_print(lines)
    _assign_head(lines, max(titles, default=-1), first, headline)
    _assign_tail(lines, last)
    for line in lines:
        line.destination = line.destination or FIELDS.get(line.kind, "dropped")
        if line.destination == "dropped" and not line.kind and not line.reason:
            line.reason = "headline or 부제 repeated"
    return headline


def _part_head(
    lines: Sequence[Line], first: int, last: int, headline: str | None
) -> tuple[int, str | None]:
    """Part a head that stands inside the located body; return the first body line, the headline.

    Only where the page's markup names no headline, or shows it inside the body.
    """
    sentences = (i for i in range(first, last + 1) if lines[i].is_prose and not lines[i].role)
    low = next(sentences, first)
    is_inside = any(lines[i].text == headline for i in range(first, low))
    if headline is not None and not is_inside:
        return first, headline
    if headline is None:
        headline = find_headline(lines, low)
    marks = [
        i
        for i in range(first, low)
        if lines[i].kind in {"date", "byline"} or lines[i].text == headline
    ]
    begin = max(marks, default=first - 1) + 1
    for i in range(first, begin):
        lines[i].markup = "" if lines[i].markup == "body" else lines[i].markup
    return begin, headline


def _assign_body(lines: Sequence[Line], first: int, last: int, headline: str | None) -> None:
    """Mark the article's own lines inside the body."""
    inside = range(first, last + 1)
    free = [i for i in inside if lines[i].role not in {"box", "link"}]
    sentences = [i for i in free if lines[i].is_prose or _is_short_sentence(lines[i])]
    for i in free:
        is_edge = not sentences or i < sentences[0] or i > sentences[-1]
        is_below = not sentences or i > sentences[-1]
        if is_edge and not lines[i].kind and is_signature(lines[i].text, is_below=is_below):
            lines[i].kind = "byline"
    own = sentences or [i for i in free if not lines[i].kind]
    low, high = (own[0], own[-1]) if own else (last + 1, last + 1)
    subtitles = {dashes_off(line.text) for line in lines if is_subtitle(line)}
    strips = weather_strips(lines)
    is_over = False
    for i in inside:
        line = lines[i]
        between = low < i < high
        if line.kind in BEYOND and i > high:
            is_over = True
        if is_over and line.role == "item" and not line.is_prose:
            line.destination, line.reason = "dropped", "in a list of other articles"
        elif line.role == "box" and line.kind not in BOX_FIELDS and line.markup != "caption":
            line.destination, line.reason = "dropped", "in a box of links"
        elif line.kind:
            is_text = line.role == "" or (line.role == "item" and _is_listed(lines, i))
            is_text = is_text or (line.role == "apart" and line.kind not in ADDED)
            holds = line.kind not in OWN or line.where in {"edge", "plain"} or _is_day(line)
            is_sign = line.kind == "tags" and line.role == "" and i < low
            in_text = is_sign or (between and is_text and holds)
            is_late = line.where == "head" and is_text and i > low
            if (in_text or is_late) and i not in strips:
                line.destination, line.reason = "body", "between sentences"
        elif line.role == "link" and not line.is_prose:
            line.destination, line.reason = "dropped", "a link alone"
        elif is_subtitle(line) or (sentences and i < low and dashes_off(line.text) != line.text):
            line.destination = "alternative_headline"
            subtitles.add(dashes_off(line.text))
        elif line.text != headline and (between or dashes_off(line.text) not in subtitles):
            line.destination = "body"


_SHORT_SENTENCE = re.compile(r"[가-힣].{3,}[^니]다\.[”\"’']?")


def _is_short_sentence(line: Line) -> bool:
    """Return True if a body's line is a short sentence in 했다 style."""
    is_plain = not line.kind and line.markup == "body" and line.role == ""
    return is_plain and _SHORT_SENTENCE.fullmatch(line.text) is not None


def _is_listed(lines: Sequence[Line], index: int) -> bool:
    """Return True if a list's item stands beside an item that no rule knows: a list of data."""
    beside = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return any(line.role == "item" and not line.kind for line in beside)


def _is_day(line: Line) -> bool:
    """Return True if a line is a bare day: between sentences it heads a part of the article."""
    return line.kind == "date" and _BARE_DAY.fullmatch(line.text) is not None


def _assign_head(lines: Sequence[Line], title: int, first: int, headline: str | None) -> None:
    """Read the lines above the body: below the headline whatever names something of the article."""
    subtitles = 0
    beside = _beside_body(lines, title, first)
    for index in range(first):
        line = lines[index]
        if line.markup == "subtitle" and not line.kind:
            line.destination = "alternative_headline"
        if line.destination or line.markup:
            continue
        if line.text == headline:
            line.destination = "headline"
        elif index < title:
            keeps = line.kind == "date" and is_label(line.text)
            line.destination = FIELDS["date"] if keeps else "dropped"
            line.reason = "" if keeps else "above the headline"
        elif line.kind in FIELDS:
            line.destination = FIELDS[line.kind]
        elif not line.is_prose and len(line.text) <= HEAD_LINE and _has_moment(line.text):
            line.kind, line.destination = "date", FIELDS["date"]
        elif not line.kind and _names_people(line):
            line.kind = "date" if _CLOCK.search(line.text) else "byline"
            line.destination = FIELDS[line.kind]
        elif (
            not line.kind
            and title >= 0
            and subtitles < SUBTITLES
            and (index == title + 1 + subtitles or index in beside)
            and _may_be_subtitle(line)
        ):
            line.destination = "alternative_headline"
            subtitles += 1
        else:
            line.destination, line.reason = "dropped", "above the body"


def _beside_body(lines: Sequence[Line], title: int, first: int) -> set[int]:
    """Return the lines directly above a body, up to the nearest one that a rule knows."""
    beside: set[int] = set()
    for index in range(first - 1, title, -1):
        if lines[index].kind or not _may_be_subtitle(lines[index]):
            break
        beside.add(index)
    return beside


_READER = re.compile(r"(?:니다|니까|세요|시오|해요|어요)[.!?…]*$")
_PEOPLE_WORD = re.compile(
    r"기자명|글쓴이|작성자|등록자|기고|필자|글\s?[=:]|사진\s?[=:]|\bby\b", re.I
)
NAME_ONLY = 10


def _names_people(line: Line) -> bool:
    """Return True if a line of the head names people, and not only words that look like names."""
    text = line.text
    if len(text) > HEAD_LINE:
        return False
    people = read_byline(text).details
    is_dated = _CLOCK.search(text) and _MOMENT_WORD.search(text)
    is_name = len(text) <= NAME_ONLY and line.role != "link"
    is_marked = is_name or bool(is_dated or _PEOPLE_WORD.search(text))
    return bool(people) and (
        is_marked or any(person["role"] or person["email"] for person in people)
    )


def _has_moment(text: str) -> bool:
    """Return True if a line of the head gives the moment of publication or of a change."""
    head = read_head_line(text, None, located=True)
    return (head.published or head.modified) is not None


def _may_be_subtitle(line: Line) -> bool:
    low, high = SUBTITLE_LETTERS
    letters = sum(letter.isalnum() for letter in line.text)
    has_korean = any("가" <= letter <= "힣" for letter in line.text)
    is_dated = _CLOCK.search(line.text) and _MOMENT_WORD.search(line.text)
    is_plain = line.role == "" and not is_dated and " > " not in line.text
    is_plain = is_plain and _READER.search(line.text) is None
    return is_plain and low <= letters <= high and has_korean


def _assign_tail(lines: Sequence[Line], last: int) -> None:
    """Read the lines below the body: copyright and keywords, and the reporter close to its end."""
    is_beyond = False
    for index in range(last + 1, len(lines)):
        line = lines[index]
        if line.destination or line.markup:
            continue
        is_beyond = is_beyond or line.kind in BEYOND or (line.role == "box" and line.kind != "tags")
        keeps = line.kind in {"copyright", "tags"} or (
            not is_beyond
            and (
                (line.kind == "date" and is_label(line.text))
                or (line.kind in {"byline", "source"} and index <= last + MOST_BELOW)
            )
        )
        line.destination = FIELDS[line.kind] if keeps else "dropped"
        line.reason = "" if keeps else "below the body"


MIN_REPEAT = 40
"""Characters from which a text that stands again is printed twice; less is a refrain."""
BETWEEN = 2
"""Short lines between two prints of a body, at most."""


def _drop_second_print(lines: Sequence[Line]) -> None:
    """Drop a second print of the body, whole or cut, with a short line between or without."""
    body = [line for line in lines if line.destination == "body"]
    texts = [line.text for line in body]
    for start in range(1, len(body)):
        again = len(body) - start
        if texts[start] != texts[0] or not start - BETWEEN <= again <= start:
            continue
        between = body[again:start]
        if texts[start:] == texts[:again] and sum(map(len, texts[start:])) >= MIN_REPEAT:
            if any(line.is_prose for line in between):
                continue
            for line in body[again:]:
                line.destination, line.reason = "dropped", "the body repeated"
            return
