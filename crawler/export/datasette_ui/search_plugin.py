"""Datasette plug-in that lets the search box of the article table use our index.

Datasette's own search passes the words on as they are typed; our trigram index would find no word
of two letters.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments

from crawler.store.search.query import (
    BEGINNING,
    MATCHES,
    MAX_TERMS,
    expression,
    has_words,
    words_of,
)

COMMON_HITS = 5000
"""Up to this number every hit is read; beyond it, articles are read by date until the page is
full."""
_FIRST = "SELECT count(*) FROM (SELECT 1 FROM article WHERE {} LIMIT {})"


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQLite the function ``has_words``."""

    def holds(words: str, *texts: str | None) -> bool:
        return has_words(words.split(), *texts)

    conn.create_function("has_words", -1, holds, deterministic=True)


# The last plug-in decides if there is a search box.
@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Awaitable[FilterArguments]] | None:
    """Return the WHERE clause of a search in the article table."""
    if table != "article":
        return None

    async def inner() -> FilterArguments:
        query = request.args.get("_search") or ""
        context = {"supports_search": True, "search": query}
        words = words_of(query)
        if not words:
            return FilterArguments([], extra_context=context)
        match, is_common = await datasette.get_database(database).execute_fn(
            lambda connection: _look_up(connection, words)
        )
        where = ["has_words(:words, headline, alternative_headline, body)"]
        if match:
            where.append(f"+{MATCHES}" if is_common else MATCHES)
        parameters = {"words": " ".join(words), "match": match}
        return FilterArguments(where, parameters, [f"with “{' '.join(words)}”"], context)

    return inner


def _look_up(connection: sqlite3.Connection, words: Sequence[str]) -> tuple[str | None, bool]:
    """Return the index expression for the words, and True if it has more than COMMON_HITS hits."""

    def terms(word: str) -> list[str]:
        rows = connection.execute(BEGINNING, {"word": word, "most": MAX_TERMS + 1})
        return [term for (term,) in rows]

    match = expression(words, terms)
    if match is None:
        return None, True
    count = _FIRST.format(MATCHES, COMMON_HITS + 1)
    (hits,) = connection.execute(count, {"match": match}).fetchone()
    return match, hits > COMMON_HITS
