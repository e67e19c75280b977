"""Entities of a press release: places, issuer, persons, rounds, days, quotations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

Entities = Mapping[str, frozenset[str]]
"""Kind (시장, 회, 년 …) → values that the text names."""

_WORDS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
Statement = Literal["ahead", "back"] | None
HEADS = frozenset(_WORDS["heads"]["roles"])
"""Offices of which an issuing body has only one."""
SAID_ON = tuple(_WORDS["said_on"]["after"])
"""Text after a day that is only the day of the statement."""

_ROLES = "|".join(sorted({*HEADS, *_WORDS["offices"]["roles"]}, key=len, reverse=True))
_SURNAMES = "".join(_WORDS["surnames"]["letters"].split())
_NOT_NAMES = frozenset(_WORDS["surnames"]["not_names"])
_NOT_PLACES = frozenset(_WORDS["not_places"]["words"].split())
_NAME_FIRST = re.compile(
    rf"(?<![가-힣])([{_SURNAMES}][가-힣]{{1,2}})\s(?:[가-힣A-Za-z]{{2,14}}\s)?[가-힣]{{0,6}}?({_ROLES})(?![가-힣]{{3}})"
)
_ROLE_FIRST = re.compile(rf"({_ROLES})\s([{_SURNAMES}][가-힣]{{1,2}})(?=[)\s,·])")
_WARD = re.compile(
    r"(?<![가-힣])(?:([가-힣]{1,4}[읍동])(?=[\s,·)]|[은는이가의과와을를도]|에서?|행정복지센터|주민)"
    # not 하면, 이면, 오면, which mean «if»
    r"|([가-힣]{1,3}면)(?=에서|의|은|이|과|을|사무소|행정복지센터|주민|장\b)"
    r"|([가-힣]{1,2}[^하으이되나오가보치내리기키지라다쓰타띄우르꾸살]면)(?=[\s,·)]|서))"
)
_AHEAD = re.compile("|".join(_WORDS["ahead"]["words"]), re.MULTILINE)
_BACK = re.compile("|".join(_WORDS["back"]["words"]))
_SHEET = re.compile(_WORDS["sheet"]["line"])
_FOLLOW_UP = re.compile("|".join(_WORDS["follow_up"]["words"]))
_DIGEST = re.compile(_WORDS["digest"]["headline"])
_COMMENT = re.compile(_WORDS["comment"]["headline"])
_ITEM = re.compile(_WORDS["digest"]["item"])
_QUOTE = re.compile(r"[“\"‘'「]([^“”\"‘’'「」\n]{6,}?)[”\"’'」]")
_EDITION = re.compile(r"제?(\d+)\s?(회|기|차|호|학기|분기|단계|탄|주차|주년)(?![가-힣]?원)")
_HALF = re.compile(r"([상하])반기")
_YEAR = re.compile(r"((?:19|20)\d\d)년")
_DAY = re.compile(r"(?<![\d.])(\d{1,2})(?:일|(?=\s?[~∼∽-]\s?\d{1,2}일))(?!간|째|\s?동안)")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})월(?!\s?\d)")


def _place_forms() -> list[re.Pattern[str]]:
    forms = []
    for kind in _WORDS["place"]:
        suffixes, more = "|".join(kind["suffixes"]), "|".join(kind["more"])
        after = (
            rf"(?:{more})?(?:[가은는이의와과도에서,…·(]|$)"
            if more
            else r"(?:[가은는이의와과도에서,…·(]|$)"
        )
        forms.append(re.compile(rf"[\[(‘“\"'<]?([가-힣]{{1,8}}?(?:{suffixes}))(?={after})"))
    return forms


_PLACES = _place_forms()
_SUBJECT = re.compile(r"(?:청|의회)?(?:은|는|이|가|\(|에서는)")
_BEFORE_COMMA = re.compile(r"(?:청|의회)?[,…]")


def places(*openings: str) -> Entities:
    """Return towns, parts of towns and institutions in the first words of headline and lead."""
    entities: dict[str, set[str]] = {}
    for opening in openings:
        for word in opening.split()[:5]:
            for kind, form in enumerate(_PLACES):
                match = form.match(word)
                if match and match[1] not in _NOT_PLACES and len(match[1]) > 1:
                    entities.setdefault(str(kind), set()).add(match[1])
    return _frozen(entities)


def issuer(headline: str, lead: str) -> str | None:
    """Return the body that issued the release, or None.

    It is the subject of the lead («윤슬군은 …», «윤슬군(군수 …)») or stands before the headline's
    comma.
    """
    for opening, subject in ((lead, _SUBJECT), (headline, _BEFORE_COMMA)):
        for word in opening.split()[:3]:
            for form in _PLACES[:3]:
                match = form.match(word)
                if match and match[1] not in _NOT_PLACES and subject.match(word, match.end(1)):
                    return match[1]
    return None


def names(text: str) -> Entities:
    """Return the persons named with an office, by office."""
    entities: dict[str, set[str]] = {}
    pairs = [(role, name) for name, role in _NAME_FIRST.findall(text)] + _ROLE_FIRST.findall(text)
    for role, name in pairs:
        if name not in _NOT_NAMES:
            entities.setdefault(role, set()).add(name)
    return _frozen(entities)


def wards(text: str) -> frozenset[str]:
    """Return the parts of towns (읍, 면, 동) named anywhere."""
    return frozenset(
        name for names in _WARD.findall(text) for name in names if name and name not in _NOT_PLACES
    )


def statement_of(opening: str) -> Statement:
    """Return whether headline and lead announce a matter or report on it."""
    if _BACK.search(opening):
        return "back"
    return "ahead" if _AHEAD.search(opening) else None


def without_sheet(text: str) -> str:
    """Return a press office's text without the lines of its form."""
    return "\n".join(line for line in text.splitlines() if not _SHEET.search(line))


def follows_up(text: str) -> bool:
    """Return True if the text is about a postponement, a cancellation or a reopening."""
    return bool(_FOLLOW_UP.search(text))


def is_digest(headline: str, body: str) -> bool:
    """Return True for a column of short items on different matters."""
    return len(_ITEM.findall(body)) > 2 or bool(_DIGEST.search(headline))


def is_comment(headline: str) -> bool:
    """Return True for a comment, an interview or a correction, which is never a print."""
    return bool(_COMMENT.search(headline))


def editions(text: str) -> Entities:
    """Return the number in a series: 제18회, 7기, 3차, 상반기, 2학기, 2025년."""
    entities: dict[str, set[str]] = {}
    for number, kind in _EDITION.findall(text):
        entities.setdefault(kind, set()).add(number)
    if halves := _HALF.findall(text):
        entities["반기"] = set(halves)
    if years := _YEAR.findall(text):
        entities["년"] = set(years)
    return _frozen(entities)


def days(text: str) -> frozenset[str]:
    """Return the days of the month that are named, except the day of the statement."""
    return frozenset(
        match[1]
        for match in _DAY.finditer(text)
        if not f"일{text[match.end() :].lstrip()}".startswith(SAID_ON)
    )


def months(text: str) -> frozenset[str]:
    """Return the months named without a day: 3월 물가."""
    return frozenset(_MONTH.findall(text))


def quotes(text: str) -> list[str]:
    """Return the quotations."""
    return _QUOTE.findall(text)


def _frozen(entities: Mapping[str, Iterable[str]]) -> Entities:
    return {kind: frozenset(values) for kind, values in entities.items()}
