"""Search for articles by words of headline, alternative headline and body, newest first.

A word matches as a substring, ignoring case: 군의회 matches 진안군의회는. All words must match.
Words are literal: operators of a query language and wildcards have no meaning.

A common word occurs in some of the newest articles, which are scanned first; the index
(``index.py``) is queried only if they are not enough. Its hits are checked as well, since it knows
trigrams but not their positions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)

from crawler.store.db.database import Database
from crawler.store.db.schema import Text, article
from crawler.store.db.serialize import storable
from crawler.store.search.index import INDEXED_TEXT

SCANNED_ARTICLES = 500
"""Newest articles that are scanned before the index is queried: a hundredth of a second."""
_BATCH_SIZE = 100
"""Articles per query."""
MAX_TERMS = 1000
"""Trigrams that a word of one or two letters may begin; one that begins more is searched in the
texts."""
MAX_LETTERS = 64
"""Letters of a word that are searched in the index; the rest is searched in the texts."""

_id: ColumnElement[int] = column("id", Integer)
_date: ColumnElement[str] = column("date_published", Text)


class Hit(NamedTuple):
    """An article with all the words, in its current version."""

    url: str
    canonical_url: str
    outlet: str
    date_published: str | None
    headline: str | None
    alternative_headline: str | None
    body: str | None
    gone_at: str | None


class SearchQuery(NamedTuple):
    """A search. ``since`` (inclusive) and ``until`` (exclusive) are Korean dates or times.

    They are beginnings of dates, to the day or minute (``2024-09-01``, ``2024-09-11T09:14``). An
    article of which only the day is known matches if a part of the day does; one without a date
    never matches a period.
    """

    words: Sequence[str]
    outlet: str | None = None
    since: str | None = None
    until: str | None = None


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched for, each once."""
    folded = storable(unicodedata.normalize("NFC", text)).lower()
    return list(dict.fromkeys(folded.split()))


def search(store: Database, query: SearchQuery, limit: int) -> list[Hit]:
    """Return the newest articles with all the words; articles without a date last.

    Articles of the same date are in reverse order of storing. The index must exist. Raises
    :class:`crawler.store.StoreError`.
    """
    newest = _newest_first(select(_id).select_from(article).where(*_conditions(query)))
    with store.reading() as connection:
        ids = connection.scalars(newest.limit(SCANNED_ARTICLES)).all()
        hits = list(islice(_with_words(connection, ids, query.words), limit))
        if len(hits) == limit or len(ids) < SCANNED_ARTICLES:
            return hits
        indexed = _indexed(connection, query, limit)
        return list(islice(_with_words(connection, indexed, query.words), limit))


def has_words(words: Iterable[str], *parts: str | None) -> bool:
    """Return True if each of the words occurs in one of an article's texts."""
    texts = [part.lower() for part in parts if part]
    return all(any(word in part for part in texts) for word in words)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(_date.desc().nulls_last(), _id.desc())


def _conditions(query: SearchQuery) -> Iterator[ColumnElement[bool]]:
    if query.outlet:
        yield column("outlet") == storable(query.outlet)
    if query.since:
        day = query.since[:10]
        yield and_(day <= _date, or_(query.since <= _date, _date == day))
    if query.until:
        yield query.until > _date


def _with_words(connection: Connection, ids: Iterable[int], words: Sequence[str]) -> Iterator[Hit]:
    """Yield the articles that have all the words, in the order of the ids."""
    columns = select(article.c.id, *(article.c[name] for name in Hit._fields))
    left = iter(ids)
    while some := list(islice(left, _BATCH_SIZE)):
        rows = connection.execute(columns.where(article.c.id.in_(some)))
        hits = {row.id: Hit(*row[1:]) for row in rows}
        for hit in (hits[id] for id in some if id in hits):
            if has_words(words, hit.headline, hit.alternative_headline, hit.body):
                yield hit


# -- the index ------------------------------------------------------------------


def _indexed(connection: Connection, search: SearchQuery, limit: int) -> Iterable[int]:
    """Return the articles that match by the index, newest first."""
    newest = _newest_first(select(_id).where(*_conditions(search)))
    if connection.dialect.name == "postgresql":
        query = newest.select_from(article).where(*map(_contains, search.words)).limit(limit)
        return connection.scalars(query).all()
    match = expression(search.words, lambda word: _terms(connection, word))
    if match is None:
        query = newest.select_from(article).execution_options(yield_per=_BATCH_SIZE)
        return connection.scalars(query)
    by_date = text(
        "article INDEXED BY search_newest"
    )  # otherwise each hit's text is read for its date
    query = newest.select_from(by_date).where(text(MATCHES))
    return connection.scalars(query, {"match": match}).all()


def _contains(word: str) -> ColumnElement[bool]:
    pattern = func.lower(literal("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"))
    return literal_column(INDEXED_TEXT).like(pattern)


def _terms(connection: Connection, word: str) -> Sequence[str]:
    return connection.scalars(text(BEGINNING), {"word": word, "most": MAX_TERMS + 1}).all()


MATCHES = "id IN (SELECT rowid FROM search_text WHERE search_text MATCH :match)"
"""Condition of the articles that match an :func:`expression`."""
BEGINNING = (
    "SELECT term FROM search_term WHERE term >= :word AND term < :word || char(1114111) LIMIT :most"
)
"""The trigrams that a word of one or two letters begins."""


def expression(words: Iterable[str], terms: Callable[[str], Sequence[str]]) -> str | None:
    """Return an FTS5 expression that matches every article with all the words, and few others.

    None if the words cannot be expressed. ``terms`` returns the trigrams that begin with a word, at
    most ``MAX_TERMS`` + 1.
    """
    parts: dict[str, None] = {}
    for word in words:
        if len(word) > 2:
            letters = word[:MAX_LETTERS]
            parts.update((_quoted(letters[at : at + 3]), None) for at in range(len(letters) - 2))
        elif len(begun := terms(word) or [word.ljust(3, _NOWHERE)]) <= MAX_TERMS:
            parts[f"({' OR '.join(map(_quoted, begun))})"] = None
    return " AND ".join(parts) or None


_NOWHERE = "\ufffe"
"""No character."""


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
