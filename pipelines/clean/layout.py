"""Where on a page the article stands: headline, 부제, body, and what surrounds them.

A page of a known family says much of it by markup; of any other page only the lines are
known. Both go the same way: the sentences show where the body is, the lines that name date
and reporter show where its head ends, and a copyright line or a list of other articles
ends it. A line that no rule knows is dropped only above the head or below that end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.clean.lines import Line
from pipelines.clean.people import is_bare_name

ENDS = {"copyright", "most_read", "footer"}
"""Kinds of line behind which no article goes on."""
STRIP = 3
"""Weather lines in a row from which they are the strip, wherever they stand."""
SUBTITLES = 4
"""부제 lines at the most; more short lines before the first sentence are the article's."""
KINSHIP = 0.4
"""Share of a headline's letter pairs that its article's text holds; other articles' hold less."""
_MOMENT = re.compile(r"[\d\s./:()\[\]년월일시분초화수목금토요오전후-]+")
_DASHES = re.compile(r"^(?:[-–—]\s*)+")
_SCENE = re.compile(r"(?:모습|전경|장면|현장|기념\s?촬영|기념\s?사진|단체\s?사진)\.?$")


@dataclass(slots=True)
class Layout:
    """The parts of a page; every line of it stands in one of them or is dropped."""

    headline: str | None = None
    subtitles: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    moved: list[Line] = field(default_factory=list)
    """Lines with a field of their own: dates, bylines, captions, copyright, tags, source."""


def lay_out(lines: Sequence[Line], headline: str | None) -> Layout:
    """Find the parts. ``headline`` is what the markup says, where it says it."""
    located = any(line.markup == "body" for line in lines)
    mark = -1 if located else _head_mark(lines)
    end = _end(lines, mark + 1)
    first = next((i for i in _sentences(lines) if mark < i < end), None)
    layout = Layout(headline)
    start = 0 if located else _read_head(lines, mark, first, layout)
    own = _own_lines(lines, start, end, located, layout)
    body, signature = _without_signature(_without_repeat([line.text for line in own]))
    layout.body = body
    kept = {id(line) for line in own}
    layout.moved = signature + [
        line
        for i, line in enumerate(lines)
        if line.kind and id(line) not in kept and not _is_clock(line, lines[i + 1 :], layout)
    ]
    return layout


def _sentences(lines: Sequence[Line]) -> list[int]:
    return [i for i, line in enumerate(lines) if line.is_prose]


def _head_mark(lines: Sequence[Line]) -> int:
    """The last line of the page's head that names date or reporter; -1 where none does.

    Sentences may stand above it (teasers of other articles), but most stand below.
    """
    sentences = _sentences(lines)
    for kind in ("date", "byline"):
        for mark in (i for i, line in enumerate(lines) if line.kind == kind):
            above = sum(i < mark for i in sentences)
            below = len(sentences) - above
            if below >= max(above, 1) or (not sentences and mark < len(lines) / 2):
                while mark + 1 < len(lines) and lines[mark + 1].kind in {"date", "byline"}:
                    mark += 1
                return mark
    return -1


def _end(lines: Sequence[Line], start: int) -> int:
    """Where the article ends: the first ending line below something of its own.

    A box of other articles can also stand inside an article; then sentences follow it
    that are no numbered teasers, and a copyright line follows them.
    """
    rights = [i for i, line in enumerate(lines) if line.kind == "copyright" and i > start]
    for i in range(start, len(lines)):
        line = lines[i]
        if line.kind not in ENDS or all(above.kind for above in lines[start:i]):
            continue
        last = max((j for j in rights if j > i), default=i)
        below = [low for low in lines[i:last] if low.is_prose and not low.text[0].isdigit()]
        if line.kind == "copyright" or len(below) < 2:
            return i
    return len(lines)


def _read_head(lines: Sequence[Line], mark: int, first: int | None, layout: Layout) -> int:
    """Fill headline and 부제 from the lines above the body; returns where the body begins."""
    stop = first if first is not None else mark + 1
    text = " ".join(line.text for line in lines[stop:] if not line.kind)
    free = [i for i in range(stop) if not lines[i].kind and not lines[i].is_prose]
    if layout.headline is None:
        layout.headline = _headline([lines[i].text for i in free], mark, free, text)
    places = [i for i in free if lines[i].text == layout.headline]
    begin = max([mark, *places]) + 1 if first is None else first
    top = min(places, default=mark)
    rest = [i for i in free if top < i < begin and lines[i].text != layout.headline]
    below = [i for i in rest if i > mark]
    if first is not None and len(below) > SUBTITLES:
        begin, rest = below[0], [i for i in rest if i < mark]
    for i in rest:
        if _SCENE.search(lines[i].text):
            lines[i].kind = "caption"
        elif is_bare_name(lines[i].text):
            lines[i].kind = "byline"
        else:
            _add_subtitle(lines[i].text, layout)
    return begin


def _headline(candidates: list[str], mark: int, places: list[int], text: str) -> str | None:
    """The headline among a head's lines: above the mark, of the article's own words."""
    dashed = {_DASHES.sub("", line) for line in candidates if _DASHES.match(line)}
    chosen = [
        (place, line) for place, line in zip(places, candidates, strict=True)
        if not _DASHES.match(line) and line not in dashed and not _SCENE.search(line)
    ]  # fmt: skip
    for _, line in chosen:
        if _kinship(line, text) >= KINSHIP:
            return line
    above = [line for place, line in chosen if place < mark]
    return above[-1] if above else (chosen[0][1] if chosen and mark >= 0 else None)


def _kinship(line: str, text: str) -> float:
    letters, known = re.sub(r"\W", "", line), re.sub(r"\W", "", text)
    pairs = {letters[i : i + 2] for i in range(len(letters) - 1)}
    return sum(pair in known for pair in pairs) / (len(pairs) or 1)


def _own_lines(
    lines: Sequence[Line], start: int, end: int, located: bool, layout: Layout
) -> list[Line]:
    """The article's own lines between start and end."""
    sentences = [i for i in _sentences(lines) if start <= i < end]
    low, high = (sentences[0], sentences[-1]) if sentences else (start, end)
    own = []
    for i in range(start, end):
        line = lines[i]
        between = low < i < high
        if line.markup == "subtitle" or _is_dashed_head(line, i, sentences, located):
            _add_subtitle(line.text, layout)
        elif line.kind:
            if line.edge and between and not (line.kind == "weather" and _in_strip(lines, i)):
                own.append(line)
        elif between or not _repeats_head(line.text, layout):
            own.append(line)
    return own


def _is_dashed_head(line: Line, place: int, sentences: list[int], located: bool) -> bool:
    """부제 at the head of a body: lines that begin with a dash, above the first sentence."""
    above = bool(sentences) and place < sentences[0]
    return located and above and not line.kind and _DASHES.match(line.text) is not None


def _in_strip(lines: Sequence[Line], place: int) -> bool:
    low = high = place
    while low > 0 and lines[low - 1].kind == "weather":
        low -= 1
    while high + 1 < len(lines) and lines[high + 1].kind == "weather":
        high += 1
    return high - low + 1 >= STRIP


def _repeats_head(text: str, layout: Layout) -> bool:
    """Headline or 부제 once more, above the first or below the last sentence."""
    return text == layout.headline or _DASHES.sub("", text) in layout.subtitles


def _add_subtitle(text: str, layout: Layout) -> None:
    plain = _DASHES.sub("", text)
    if plain and plain not in layout.subtitles:
        layout.subtitles.append(plain)


def _without_signature(body: list[str]) -> tuple[list[str], list[Line]]:
    """The body without a bare reporter's name below its last sentence, and that name."""
    signature = []
    while len(body) > 1 and is_bare_name(body[-1]):
        signature.append(Line(body[-1], "", "byline"))
        body = body[:-1]
    return body, signature


def _without_repeat(body: list[str]) -> list[str]:
    """Once, where the page shows the whole body twice."""
    half = len(body) // 2
    return body[:half] if half and body[:half] == body[half:] else body


def _is_clock(line: Line, below: Sequence[Line], layout: Layout) -> bool:
    """A bare moment above the headline: when the page was visited, not the article's date."""
    return (
        line.kind == "date"
        and _MOMENT.fullmatch(line.text) is not None
        and any(other.text == layout.headline for other in below)
    )
