"""Tense of the verb after a date: past or future."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from crawler.dates.mentions.vocabulary import WORDS, one_of

MAX_CLAUSE_CHARS = 300
"""Characters after a date in which its verb is searched."""

_TENSE = {name: one_of(patterns) for name, patterns in WORDS["tense"].items()}
_CLOCK = r"(?:\s?(?:오전|오후|낮|밤|새벽|저녁))?(?:\s?\d\d?(?:시(?:\s?\d\d?분)?|:\d\d))?"
_NEXT = re.compile(
    rf"(?:\([^)]{{1,8}}\))?(?:에|부터)?{_CLOCK}\s?"
    rf"(?:(?P<past>{_TENSE['next_past']})|(?P<future>{_TENSE['next_future']}))"
)
_VERB = re.compile(
    "|".join(
        f"(?P<{name}>{_TENSE[name]})" for name in ("past", "ongoing", "unclear", "future", "inside")
    )
)
_PAST = re.compile(_TENSE["past"])
_EMBEDS = re.compile(_TENSE["embeds"])
EMBEDS_WITHIN = 8
"""Characters after a verb in which an embedding particle may stand."""
_OWN_SUBJECT_OR_DATE = re.compile(r"[가-힣][이가은는]\s|\d\s?일|어제|오늘")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’|「[^」]*」|『[^』]*』")
_OPEN = re.compile(r"[“\"‘「『]")
_END = re.compile(r"(?:\A|[가-힣])[”\"’]?\.(?=\s|\Z|[”\"’])|[?!](?=\s|\Z)|\n")


class Tense(NamedTuple):
    """Tense of a verb: ``direction`` is -1 past, 1 future, 0 unknown.

    Not ``sure``: a future date may belong to another, past verb, or a past date to no verb.
    """

    direction: Literal[-1, 0, 1]
    sure: bool = True


def tense_behind(body: str, position: int) -> Tense:
    """Return the tense of the first verb after a position that shows one, in the same sentence.

    Quotations after the date are skipped: the verb of «18일 “열겠다”고 말했다» is 말했다.
    """
    clause = _clause(body[position : position + MAX_CLAUSE_CHARS])
    verb = _NEXT.match(clause) or _VERB.search(clause)
    if verb is None:
        return Tense(0)
    match verb.lastgroup:
        case "past":
            return Tense(-1)
        case "ongoing":
            return Tense(-1, sure=False)
        case "future":
            return Tense(1, sure=_owns_date(clause, verb))
        case "inside":
            own = _stands_before(clause, verb) or not _PAST.search(clause, verb.end())
            return Tense(1) if own else Tense(-1, sure=False)
    return Tense(0)


def _clause(rest: str) -> str:
    rest = _QUOTED.sub("", rest)
    if end := _END.search(rest):
        rest = rest[: end.end()]
    if quote := _OPEN.search(rest):
        rest = rest[: quote.start()]
    return rest


def _owns_date(clause: str, verb: re.Match[str]) -> bool:
    """Return True if the date belongs to the future verb, not to the 밝혔다 that reports it.

    It does if the date stands right before the verb, or if the reporting verb has a subject or a
    date of its own: «설명회가 3일 열린다고 시가 예고했다».
    """
    embeds = _EMBEDS.search(clause, verb.end(), verb.end() + EMBEDS_WITHIN)
    if embeds is None or "”" in clause[: embeds.end()]:
        return True
    report = _PAST.search(clause, embeds.end())
    if report is None or _OWN_SUBJECT_OR_DATE.search(clause, embeds.end(), report.start()):
        return True
    return _stands_before(clause, verb)


def _stands_before(clause: str, verb: re.Match[str]) -> bool:
    return " " not in clause[: verb.start() + 1].strip()
