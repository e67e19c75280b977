"""An article as a row: one value a column, in characters that every database takes."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from crawler.article import Article, Block, ShownDate
from crawler.store.tables import article as table

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD: PostgreSQL refuses the first, UTF-8 the
    second. Everything else stays as it is."""
    return _UNSTORABLE.sub("\ufffd", text)


def row_of(article: Article) -> tuple[dict[str, Any], bool]:
    """The article's fields that have a column, and whether a character had to be replaced."""
    fields = asdict(article)
    as_is = {column.name: fields[column.name] for column in table.c if column.name in fields}
    row = {name: _storable(value) for name, value in as_is.items()}
    return row, row != as_is


def article_of(row: Mapping[str, Any]) -> Article:
    """The article as it was stored, raw material included."""
    fields = {name: value for name, value in row.items() if name != "id"}
    fields["blocks"] = [Block(**block) for block in fields["blocks"]]
    fields["shown_dates"] = [ShownDate(**shown) for shown in fields["shown_dates"]]
    return Article(**fields)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case list():
            return [_storable(entry) for entry in value]
        case dict():
            return {key: _storable(entry) for key, entry in value.items()}
    return value
