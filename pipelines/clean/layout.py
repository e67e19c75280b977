"""Layout of a page: assigns its lines to headline, 부제, body and the fields around them.

The markup of a known CMS says much of it; on any other page only the lines are known. Both are
handled the same way: sentences show where the body is, lines with date and reporter show where its
head ends, and a copyright line or a list of other articles ends it. A line that matches no rule is
dropped only above the head or below that end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipelines.clean.lines import Line
from pipelines.clean.people import is_bare_name

FIELDS = {
    "date": "date_candidates",
    "byline": "authors",
    "caption": "images",
    "copyright": "rights",
    "tags": "keywords",
    "source": "source_organization",
    "translation": "translation",
}
"""The kinds of line that go to a field of the item; every other kind is dropped."""
ENDS = {"copyright": 0, "most_read": 0, "footer": 0, "comments": 2}
"""Kinds of line that end an article, and the number of sentences that must precede them."""
MIN_STRIP_LINES = 3
"""Weather lines in a row from which they are a strip, at any position."""
MAX_SUBTITLES = 4
"""Maximum number of 부제 lines; more short lines before the first sentence belong to the body."""
MIN_HEADLINE_OVERLAP = 0.4
"""Minimum share of a headline's letter pairs in its article's text; other articles' headlines share
less."""
MIN_REPEAT_CHARS = 40
"""Minimum length in characters of a body that is printed twice; a shorter one is a refrain."""
_MOMENT = re.compile(r"(?:발행일)?[\d\s./:()\[\]년월일시분초화수목금토요오전후-]+")
_LABEL = re.compile(r"입력|등록|승인|작성|수정|송고|게시|발행|편집|출고")
_DASHES = re.compile(r"^(?:[-–—]\s*)+")
_BODY_LINE = re.compile(
    r"[.?!][”’\"')]*$|^[◎■□◇◆○●▣▶▲―]|^<[^<>]{1,8}>|^(?:-\s?)?[가-힣]{2,5}\s?:\s"
)
"""The line ends a sentence, opens with a list sign or a <speaker>, or has the form «label: …»."""
_SCENE = re.compile(r"(?:모습|전경|장면|현장|기념\s?촬영|기념\s?사진|단체\s?사진)\.?$")


def assign_lines(lines: Sequence[Line], headline: str | None) -> str | None:
    """Decide the destination of every line of a page of lines alone; return the headline.

    ``headline`` is the markup's headline, or None.
    """
    mark = _head_mark(lines)
    end = _end(lines, mark + 1)
    first = next((i for i in _sentences(lines) if mark < i < end), None)
    headline, start = _read_head(lines, mark, first, headline)
    _read_body(lines, start, end, headline)
    strip_signature(lines)
    drop_repeat(lines)
    title = max((i for i, line in enumerate(lines) if line.text == headline), default=-1)
    below = (i for i in range(end, len(lines)) if lines[i].kind == "comments")
    comments = next(below, len(lines))
    for index, line in enumerate(lines):
        _set_destination(line, index, start, end, title)
        if line.destination == "date_candidates" and not _is_own_date(
            line.text, index, end, comments
        ):
            line.destination, line.reason = (
                "dropped",
                "a date below the end: a comment's or a list's",
            )
    return headline


def find_headline(lines: Sequence[Line], first: int) -> str | None:
    """Find the headline among the plain lines above a located body; ``first`` is its first line."""
    free = [
        i
        for i in range(first)
        if lines[i].role == "" and not lines[i].kind and not lines[i].is_prose
    ]
    marks = [i for i in range(first) if lines[i].kind in {"date", "byline"}]
    text = " ".join(line.text for line in lines[first:] if not line.kind and line.markup)
    return _headline(lines, free, max(marks, default=first), text)


def is_label(text: str) -> bool:
    """Return True if a line of a date names it: 입력, 등록, 승인 …"""
    return _LABEL.search(text) is not None


def dashes_off(text: str) -> str:
    """Return a line without the dashes that stand before a 부제."""
    return _DASHES.sub("", text)


def _sentences(lines: Sequence[Line]) -> list[int]:
    return [i for i, line in enumerate(lines) if line.is_prose]


def _head_mark(lines: Sequence[Line]) -> int:
    """Return the last line of the page's head with date or reporter; -1 if there is none.

    Sentences may precede it (teasers of other articles), but most must follow. On a page without
    sentences (a poem, a notice) the lines that match no rule are counted instead.
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
    """Return where the article ends: the first ending line below a line of its own.

    A box of other articles can also interrupt an article; then sentences that are not numbered
    teasers follow the box, and a copyright line follows them. Below a copyright line the article
    continues only if the same line occurs again and more of the article lies between the two than
    above: the first one is an image's. Some CMSs print a labelled date below the last sentence,
    above other articles.
    """
    last = max((i for i, line in enumerate(lines) if line.kind == "copyright"), default=0)
    is_sentence = [line.is_prose and not line.text[0].isdigit() for line in lines]
    final = max((i for i, own in enumerate(is_sentence) if own), default=0)
    below = sum(is_sentence[start:last])
    own = sentences = 0
    for i in range(start, len(lines)):
        line = lines[i]
        own += not line.kind
        sentences += line.is_prose
        below -= is_sentence[i] and i < last
        if line.kind == "date" and sentences > 1 and _LABEL.search(line.text) and i > final:
            return i
        if line.kind not in ENDS or not own or sentences < ENDS[line.kind]:
            continue
        again = line.kind != "copyright" or lines[last].text == line.text
        enough = 2 if line.kind != "copyright" else max(sentences, 1) + 1
        if not (again and below >= enough):
            return i
    return len(lines)


def _read_head(
    lines: Sequence[Line], mark: int, first: int | None, headline: str | None
) -> tuple[str | None, int]:
    """Find headline and 부제 above the body; return the headline and the start of the body."""
    stop = first if first is not None else mark + 1
    text = " ".join(line.text for line in lines[stop:] if not line.kind)
    free = [i for i in range(stop) if not lines[i].kind and not lines[i].is_prose]
    if headline is None:
        headline = _headline(lines, free, mark, text)
    places = [i for i in free if lines[i].text == headline]
    begin = max([mark, *places]) + 1 if first is None else _first_body_line(lines, mark, first)
    top = min(places, default=mark)
    rest = [i for i in free if top < i < begin and lines[i].text != headline]
    below = [i for i in rest if i > mark]
    if first is not None and len(below) > MAX_SUBTITLES:
        begin, rest = below[0], [i for i in rest if i < mark]
    for i in rest:
        if _SCENE.search(lines[i].text):
            lines[i].kind = "caption"
        elif is_bare_name(lines[i].text):
            lines[i].kind = "byline"
        else:
            lines[i].destination = "alternative_headline"
    for i in places:
        lines[i].destination = "headline"
    return headline, begin


def _first_body_line(lines: Sequence[Line], mark: int, first: int) -> int:
    """Return the first line below the head's mark that cannot be a 부제, or the first sentence."""
    own = (i for i in range(mark + 1, first) if mark >= 0 and not lines[i].kind)
    return next((i for i in own if _BODY_LINE.search(lines[i].text)), first)


def _headline(lines: Sequence[Line], free: list[int], mark: int, text: str) -> str | None:
    """Return the headline among a head's lines: above the mark, in the article's own words."""
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
    if not chosen:  # an article about what is furniture elsewhere: fortunes, lottery
        above = [i for i in range(mark) if lines[i].kind in {"ad", "ticker"}]
    if above:
        return lines[above[-1]].text
    return lines[chosen[0]].text if chosen and mark >= 0 else None


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a text."""
    letters = re.sub(r"\W", "", text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def headline_overlap(line: str, known: set[str]) -> float:
    """Return the share of a line's letter pairs that occur in a text, 0 to 1."""
    own = pairs(line)
    return len(own & known) / (len(own) or 1)


def _read_body(lines: Sequence[Line], start: int, end: int, headline: str | None) -> None:
    """Mark the article's own lines between start and end."""
    sentences = [i for i in _sentences(lines) if start <= i < end]
    if sentences:
        low, high = sentences[0], sentences[-1]
    else:  # a poem, a notice: lines between the first and the last one that matches no rule
        own = [i for i in range(start, end) if not lines[i].kind]
        low, high = (own[0], own[-1]) if own else (end, end)
    subtitles = {_DASHES.sub("", line.text) for line in lines if is_subtitle(line)}
    strips = weather_strips(lines)
    for i in range(start, end):
        line = lines[i]
        between = low < i < high
        plain = _DASHES.sub("", line.text)
        if line.kind:
            here = between or (line.where == "head" and i > low)
            if line.where != "anywhere" and here and i not in strips:
                line.destination, line.reason = "body", "between sentences"
        elif is_subtitle(line):
            line.destination = "alternative_headline"
            subtitles.add(plain)
        elif line.text != headline and (between or plain not in subtitles):
            line.destination = "body"


def is_subtitle(line: Line) -> bool:
    """Return True if a line is a 부제 by its markup or by its place."""
    return line.markup == "subtitle" or line.destination == "alternative_headline"


def weather_strips(lines: Sequence[Line]) -> set[int]:
    """Return the indices of weather lines in a row of STRIP or more, and of what parts them."""
    places: set[int] = set()
    row: list[int] = []
    for i, line in enumerate([*lines, Line("")]):
        if line.kind == "weather" and line.where == "edge":
            row.append(i)
            continue
        if line.kind and line.where == "anywhere":
            continue  # a button among them
        if len(row) >= MIN_STRIP_LINES:
            places.update(range(row[0], row[-1] + 1))
        row = []
    return places


def strip_signature(lines: Sequence[Line]) -> None:
    """Make a bare name below the last sentence a byline, not the body's last line."""
    body = [line for line in lines if line.destination == "body"]
    while len(body) > 1 and is_bare_name(body[-1].text):
        line = body.pop()
        line.kind, line.destination = "byline", ""


def drop_repeat(lines: Sequence[Line]) -> None:
    """Keep one copy of a body that the page shows more than once."""
    body = [line for line in lines if line.destination == "body"]
    texts = [line.text for line in body]
    for once in range(1, len(body) // 2 + 1):
        times, rest = divmod(len(body), once)
        if (
            not rest
            and texts == texts[:once] * times
            and sum(map(len, texts[:once])) >= MIN_REPEAT_CHARS
        ):
            for line in body[once:]:
                line.destination, line.reason = "dropped", "the body repeated"
            return


def _is_own_date(text: str, index: int, end: int, comments: int) -> bool:
    """Return True if a date line is the article's own.

    Below the end of the article only a label shows that; among comments nothing does.
    """
    return index < comments and (index < end or _LABEL.search(text) is not None)


def _set_destination(line: Line, index: int, start: int, end: int, title: int) -> None:
    """Set the destination of a line that is neither body nor headline nor 부제."""
    if line.destination:
        return
    line.destination = FIELDS.get(line.kind, "dropped")
    if line.kind == "date" and index < title and _MOMENT.fullmatch(line.text):
        line.destination, line.reason = (
            "dropped",
            "a date above the headline: of the visit or the issue",
        )
    elif not line.kind:
        line.reason = "above the head" if index < start else "below the end"
        if start <= index < end:
            line.reason = "headline or 부제 repeated"
