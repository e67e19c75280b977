"""Dates inside a text: ``지난 2일``, ``15~17일``, ``내년 3월`` as calendar days. Precision first.

A day without a month is the nearest past one if the verb after it is in the past tense, and the
nearest coming one if the verb is in the future tense. If the words leave two days possible, no
mention is returned. The words are data: vocabulary.toml. Dates in digits alone (``2024.9.11``) are
not read here.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial

from crawler.article import MentionedDate
from crawler.dates.mentions.context import is_quoted, sentence_start
from crawler.dates.mentions.expressions import DateExpression, date_expressions
from crawler.dates.mentions.relative_days import day_words
from crawler.dates.mentions.resolve import Days, resolve
from crawler.dates.mentions.tense import tense_behind
from crawler.dates.mentions.vocabulary import (
    BEFORE_PLAIN,
    GLUED,
    NEVER_BEFORE,
    NEVER_BEHIND,
    NEVER_BEHIND_MONTH,
    NEVER_BEHIND_PLAIN,
)

CHARS_BEFORE = 12
"""Characters in front of a date that hold the word before it."""

_TITLE = re.compile(r"[‘「『《〈<]\Z")
"""A date right after one of these signs opens a title: ‘25일의 약속’."""
_PART = re.compile(r"[^\W_]\Z|[.,:%/]\Z")
"""A number glued to one of these is part of something else: 제15일, 주5일, 3.5일."""


def mentioned_dates(body: str, published: date) -> list[MentionedDate]:
    """Return the days that a text names, in text order, seen from its day of publication.

    ``start`` and ``end`` are character offsets in ``body``, ``from`` and ``to`` days
    (``2024-09-11``), both included. Takes time linear in the text.
    """
    mentions: list[tuple[int, int, Days]] = []
    for written in date_expressions(body):
        begin = sentence_start(body, written.start)
        if _is_refused(body, written, begin):
            continue
        previous = mentions[-1][2] if mentions and mentions[-1][0] >= begin else None
        tense = partial(tense_behind, body, written.behind)
        if days := resolve(written.first, written.last, published, previous, tense):
            mentions.append((written.start, written.end, days))
    mentions += [(start, end, Days(day, day)) for start, end, day in day_words(body, published)]
    return [_mention(body, *mention) for mention in sorted(mentions)]


def _mention(body: str, start: int, end: int, days: Days) -> MentionedDate:
    return {
        "text": body[start:end],
        "start": start,
        "end": end,
        "from": days.start.isoformat(),
        "to": days.end.isoformat(),
    }


def _is_refused(body: str, written: DateExpression, begin: int) -> bool:
    """Return True if the words around make it a duration, a rhythm, an ordinal or too vague."""
    point, start, end = written.first, written.start, written.end
    before = body[max(begin, start - CHARS_BEFORE) : start]
    if NEVER_BEFORE.search(before) or NEVER_BEHIND.match(body, end) or not GLUED.match(body, end):
        return True
    if _TITLE.search(before) or (not point.lead and _PART.search(before)):
        return True
    if point.day is None:
        return NEVER_BEHIND_MONTH.match(body, end) is not None
    if not point.is_plain:
        return False
    if written.last is None and NEVER_BEHIND_PLAIN.match(body, end):
        return True
    return not BEFORE_PLAIN.search(before) or is_quoted(body[begin:start], "‘’「」『』《》<>")
