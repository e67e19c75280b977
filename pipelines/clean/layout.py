"""Where on a page the article stands: headline, 부제, body, and what surrounds them.

A page of a known family says much of it by markup; of any other page only the lines are
known. Both go the same way: the sentences show where the body is, the lines that name date
and reporter show where its head ends, and a copyright line or a list of other articles
ends it. A line that no rule knows is dropped only above the head or below that end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipelines.clean.lines import Line
from pipelines.clean.people import is_bare_name

FIELDS = {
    "date": "shown_dates",
    "byline": "authors",
    "caption": "images",
    "copyright": "rights",
    "tags": "keywords",
    "source": "source_organization",
    "translation": "translation",
}
"""The kinds of line that go to a field of the item; every other kind is dropped."""
ENDS = {"copyright": 0, "most_read": 0, "footer": 0, "comments": 2}
"""Kinds of line behind which no article goes on, and how many sentences must stand above."""
STRIP = 3
"""Weather lines in a row from which they are the strip, wherever they stand."""
SUBTITLES = 4
"""부제 lines at the most; more short lines before the first sentence are the article's."""
MIN_HEADLINE_OVERLAP = 0.4
"""Share of a headline's letter pairs that its article's text holds; other articles' hold less."""
MIN_REPEAT_CHARS = 40
"""Characters from which a text that stands again is printed twice; less is a refrain."""
_MOMENT = re.compile(r"(?:발행일)?[\d\s./:()\[\]년월일시분초화수목금토요오전후-]+")
_LABEL = re.compile(r"입력|등록|승인|작성|수정|송고|게시|발행|편집|출고")
_DASHES = re.compile(r"^(?:[-–—]\s*)+")
_SAID = re.compile(r"[.?!][”’\"')]*$|^[◎■□◇◆○●▣▶▲―]|^<[^<>]{1,8}>|^(?:-\s?)?[가-힣]{2,5}\s?:\s")
"""It ends, asks or calls, stands behind the sign of a list or a <speaker>, or answers a label."""
_SCENE = re.compile(r"(?:모습|전경|장면|현장|기념\s?촬영|기념\s?사진|단체\s?사진)\.?$")


def assign_lines(lines: Sequence[Line], headline: str | None) -> str | None:
    """Decide the fate of every line; returns the headline. ``headline``: what the markup says."""
    located = any(line.markup == "body" for line in lines)
    mark = -1 if located else _head_mark(lines)
    end = _end(lines, mark + 1)
    first = next((i for i in _sentences(lines) if mark < i < end), None)
    start = 0
    if not located:
        headline, start = _read_head(lines, mark, first, headline)
    _read_body(lines, start, end, located, headline)
    _strip_signature(lines)
    _drop_repeat(lines)
    title = max((i for i, line in enumerate(lines) if line.text == headline), default=-1)
    comments = (i for i in range(end, len(lines)) if lines[i].kind == "comments")
    readers = next(comments, len(lines))
    for place, line in enumerate(lines):
        _settle(line, place, start, end, title)
        if line.fate == "shown_dates" and not _is_own_date(line.text, place, end, readers):
            line.fate, line.because = "dropped", "a moment below the end: a reader's or a list's"
    return headline


def _sentences(lines: Sequence[Line]) -> list[int]:
    return [i for i, line in enumerate(lines) if line.is_prose]


def _head_mark(lines: Sequence[Line]) -> int:
    """The last line of the page's head that names date or reporter; -1 where none does.

    Sentences may stand above it (teasers of other articles), but most stand below. On a page
    without any (a poem, a notice) the lines that no rule knows take their place.
    """
    sentences = _sentences(lines)
    own = sentences or [i for i, line in enumerate(lines) if line.kind in {"", "caption"}]
    for kind in ("date", "byline"):
        marks = [i for i, line in enumerate(lines) if line.kind == kind]
        fit = [i for i in marks if 2 * (len(own) - bisect_right(own, i)) >= max(len(own), 2)]
        if not fit:
            continue
        below = min((at for at in sentences if at > fit[0]), default=len(lines))
        mark = max(i for i in fit if i < below)
        while mark + 1 < len(lines) and lines[mark + 1].kind in {"date", "byline"}:
            mark += 1
        return mark
    return -1


def _end(lines: Sequence[Line], start: int) -> int:
    """Where the article ends: the first ending line below something of its own.

    A box of other articles can also stand inside an article; then sentences follow it
    that are no numbered teasers, and a copyright line follows them. Below a copyright line
    the article goes on only where the same line stands again and more of the article
    between the two than above: the first is a picture's. Some systems print a labelled date
    below the last sentence, above other articles.
    """
    last = max((i for i, line in enumerate(lines) if line.kind == "copyright"), default=0)
    told = [line.is_prose and not line.text[0].isdigit() for line in lines]
    final = max((i for i, own in enumerate(told) if own), default=0)
    below = sum(told[start:last])
    own = said = 0
    for i in range(start, len(lines)):
        line = lines[i]
        own += not line.kind
        said += line.is_prose
        below -= told[i] and i < last
        if line.kind == "date" and said > 1 and _LABEL.search(line.text) and i > final:
            return i
        if line.kind not in ENDS or not own or said < ENDS[line.kind]:
            continue
        again = line.kind != "copyright" or lines[last].text == line.text
        enough = 2 if line.kind != "copyright" else max(said, 1) + 1
        if not (again and below >= enough):
            return i
    return len(lines)


def _read_head(
    lines: Sequence[Line], mark: int, first: int | None, headline: str | None
) -> tuple[str | None, int]:
    """Find headline and 부제 above the body; returns the headline and where the body begins."""
    stop = first if first is not None else mark + 1
    text = " ".join(line.text for line in lines[stop:] if not line.kind)
    free = [i for i in range(stop) if not lines[i].kind and not lines[i].is_prose]
    if headline is None:
        headline = _headline(lines, free, mark, text)
    places = [i for i in free if lines[i].text == headline]
    begin = max([mark, *places]) + 1 if first is None else _first_said(lines, mark, first)
    top = min(places, default=mark)
    rest = [i for i in free if top < i < begin and lines[i].text != headline]
    below = [i for i in rest if i > mark]
    if first is not None and len(below) > SUBTITLES:
        begin, rest = below[0], [i for i in rest if i < mark]
    for i in rest:
        if _SCENE.search(lines[i].text):
            lines[i].kind = "caption"
        elif is_bare_name(lines[i].text):
            lines[i].kind = "byline"
        else:
            lines[i].fate = "alternative_headline"
    for i in places:
        lines[i].fate = "headline"
    return headline, begin


def _first_said(lines: Sequence[Line], mark: int, first: int) -> int:
    """The first line below the head's mark that no 부제 looks like, or else the first sentence."""
    own = (i for i in range(mark + 1, first) if mark >= 0 and not lines[i].kind)
    return next((i for i in own if _SAID.search(lines[i].text)), first)


def _headline(lines: Sequence[Line], free: list[int], mark: int, text: str) -> str | None:
    """The headline among a head's lines: above the mark, of the article's own words."""
    dashed = {_DASHES.sub("", lines[i].text) for i in free if _DASHES.match(lines[i].text)}
    chosen = [
        i
        for i in free
        if not (_DASHES.match(lines[i].text) or lines[i].text in dashed)
        and not (_SCENE.search(lines[i].text) or is_bare_name(lines[i].text))
    ]
    known = pairs(text)
    for i in chosen:
        if headline_overlap(lines[i].text, known) >= MIN_HEADLINE_OVERLAP:
            return lines[i].text
    above = [i for i in chosen if i < mark]
    if not chosen:  # a page about what is furniture elsewhere: fortunes, lottery
        above = [i for i in range(mark) if lines[i].kind in {"ad", "ticker"}]
    if above:
        return lines[above[-1]].text
    return lines[chosen[0]].text if chosen and mark >= 0 else None


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters of a text."""
    letters = re.sub(r"\W", "", text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def headline_overlap(line: str, known: set[str]) -> float:
    """The share of a line's letter pairs that a text has too, 0 to 1."""
    own = pairs(line)
    return len(own & known) / (len(own) or 1)


def _read_body(
    lines: Sequence[Line], start: int, end: int, located: bool, headline: str | None
) -> None:
    """Mark the article's own lines between start and end."""
    sentences = [i for i in _sentences(lines) if start <= i < end]
    if sentences:
        low, high = sentences[0], sentences[-1]
    else:  # a poem, a notice: its lines are the article's if any of them is like none of a page's
        own = [i for i in range(start, end) if not lines[i].kind]
        low, high = (own[0], own[-1]) if own else (end, end)
    subtitles = {_DASHES.sub("", line.text) for line in lines if _is_subtitle(line)}
    strips = _strips(lines)
    for i in range(start, end):
        line = lines[i]
        between = low < i < high
        plain = _DASHES.sub("", line.text)
        if line.kind:
            here = between or (line.where == "head" and i > low)
            if line.where != "anywhere" and here and i not in strips:
                line.fate, line.because = "body", "between sentences"
        elif _is_subtitle(line) or (located and sentences and i < low and _DASHES.match(line.text)):
            line.fate = "alternative_headline"
            subtitles.add(plain)
        elif line.text != headline and (between or plain not in subtitles):
            line.fate = "body"


def _is_subtitle(line: Line) -> bool:
    return line.markup == "subtitle" or line.fate == "alternative_headline"


def _strips(lines: Sequence[Line]) -> set[int]:
    """The places of weather lines that stand in a row of three or more."""
    places: set[int] = set()
    row: list[int] = []
    for i, line in enumerate([*lines, Line("")]):
        if line.kind == "weather" and line.where == "edge":
            row.append(i)
            continue
        if line.kind and line.where == "anywhere":
            continue  # a button among them, dropped itself
        if len(row) >= STRIP:
            places.update(row)
        row = []
    return places


def _strip_signature(lines: Sequence[Line]) -> None:
    """A bare reporter's name below the last sentence is a byline, not the body's last line."""
    body = [line for line in lines if line.fate == "body"]
    while len(body) > 1 and is_bare_name(body[-1].text):
        line = body.pop()
        line.kind, line.fate = "byline", ""


def _drop_repeat(lines: Sequence[Line]) -> None:
    """Where the page shows the whole body more than once, it stays once."""
    body = [line for line in lines if line.fate == "body"]
    texts = [line.text for line in body]
    for once in range(1, len(body) // 2 + 1):
        times, rest = divmod(len(body), once)
        if (
            not rest
            and texts == texts[:once] * times
            and sum(map(len, texts[:once])) >= MIN_REPEAT_CHARS
        ):
            for line in body[once:]:
                line.fate, line.because = "dropped", "the body once more"
            return


def _is_own_date(text: str, place: int, end: int, readers: int) -> bool:
    """Below the article only a label says that a moment is its own; among comments nothing does."""
    return place < readers and (place < end or _LABEL.search(text) is not None)


def _settle(line: Line, place: int, start: int, end: int, title: int) -> None:
    """The fate of a line that is neither body nor headline nor 부제."""
    if line.fate:
        return
    line.fate = FIELDS.get(line.kind, "dropped")
    if line.kind == "date" and place < title and _MOMENT.fullmatch(line.text):
        line.fate, line.because = "dropped", "a moment above the headline: the visit or the issue"
    elif not line.kind:
        line.because = "above the head" if place < start else "below the end"
        if start <= place < end:
            line.because = "headline or 부제 once more"
