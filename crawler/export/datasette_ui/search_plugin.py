"""Datasette's search box, answered by our index: a plug-in.

Its own search knows a full-text table by the table it indexes, and asks it for words as they are
typed; a trigram index would find none of two letters.
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
    MOST_TERMS,
    expression,
    has_words,
    words_of,
)

FEW = 5000
"""Hits up to which each is looked at; beyond, articles are gone through by date until there are
enough."""
_FIRST = "SELECT count(*) FROM (SELECT 1 FROM article WHERE {} LIMIT {})"


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection) -> None:
    def holds(words: str, *texts: str | None) -> bool:
        return has_words(words.split(), *texts)

    conn.create_function("has_words", -1, holds, deterministic=True)


# What comes last says whether there is a search box.
@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Awaitable[FilterArguments]] | None:
    if table != "article":
        return None

    async def inner() -> FilterArguments:
        asked = request.args.get("_search") or ""
        context = {"supports_search": True, "search": asked}
        words = words_of(asked)
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
    """What the index is to be asked for, and whether it is much that it gives."""

    def terms(word: str) -> list[str]:
        found = connection.execute(BEGINNING, {"word": word, "most": MOST_TERMS + 1})
        return [term for (term,) in found]

    match = expression(words, terms)
    if match is None:
        return None, True
    count = _FIRST.format(MATCHES, FEW + 1)
    (hits,) = connection.execute(count, {"match": match}).fetchone()
    return match, hits > FEW
