"""Articles by words of their headline, alternative headline and body, the newest first.

A word is found wherever its letters stand in a row, in capitals or not: 군의회 in 진안군의회는. All
words have to be there. Words are letters and nothing else: neither those of a query language nor
the signs of a pattern mean anything in them.

A common word stands in some of the newest articles, which are looked at first; only where they are
not enough is the index asked (``index.py``). What it says is looked at as well,
for it knows three letters in a row, and not where they stand.
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
"""Articles that are looked at before the index is asked: a hundredth of a second."""
_BATCH_SIZE = 100
"""Articles that are read at once."""
MAX_TERMS = 1000
"""Trigrams that a word of one or two letters may begin; one that begins more is looked for in the
texts."""
MAX_LETTERS = 64
"""Letters of a word that the index is asked for; the rest of it is looked for in the texts."""

_id: ColumnElement[int] = column("id", Integer)
_date: ColumnElement[str] = column("date_published", Text)


class Hit(NamedTuple):
    """An article with all the words, as it is now."""

    url: str
    canonical_url: str
    outlet: str
    date_published: str | None
    headline: str | None
    alternative_headline: str | None
    body: str | None
    gone_at: str | None


class SearchQuery(NamedTuple):
    """Which articles are wanted. ``since`` and ``until`` are beginnings of dates in Korea, to the
    day or minute (``2024-09-01``, ``2024-09-11T09:14``): from the one on, and before the other. An
    article of which only the day is known lies in the time if the day does in part; one without a
    date lies in none."""

    words: Sequence[str]
    outlet: str | None = None
    since: str | None = None
    until: str | None = None


def words_of(given: str) -> list[str]:
    """The words of a text as they are looked for, each once."""
    folded = storable(unicodedata.normalize("NFC", given)).lower()
    return list(dict.fromkeys(folded.split()))


def search(store: Database, asked: SearchQuery, limit: int) -> list[Hit]:
    """The newest articles with all the words; those of one date in the order of storing, backwards,
    those without a date last. The index has to be there. Raises
    :class:`crawler.store.StoreError`."""
    newest = _newest_first(select(_id).select_from(article).where(*_conditions(asked)))
    with store.reading() as connection:
        ids = connection.scalars(newest.limit(SCANNED_ARTICLES)).all()
        found = list(islice(_with_words(connection, ids, asked.words), limit))
        if len(found) == limit or len(ids) < SCANNED_ARTICLES:
            return found
        more = _indexed(connection, asked, limit)
        return list(islice(_with_words(connection, more, asked.words), limit))


def has_words(words: Iterable[str], *parts: str | None) -> bool:
    """Whether each of the words stands in one of an article's texts."""
    texts = [part.lower() for part in parts if part]
    return all(any(word in one for one in texts) for word in words)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(_date.desc().nulls_last(), _id.desc())


def _conditions(asked: SearchQuery) -> Iterator[ColumnElement[bool]]:
    if asked.outlet:
        yield column("outlet") == storable(asked.outlet)
    if asked.since:
        day = asked.since[:10]
        yield and_(day <= _date, or_(asked.since <= _date, _date == day))
    if asked.until:
        yield asked.until > _date


def _with_words(connection: Connection, ids: Iterable[int], words: Sequence[str]) -> Iterator[Hit]:
    """Those of the articles that have all the words, in the order of the ids."""
    columns = select(article.c.id, *(article.c[name] for name in Hit._fields))
    left = iter(ids)
    while some := list(islice(left, _BATCH_SIZE)):
        rows = connection.execute(columns.where(article.c.id.in_(some)))
        hits = {row.id: Hit(*row[1:]) for row in rows}
        for hit in (hits[id] for id in some if id in hits):
            if has_words(words, hit.headline, hit.alternative_headline, hit.body):
                yield hit


# -- what the index says ------------------------------------------------------------------


def _indexed(connection: Connection, asked: SearchQuery, limit: int) -> Iterable[int]:
    """The articles that the index takes for hits, the newest first."""
    found = _newest_first(select(_id).where(*_conditions(asked)))
    if connection.dialect.name == "postgresql":
        query = found.select_from(article).where(*map(_contains, asked.words)).limit(limit)
        return connection.scalars(query).all()
    match = expression(asked.words, lambda word: _terms(connection, word))
    if match is None:
        query = found.select_from(article).execution_options(yield_per=_BATCH_SIZE)
        return connection.scalars(query)
    by_date = text("article INDEXED BY search_newest")  # else each hit's text is read for its date
    query = found.select_from(by_date).where(text(MATCHES))
    return connection.scalars(query, {"match": match}).all()


def _contains(word: str) -> ColumnElement[bool]:
    pattern = func.lower(literal("%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"))
    return literal_column(INDEXED_TEXT).like(pattern)


def _terms(connection: Connection, word: str) -> Sequence[str]:
    return connection.scalars(text(BEGINNING), {"word": word, "most": MAX_TERMS + 1}).all()


MATCHES = "id IN (SELECT rowid FROM search_text WHERE search_text MATCH :match)"
"""Which articles have what an :func:`expression` says."""
BEGINNING = (
    "SELECT term FROM search_term WHERE term >= :word AND term < :word || char(1114111) LIMIT :most"
)
"""The trigrams that a word of one or two letters begins."""


def expression(words: Iterable[str], terms: Callable[[str], Sequence[str]]) -> str | None:
    """What FTS5 is asked for, so that it gives every article with all the words, and few others;
    None where it can say nothing. ``terms`` gives the trigrams that a word begins, one more than
    ``MOST_TERMS`` at the most."""
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
